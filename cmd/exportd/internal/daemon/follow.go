package daemon

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
)

// ReadLog reads a job's log from an offset: whole lines, at most so many bytes.
// It gives the offset of what follows.
func (d *Daemon) ReadLog(id string, offset int64, most int) (lines []byte, next int64, err error) {
	if _, err := d.Job(id); err != nil {
		return nil, offset, err
	}
	f, err := os.Open(d.store.path(id, logFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, offset, nil
	}
	if err != nil {
		return nil, offset, stateError("read a job's log", err)
	}
	defer f.Close()
	buf := make([]byte, most)
	n, err := f.ReadAt(buf, offset)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, offset, stateError("read a job's log", err)
	}
	for n > 0 && buf[n-1] != '\n' { // the end of a line that is being written
		n--
	}
	return buf[:n], offset + int64(n), nil
}

// Follow gives a channel that says when a job's log has more. The caller calls
// done at the end.
func (d *Daemon) Follow(id string) (more <-chan struct{}, done func()) {
	ch := make(chan struct{}, 1)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.followers[id] == nil {
		d.followers[id] = map[chan struct{}]bool{}
	}
	d.followers[id][ch] = true
	return ch, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if delete(d.followers[id], ch); len(d.followers[id]) == 0 {
			delete(d.followers, id)
		}
	}
}

// more tells those who follow a job.
func (d *Daemon) more(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for ch := range d.followers[id] {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}

// Ready says whether work gets done: an asset has ended lately, or there is
// nothing to do; with the reason when it does not.
func (d *Daemon) Ready(context.Context) error { return d.ready() }
