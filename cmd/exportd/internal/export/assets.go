package export

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/exportd/exportd/engine/planning"
)

// maxEntry bounds a line of assets.ndjson, in bytes.
const maxEntry = 4 << 20

// planAssets writes assets.ndjson: every handle of the job, resolved and planned,
// in order. It gives the number of assets.
func planAssets(ctx context.Context, s *state, p *Planning) (total int, err error) {
	tmp := s.path(assetsFile + ".tmp")
	f, err := os.Create(tmp)
	if err != nil {
		return 0, environment(err, "write the planned assets")
	}
	out := bufio.NewWriterSize(f, 256<<10)
	for entry, err := range p.Entries(ctx) {
		if err == nil {
			err = writeEntry(out, entry)
		}
		if err != nil {
			return 0, errors.Join(err, f.Close(), os.Remove(tmp))
		}
		total++
	}
	if err := errors.Join(out.Flush(), f.Sync(), f.Close()); err != nil {
		return 0, environment(err, "write the planned assets")
	}
	if err := os.Rename(tmp, s.path(assetsFile)); err != nil {
		return 0, environment(err, "write the planned assets")
	}
	return total, nil
}

// writeEntries writes assets.ndjson of a unit, which nobody has to find after a
// crash.
func writeEntries(s *state, all []planning.Entry) error {
	f, err := os.Create(s.path(assetsFile))
	if err != nil {
		return environment(err, "write the unit's assets")
	}
	out := bufio.NewWriter(f)
	for _, entry := range all {
		if err := writeEntry(out, entry); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	if err := errors.Join(out.Flush(), f.Close()); err != nil {
		return environment(err, "write the unit's assets")
	}
	return nil
}

func writeEntry(out *bufio.Writer, entry planning.Entry) error {
	line, err := json.Marshal(entry)
	if err != nil {
		return fmt.Errorf("write entry %d: %w", entry.Seq, err)
	}
	if _, err := out.Write(append(line, '\n')); err != nil {
		return environment(err, "write the planned assets")
	}
	return nil
}

// entries reads assets.ndjson one line at a time.
type entries struct {
	file  *os.File
	lines *bufio.Scanner
	ahead *planning.Entry // read and not yet given
}

func openEntries(s *state) (*entries, error) {
	f, err := os.Open(s.path(assetsFile))
	if err != nil {
		return nil, environment(err, "read the planned assets")
	}
	e := &entries{file: f, lines: bufio.NewScanner(f)}
	e.lines.Buffer(make([]byte, 64<<10), maxEntry)
	return e, nil
}

// next gives the next entry, io.EOF at the end.
func (e *entries) next() (planning.Entry, error) {
	var entry planning.Entry
	if e.ahead != nil {
		entry, e.ahead = *e.ahead, nil
		return entry, nil
	}
	if !e.lines.Scan() {
		if err := e.lines.Err(); err != nil {
			return entry, environment(err, "read the planned assets")
		}
		return entry, io.EOF
	}
	if err := json.Unmarshal(e.lines.Bytes(), &entry); err != nil {
		return entry, environment(err, "read the planned assets")
	}
	return entry, nil
}

// peek gives the place in the job of the next entry without taking it.
func (e *entries) peek() (seq int, err error) {
	entry, err := e.next()
	if err != nil {
		return 0, err
	}
	e.ahead = &entry
	return entry.Seq, nil
}

func (e *entries) close() { _ = e.file.Close() }
