package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/exportd/exportd/engine/diag"
)

// maxLine bounds a line of a journal and of a manifest.
const maxLine = 4 << 20

// load reads the file into the index and cuts a torn end off.
func (j *Journal) load() error {
	info, err := j.file.Stat()
	if err != nil {
		return state(j.path, "read", err)
	}
	j.newborn = info.Size() == 0
	r := bufio.NewReaderSize(j.file, 256<<10)
	for number := 1; ; number++ {
		line, err := readLine(r)
		switch {
		case torn(line, err):
			return j.cut(info.Size())
		case err != nil:
			return j.at(number, state(j.path, "read", err))
		}
		var e entry
		if err = json.Unmarshal(line, &e); err == nil {
			err = j.x.check(e)
		}
		if err != nil {
			return j.at(number, diag.New(diag.StateRead, "this is no line of a journal: %w", err))
		}
		j.x.add(e, j.end)
		j.end += int64(len(line))
	}
}

// torn reports whether a line is what a crash leaves at the end of a file: one
// without its end, or blocks that never reached the disk, which read as zeros.
// What stands behind such blocks was not durable either, and is done again.
func torn(line []byte, err error) bool {
	return errors.Is(err, io.EOF) || bytes.IndexByte(line, 0) >= 0
}

func (j *Journal) cut(size int64) error {
	j.torn = size - j.end
	if j.torn == 0 {
		return nil
	}
	if err := j.file.Truncate(j.end); err != nil {
		return state(j.path, "repaired", err)
	}
	return nil
}

func (j *Journal) at(line int, d *diag.Diag) error {
	return d.At(diag.Place{File: j.path, Line: line, Column: 1}).
		WithHint("the state folder was damaged from outside: pass --fresh to start the job again")
}

// readLine gives the next line with its end. At the end of the file it gives
// io.EOF, with what there is of a last line.
func readLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	whole := bytes.Clone(line)
	for errors.Is(err, bufio.ErrBufferFull) {
		if len(whole) > maxLine {
			return whole, errors.New("a line without an end")
		}
		line, err = r.ReadSlice('\n')
		whole = append(whole, line...)
	}
	return whole, err
}

// cause strips the path from an error of the operating system; whoever reports
// it names the file in its own words.
func cause(err error) error {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		return p.Err
	case errors.As(err, &l):
		return l.Err
	}
	return err
}
