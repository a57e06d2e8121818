package report

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"

	"github.com/exportd/exportd/engine/diag"
)

// Journal is the memory of a run: a file of JSON lines that only grows. It is
// safe for concurrent use within a process; that no other process writes it is
// up to the lock of the state folder.
type Journal struct {
	mu   sync.Mutex
	file *os.File
	path string
	end  int64 // of the last whole line
	torn int64
	x    index
	buf  bytes.Buffer
	// newborn is set until the folder's entry for the file is durable.
	newborn bool
	broken  error
}

// OpenJournal opens the journal at path, makes it where there is none, and reads
// what is in it. What a crash or a power cut tore off at its end is cut away;
// anything else that is no line of a journal is E-STATE with its place.
func OpenJournal(path string) (*Journal, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, state(path, "opened", err)
	}
	j := &Journal{file: f, path: path, x: index{numbers: map[Branch]uint16{}}}
	if err := j.load(); err != nil {
		f.Close()
		return nil, err
	}
	return j, nil
}

// state makes an E-STATE of an error of the operating system.
func state(path, done string, err error) *diag.Diag {
	return diag.New(diag.StateRead, "the journal %s could not be %s: %w", path, done, cause(err))
}

// Append writes lines with one write. They are in the hands of the operating
// system when it returns, and durable after the next [Journal.Sync]. After an
// error none of them is in the journal.
func (j *Journal) Append(lines ...Line) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.broken != nil {
		return j.broken
	}
	j.buf.Reset()
	offsets := make([]int64, len(lines))
	for i, l := range lines {
		offsets[i] = j.end + int64(j.buf.Len())
		if err := j.x.check(l.entry()); err != nil {
			return diag.New(diag.InternalError, "a line for the journal: %w", err)
		}
		if err := encode(&j.buf, l); err != nil {
			return diag.New(diag.InternalError, "a line for the journal: %w", err)
		}
	}
	if err := j.write(); err != nil {
		return err
	}
	for i, l := range lines {
		j.x.add(l.entry(), offsets[i])
	}
	return nil
}

// write puts the buffer behind the last whole line. What a full disk leaves of
// it is taken back, so that the next line does not begin in the middle of one.
func (j *Journal) write() error {
	n, err := j.file.WriteAt(j.buf.Bytes(), j.end)
	if err == nil {
		j.end += int64(n)
		return nil
	}
	if cut := j.file.Truncate(j.end); cut != nil {
		j.broken = state(j.path, "repaired", cut)
	}
	return state(j.path, "written", err).WithHint("make room or check permissions, and run the same command again")
}

// Sync makes everything that was appended durable.
func (j *Journal) Sync() error {
	j.mu.Lock()
	newborn := j.newborn
	j.mu.Unlock()
	if err := j.file.Sync(); err != nil {
		return state(j.path, "made durable", err)
	}
	if !newborn {
		return nil
	}
	if err := syncDir(filepath.Dir(j.path)); err != nil {
		return state(j.path, "made durable", err)
	}
	j.mu.Lock()
	j.newborn = false
	j.mu.Unlock()
	return nil
}

// Close makes the journal durable and closes it.
func (j *Journal) Close() error {
	err := j.Sync()
	if e := j.file.Close(); err == nil && e != nil {
		err = state(j.path, "closed", e)
	}
	return err
}

// Torn gives how many bytes at the end of the file were cut away when it was
// opened, because a crash had torn them.
func (j *Journal) Torn() int64 { return j.torn }

// Totals gives the counts over all assets that have ended.
func (j *Journal) Totals() Totals {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.x.totals
}

// Asset gives the outcome of an asset that has ended.
func (j *Journal) Asset(seq int) (Outcome, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if seq < 0 || seq >= len(j.x.assets) || j.x.assets[seq].line == 0 {
		return "", false
	}
	return j.x.assets[seq].line.outcome(), true
}

// Branch gives the outcome of a branch that has ended.
func (j *Journal) Branch(seq int, b Branch) (Outcome, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	var found ref
	j.x.each(seq, func(name Branch, r ref) {
		if name == b {
			found = r
		}
	})
	if found == 0 {
		return "", false
	}
	return found.outcome(), true
}

// syncDir makes the entries of a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
