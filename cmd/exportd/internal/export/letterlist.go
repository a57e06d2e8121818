package export

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/exportd/exportd/engine/filename"
	"github.com/exportd/exportd/engine/planning"
	"github.com/exportd/exportd/engine/report"
	"github.com/exportd/exportd/stages/deadletter"
)

// writeLetters writes the list of every dead letter from the journal, in job
// order. The list is only a view: a run that was killed leaves it as it was, and
// the next one writes it whole.
func (e *exporter) writeLetters() error {
	for _, b := range e.letters.boxes {
		if err := e.writeList(b); err != nil {
			return err
		}
	}
	return nil
}

// writeList puts one list in place whole: temporary, sync, rename, folder.
func (e *exporter) writeList(b *letterBox) (err error) {
	tmp := filepath.Join(b.dir, filename.TempPrefix+deadletter.ListName)
	var out *bufio.Writer
	var file *os.File
	defer func() {
		if file != nil && err != nil {
			_, _ = file.Close(), os.Remove(tmp) // what it ended with is reported
		}
	}()
	err = e.eachLetter(b, func(l Letter) error {
		if file == nil {
			if err := os.MkdirAll(b.dir, 0o777); err != nil {
				return environment(err, "write the dead letter")
			}
			var err error
			if file, err = os.Create(tmp); err != nil {
				return environment(err, "write the dead letter")
			}
			out = bufio.NewWriter(file)
		}
		enc := json.NewEncoder(out)
		enc.SetEscapeHTML(false)
		return enc.Encode(l)
	})
	if err != nil {
		return err
	}
	if file == nil {
		return b.clear()
	}
	err = errors.Join(out.Flush(), file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(tmp, filepath.Join(b.dir, deadletter.ListName))
	}
	if err == nil {
		err = syncFolder(b.dir)
	}
	if err != nil {
		return environment(err, "write the dead letter")
	}
	return nil
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// eachLetter gives the letters of a box in job order.
func (e *exporter) eachLetter(b *letterBox, f func(Letter) error) error {
	planned, err := openEntries(e.state)
	if err != nil {
		return err
	}
	defer planned.close()
	for line, err := range e.journal.Assets() {
		if err != nil {
			return err
		}
		if line.Outcome != report.Failed {
			continue
		}
		entry, err := planned.seek(line.Seq)
		if err != nil {
			return err
		}
		if err := e.lettersOf(b, line, entry, f); err != nil {
			return err
		}
	}
	return nil
}

// seek gives the entry of an asset; they are asked for in job order.
func (e *entries) seek(seq int) (planning.Entry, error) {
	for {
		entry, err := e.next()
		if errors.Is(err, io.EOF) || err == nil && entry.Seq >= seq {
			return entry, nil
		}
		if err != nil {
			return entry, err
		}
	}
}

// lettersOf gives the letters of one failed asset.
func (e *exporter) lettersOf(b *letterBox, line report.AssetLine, entry planning.Entry, f func(Letter) error) error {
	letter := Letter{
		Handle: line.Handle, Seq: line.Seq, Code: line.Code, Message: line.Message, Hint: line.Hint, Attempts: 1,
		Job: e.ID, Plan: e.Plan.Digest(), Names: entry.Files,
	}
	if a := entry.Asset; a != nil {
		letter.Locator = a.Locator
		if name := deadletter.FileName(line.Seq, a); b.has(name) {
			letter.File = name
		}
	}
	if len(line.Failed) == 0 {
		if e.Plan.OnError("") != b.name {
			return nil
		}
		return f(letter)
	}
	branches, err := e.journal.Branches(line.Seq)
	if err != nil {
		return err
	}
	for _, failed := range line.Failed {
		if e.Plan.OnError(failed.Stage) != b.name {
			continue
		}
		for _, l := range branches {
			if l.Branch() == failed {
				letter.Rendition, letter.Stage, letter.Code, letter.Message = l.Rendition, l.Stage, l.Code, l.Message
				letter.Hint, letter.Attempts, letter.Cause = l.Hint, max(1, l.Attempts), l.Cause
			}
		}
		if err := f(letter); err != nil {
			return err
		}
	}
	return nil
}
