package resolve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"

	"github.com/exportd/exportd/engine/asset"
)

// errNotBelow is a name that is no path below the root.
var errNotBelow = errors.New("not below the catalog's root")

// maxLinks is how many symbolic links one name may lead through.
const maxLinks = 40

// find gives the file that name leads to and its path without symbolic links.
func (d *Dir) find(name string) (string, fs.FileInfo, error) {
	if !fs.ValidPath(name) || name == "." || strings.ContainsAny(name, "\\\x00") {
		return "", nil, errNotBelow
	}
	rest, done, links := name, "", 0
	for {
		part, more, _ := strings.Cut(rest, "/")
		next := path.Join(done, part)
		info, err := d.root.Lstat(next)
		if err != nil {
			return "", nil, notDir(err)
		}
		switch {
		case info.Mode()&fs.ModeSymlink != 0:
			if links++; links > maxLinks {
				return "", nil, errNotBelow
			}
			target, err := d.root.Readlink(next)
			if err != nil {
				return "", nil, err
			}
			rest = path.Join(done, target, more)
			if path.IsAbs(target) || !fs.ValidPath(rest) || rest == "." {
				return "", nil, errNotBelow
			}
			done = ""
		case more == "":
			return next, info, nil
		default:
			done, rest = next, more
		}
	}
}

// notDir makes a name that goes on behind a file one that does not exist.
func notDir(err error) error {
	if errors.Is(err, syscall.ENOTDIR) {
		return fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	}
	return err
}

// open opens a regular file. It neither follows a symbolic link nor waits for
// the other end of a pipe.
func (d *Dir) open(name string) (*os.File, fs.FileInfo, error) {
	real, info, err := d.find(name)
	switch {
	case err != nil:
		return nil, nil, err
	case real != name:
		return nil, nil, errors.New("it became a symbolic link")
	case !info.Mode().IsRegular():
		return nil, nil, errors.New("it is no regular file")
	}
	f, err := d.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	opened, err := f.Stat()
	if err == nil && !os.SameFile(info, opened) {
		err = errors.New("it was replaced while it was opened")
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, opened, nil
}

// Open gives the bytes of an asset. Its errors, and those of reading, are
// E-SOURCE-READ.
func (d *Dir) Open(ctx context.Context, a *asset.Asset) (asset.Source, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f, _, err := d.open(a.Locator)
	if err != nil {
		return nil, unreadable(a.Handle, err)
	}
	return &source{f, a.Handle}, nil
}

// source reports what goes wrong while a file is read in terms of its asset.
type source struct {
	file   *os.File
	handle asset.Handle
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.file.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = unreadable(s.handle, err)
	}
	return n, err
}

func (s *source) Seek(offset int64, whence int) (int64, error) { return s.file.Seek(offset, whence) }

func (s *source) Close() error { return s.file.Close() }
