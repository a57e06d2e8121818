package original

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

// maxLinks is how many symbolic links one name may lead through.
const maxLinks = 40

// find gives the file that name leads to and its path without symbolic links.
func (f *Folder) find(name string) (string, fs.FileInfo, error) {
	if !fs.ValidPath(name) || name == "." || hostile(name) {
		return "", nil, ErrNotBelow
	}
	rest, done, links := name, "", 0
	for {
		part, more, _ := strings.Cut(rest, "/")
		next := path.Join(done, part)
		info, err := f.root.Lstat(next)
		if err != nil {
			return "", nil, notDir(err)
		}
		switch {
		case info.Mode()&fs.ModeSymlink != 0:
			if links++; links > maxLinks {
				return "", nil, ErrNotBelow
			}
			target, err := f.root.Readlink(next)
			if err != nil {
				return "", nil, err
			}
			rest = path.Join(done, target, more)
			if path.IsAbs(target) || !fs.ValidPath(rest) || rest == "." {
				return "", nil, ErrNotBelow
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

// openFound opens what find has found. It neither follows a symbolic link nor
// waits for the other end of a pipe.
func (f *Folder) openFound(name string, info fs.FileInfo) (*os.File, fs.FileInfo, error) {
	file, err := f.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	opened, err := file.Stat()
	if err == nil && !os.SameFile(info, opened) {
		err = errors.New("it was replaced while it was opened")
	}
	if err != nil {
		file.Close()
		return nil, nil, err
	}
	return file, opened, nil
}

// Open gives the bytes of an asset, if its file is still the one that was found.
func (f *Folder) Open(ctx context.Context, a *asset.Asset) (asset.Source, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	real, info, err := f.find(a.Locator)
	switch {
	case err != nil:
		return nil, Unreadable(a.Handle, err)
	case real != a.Locator:
		return nil, Unreadable(a.Handle, errors.New("it became a symbolic link"))
	case !info.Mode().IsRegular():
		return nil, Unreadable(a.Handle, errors.New("it is no regular file"))
	}
	file, info, err := f.openFound(real, info)
	if err != nil {
		return nil, Unreadable(a.Handle, err)
	}
	s := &fileSource{file: file, asset: a}
	if err := s.same(info); err != nil {
		file.Close()
		return nil, err
	}
	return s, nil
}

// fileSource reads a file and reports what goes wrong in terms of its asset.
type fileSource struct {
	file  *os.File
	asset *asset.Asset
}

// Read reads on. At the end the file must still be the one that was opened: what
// was read may else be half of one and half of another.
func (s *fileSource) Read(p []byte) (int, error) {
	n, err := s.file.Read(p)
	switch {
	case err == nil:
		return n, nil
	case !errors.Is(err, io.EOF):
		return n, Unreadable(s.asset.Handle, err)
	}
	if err := s.unchanged(); err != nil {
		return n, err
	}
	return n, io.EOF
}

func (s *fileSource) Seek(offset int64, whence int) (int64, error) {
	return s.file.Seek(offset, whence)
}

// Close says whether the file changed while it was open: a codec need not read to
// the end.
func (s *fileSource) Close() error {
	return errors.Join(s.unchanged(), s.file.Close())
}

func (s *fileSource) unchanged() error {
	info, err := s.file.Stat()
	if err != nil {
		return Unreadable(s.asset.Handle, err)
	}
	return s.same(info)
}

// same compares a file with the one that was planned. An asset without a time was
// not planned by a Look.
func (s *fileSource) same(info fs.FileInfo) error {
	a := s.asset
	switch {
	case a.Modified.IsZero():
		return nil
	case info.Size() != a.Size:
		return Changed(a.Handle, "it had %d bytes and has %d", a.Size, info.Size())
	case !info.ModTime().Equal(a.Modified):
		return Changed(a.Handle, "it was written again")
	}
	return nil
}
