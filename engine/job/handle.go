package job

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"unicode/utf8"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

// maxLine bounds a line of a handle file, in bytes without its end.
const maxLine = 64 << 10

// EachHandle calls yield with every handle of the job in order; seq counts from
// 0. An error of yield ends it and is given back as it is. A handle file is read
// line by line: blank lines do not count, white space around a handle is cut
// off, and there are no comments, since a handle may start with #.
func (j *Job) EachHandle(yield func(seq int, h asset.Handle) error) error {
	if j.HandleFile != "" {
		return j.eachLine(yield)
	}
	for i, h := range j.Handles {
		if err := yield(i, h); err != nil {
			return err
		}
	}
	return nil
}

// Count counts the job's handles, reading the handle file when there is one.
func (j *Job) Count() (int, error) {
	n := 0
	err := j.EachHandle(func(int, asset.Handle) error { n++; return nil })
	return n, err
}

func (j *Job) eachLine(yield func(seq int, h asset.Handle) error) error {
	f, err := j.openHandles()
	if err != nil {
		return j.unreadable(err)
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, len(byteOrderMark)+maxLine+len("\r\n"))
	seq := 0
	for line := 1; ; line++ {
		raw, err := in.ReadSlice('\n')
		last := errors.Is(err, io.EOF)
		if errors.Is(err, bufio.ErrBufferFull) {
			return j.badLine(line, "is longer than 64 KiB", "a handle file has one handle a line")
		}
		if err != nil && !last {
			return j.unreadable(err)
		}
		h, err := j.handle(raw, line)
		if err != nil {
			return err
		}
		if h != "" {
			if err := yield(seq, h); err != nil {
				return err
			}
			seq++
		}
		if last {
			return nil
		}
	}
}

// openHandles opens the handle file. It is read more than once, for the digest
// and for the export, so a pipe will not do.
func (j *Job) openHandles() (*os.File, error) {
	info, err := os.Stat(j.HandleFile)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", j.HandleFile)
	}
	return os.Open(j.HandleFile)
}

// handle takes the handle out of a line, "" when the line is blank.
func (j *Job) handle(raw []byte, line int) (asset.Handle, error) {
	if line == 1 {
		raw = bytes.TrimPrefix(raw, []byte(byteOrderMark))
	}
	raw = bytes.TrimSuffix(bytes.TrimSuffix(raw, []byte("\n")), []byte("\r"))
	switch {
	case len(raw) > maxLine:
		return "", j.badLine(line, "is longer than 64 KiB", "a handle file has one handle a line")
	case !utf8.Valid(raw) || bytes.IndexByte(raw, 0) >= 0:
		return "", j.badLine(line, "is not UTF-8 text", "save the handle file as UTF-8")
	}
	return asset.Handle(bytes.TrimSpace(raw)), nil
}

func (j *Job) badLine(line int, what, hint string) error {
	return diag.New(diag.KeyValue, "this line %s", what).At(diag.Place{File: j.HandleFile, Line: line, Column: 1}).WithHint("%s", hint)
}

func (j *Job) unreadable(err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return diag.New(diag.FileRead, "read the handle file: %w", err).At(j.place)
	}
	name := j.typed
	if name == "" {
		name = j.HandleFile
	}
	return diag.New(diag.FileMissing, "no handle file at %s", name).At(j.place).
		WithHint("looked for %s: a relative path is relative to the job file", j.HandleFile)
}

// errFound ends the look for the first handle.
var errFound = errors.New("found")

// peek makes sure that the handle file names at least one asset.
func (j *Job) peek() error {
	err := j.EachHandle(func(int, asset.Handle) error { return errFound })
	switch {
	case errors.Is(err, errFound):
		return nil
	case err != nil:
		return err
	}
	return diag.New(diag.JobEmpty, "the job names no assets: the handle file is empty").At(j.place).WithHint("write one handle a line into it")
}
