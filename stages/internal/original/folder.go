package original

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/exportd/exportd/engine/diag"
)

// Folder is a folder of files. Nothing outside it can be named, not even through
// a symbolic link.
type Folder struct {
	root *os.Root
	path string // of the root, without symbolic links
}

var _ Store = (*Folder)(nil)

// NewFolder opens a folder.
func NewFolder(path string) (*Folder, error) {
	refused := func(err error) error {
		return diag.New(diag.CatalogRoot, "the catalog's folder %s cannot be opened: %w", path, Reason(err)).
			WithHint("check catalog.root in the configuration")
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, refused(err)
	}
	full, err := filepath.Abs(path)
	if err == nil {
		full, err = filepath.EvalSymlinks(full)
	}
	if err != nil {
		root.Close()
		return nil, refused(err)
	}
	return &Folder{root: root, path: full}, nil
}

// Check has nothing to ask: the folder is open.
func (f *Folder) Check(ctx context.Context) error { return ctx.Err() }

// AtOnce is 1: a disk answers before another thread is awake.
func (f *Folder) AtOnce() int { return 1 }

// Close lets the folder go.
func (f *Folder) Close() error { return f.root.Close() }

// Name gives the name of a file, by its path on this machine, if it lies below
// the root.
func (f *Folder) Name(file string) (string, bool) {
	full, err := filepath.Abs(file)
	if err != nil {
		return "", false
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(full)); err == nil {
		full = filepath.Join(dir, filepath.Base(full))
	}
	rel, err := filepath.Rel(f.path, full)
	if err != nil || rel == "." || !filepath.IsLocal(rel) {
		return "", false
	}
	return filepath.ToSlash(rel), true
}

// Look finds a file and reads its head.
func (f *Folder) Look(ctx context.Context, name string) (Original, error) {
	if err := ctx.Err(); err != nil {
		return Original{}, err
	}
	real, info, err := f.find(name)
	if err != nil {
		return Original{}, err
	}
	o := Original{Locator: real}
	switch {
	case info.IsDir():
		return o, ErrFolder
	case !info.Mode().IsRegular():
		return o, ErrNoFile
	}
	file, info, err := f.openFound(real, info)
	if err != nil {
		return o, err
	}
	defer file.Close()
	o.Size, o.Modified, o.ETag = info.Size(), info.ModTime(), etagOf(info)
	o.Head = make([]byte, min(HeadSize, o.Size))
	n, err := io.ReadFull(file, o.Head)
	o.Head = o.Head[:n]
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return o, err
	}
	return o, nil
}

// etagOf makes an ETag of a file's time and size, as web servers do.
func etagOf(info fs.FileInfo) string {
	return fmt.Sprintf("%x-%x", info.ModTime().UnixNano(), info.Size())
}

// Files lists the files of a folder, at most so many, in no order. A folder that
// cannot be read has none.
func (f *Folder) Files(dir string, most int) []string {
	real := "."
	if dir != "." {
		var err error
		if real, _, err = f.find(dir); err != nil {
			return nil
		}
	}
	d, err := f.root.Open(real)
	if err != nil {
		return nil
	}
	defer d.Close()
	entries, _ := d.ReadDir(most) // as many as can be read
	var names []string
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}
