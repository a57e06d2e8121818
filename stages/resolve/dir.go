package resolve

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"syscall"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

// DirConfig describes a folder that serves as a catalog.
type DirConfig struct {
	Root    string // the folder
	Records map[string]RecordConfig
}

// Dir is a folder of files: a handle is the slash-separated path below its root.
// Nothing outside the root can be named, not even through a symbolic link.
type Dir struct {
	root    *os.Root
	path    string // of the root, without symbolic links
	records map[string]RecordConfig
}

var _ Catalog = (*Dir)(nil)

// NewDir opens a folder.
func NewDir(cfg DirConfig) (*Dir, error) {
	if err := validateRecords(cfg.Records); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(cfg.Root)
	if err != nil {
		return nil, diag.New(diag.CatalogRoot, "the catalog's folder %s cannot be opened: %w", cfg.Root, reason(err)).
			WithHint("check catalog.root in the configuration")
	}
	full, err := filepath.Abs(cfg.Root)
	if err == nil {
		full, err = filepath.EvalSymlinks(full)
	}
	if err != nil {
		root.Close()
		return nil, diag.New(diag.CatalogRoot, "the catalog's folder %s cannot be opened: %w", cfg.Root, reason(err))
	}
	return &Dir{root: root, path: full, records: cfg.Records}, nil
}

// Close lets the folder go.
func (d *Dir) Close() error { return d.root.Close() }

// HandleOf gives the handle of a file that lies below the root.
func (d *Dir) HandleOf(file string) (asset.Handle, bool) {
	full, err := filepath.Abs(file)
	if err != nil {
		return "", false
	}
	if dir, err := filepath.EvalSymlinks(filepath.Dir(full)); err == nil {
		full = filepath.Join(dir, filepath.Base(full))
	}
	rel, err := filepath.Rel(d.path, full)
	if err != nil || rel == "." || !filepath.IsLocal(rel) {
		return "", false
	}
	return asset.Handle(filepath.ToSlash(rel)), true
}

// Resolve looks the handles up, one after the other.
func (d *Dir) Resolve(ctx context.Context, who Caller, handles []asset.Handle) ([]Answer, error) {
	answers := make([]Answer, len(handles))
	near := &neighbours{dir: d, who: who}
	for i, h := range handles {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		a, why := d.one(who, h, near)
		answers[i] = Answer{a, why}
	}
	return answers, nil
}

// one resolves a handle. Whether the caller may have the asset is asked before
// the disk is, so that no answer tells of what he may not see.
func (d *Dir) one(who Caller, h asset.Handle, near *neighbours) (*asset.Asset, *diag.Diag) {
	record, recorded := d.records[string(h)]
	if !who.sees(record.Company) {
		return nil, unknown(h, near.hint(h))
	}
	if why := record.authorize(who, h); why != nil {
		return nil, why
	}
	a := &asset.Asset{
		Handle: h, Type: record.Type, SubType: record.SubType, File: path.Base(string(h)),
		Company: record.Company, Readers: record.Readers, Record: record.fields(),
	}
	if dir := path.Dir(string(h)); dir != "." {
		a.Dir = dir
	}
	fileless := recorded && !record.Type.Exportable()
	name, info, err := d.find(string(h))
	switch {
	case fileless && (err != nil || !info.Mode().IsRegular()):
		return a, nil
	case errors.Is(err, errNotBelow), errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENAMETOOLONG), errors.Is(err, syscall.EINVAL):
		return nil, unknown(h, near.hint(h))
	case err != nil:
		return nil, unreadable(h, err)
	}
	if why := d.behindLink(who, h, name, near); why != nil {
		return nil, why
	}
	switch {
	case info.IsDir():
		return nil, near.folder(h)
	case !info.Mode().IsRegular():
		return nil, unknown(h, "it names something that is no file")
	}
	if why := d.fill(a, name); why != nil {
		return nil, why
	}
	return a, nil
}

// behindLink applies the record of the file that a symbolic link leads to: a
// link opens no way around the rights of its target.
func (d *Dir) behindLink(who Caller, h asset.Handle, name string, near *neighbours) *diag.Diag {
	record, ok := d.records[name]
	switch {
	case name == string(h) || !ok:
		return nil
	case !who.sees(record.Company):
		return unknown(h, near.hint(h))
	}
	return record.authorize(who, h)
}

// fill reads what the file itself says.
func (d *Dir) fill(a *asset.Asset, name string) *diag.Diag {
	f, info, err := d.open(name)
	if err != nil {
		return unreadable(a.Handle, err)
	}
	defer f.Close()
	a.Size, a.Locator = info.Size(), name
	if a.Size == 0 && a.Type.Exportable() {
		return diag.New(diag.SourceEmpty, "the file of %q is empty", short(a.Handle)).WithHint("replace the file")
	}
	head := make([]byte, min(headSize, a.Size))
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return unreadable(a.Handle, err)
	}
	a.Format = sniff(head[:n], a.File)
	if a.Type == "" {
		a.Type = typeOf(a.File, a.Format)
	}
	return nil
}

// unreadable is the answer about a file that is there and cannot be read.
func unreadable(h asset.Handle, err error) *diag.Diag {
	return diag.New(diag.SourceRead, "the file of %q could not be read: %w", short(h), reason(err)).
		WithHint("check its permissions").Again(diag.Transient(err))
}

// reason strips an operating system's error of the path it names.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
