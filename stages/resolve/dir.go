package resolve

import (
	"context"
	"errors"
	"strings"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/stages/internal/original"
)

// DirConfig describes a folder or a bucket that serves as a catalog.
type DirConfig struct {
	Originals Originals
	Records   map[string]RecordConfig
	// Sidecars reads the record of a file from NAME.toml beside it, where the
	// records above have none. Such files are no assets then.
	Sidecars bool
}

// Dir is a folder of files, or a bucket of objects: a handle is the slash-separated
// path below its root. Nothing outside the root can be named, not even through a
// symbolic link.
type Dir struct {
	originals Originals
	records   map[string]RecordConfig
	sidecars  bool
}

var _ Catalog = (*Dir)(nil)

// NewDir makes a catalog of its originals, which it closes.
func NewDir(cfg DirConfig) (*Dir, error) {
	if err := validateRecords(cfg.Records); err != nil {
		return nil, err
	}
	return &Dir{originals: cfg.Originals, records: cfg.Records, sidecars: cfg.Sidecars}, nil
}

// Check asks whether the originals can be read.
func (d *Dir) Check(ctx context.Context) error { return d.originals.Check(ctx) }

// Close lets the originals go.
func (d *Dir) Close() error { return d.originals.Close() }

// HandleOf gives the handle of a file of this machine that lies below the root.
func (d *Dir) HandleOf(file string) (asset.Handle, bool) {
	folder, ok := d.originals.(*original.Folder)
	if !ok {
		return "", false
	}
	name, ok := folder.Name(file)
	return asset.Handle(name), ok
}

// Open gives the bytes of an asset.
func (d *Dir) Open(ctx context.Context, a *asset.Asset) (asset.Source, error) {
	return d.originals.Open(ctx, a)
}

// Resolve looks the handles up.
func (d *Dir) Resolve(ctx context.Context, who Caller, handles []asset.Handle) ([]Answer, error) {
	answers := make([]Answer, len(handles))
	near := newNeighbours(d, who)
	err := each(ctx, len(handles), d.originals.AtOnce(), func(ctx context.Context, i int) (err error) {
		answers[i].Asset, answers[i].Err, err = d.one(ctx, who, handles[i], near)
		return err
	})
	if err != nil {
		return nil, err
	}
	return answers, nil
}

// one resolves a handle. Whether the caller may have the asset is asked before
// the disk is, so that no answer tells of what he may not see.
func (d *Dir) one(ctx context.Context, who Caller, h asset.Handle, near *neighbours) (*asset.Asset, *diag.Diag, error) {
	if d.sidecars && strings.HasSuffix(string(h), sidecarEnd) {
		return nil, unknown(h, "it is the record of a file"), nil
	}
	record, recorded, why, err := d.record(ctx, string(h), h)
	switch {
	case err != nil || why != nil:
		return nil, why, err
	case !who.sees(record.Company):
		return nil, unknown(h, near.hint(ctx, h)), nil
	}
	if why := record.authorize(who, h); why != nil {
		return nil, why, nil
	}
	a := record.asset(h)
	place(a, string(h))
	found, err := d.originals.Look(ctx, string(h))
	if recorded && !record.Type.Exportable() && whole(err) == nil && (absent(err) || errors.Is(err, original.ErrFolder) || errors.Is(err, original.ErrNoFile)) {
		return a, nil, nil
	}
	if why, err := d.behindLink(ctx, who, h, found.Locator, near); why != nil || err != nil {
		return nil, why, err
	}
	switch {
	case err == nil:
	case whole(err) != nil, ctx.Err() != nil:
		return nil, nil, err
	case absent(err):
		return nil, unknown(h, near.hint(ctx, h)), nil
	case errors.Is(err, original.ErrFolder):
		return nil, near.folder(ctx, h), nil
	case errors.Is(err, original.ErrNoFile):
		return nil, unknown(h, "it names something that is no file"), nil
	default:
		return nil, original.Unreadable(h, err), nil
	}
	fill(a, found)
	if a.Size == 0 && a.Type.Exportable() {
		return nil, empty(h), nil
	}
	return a, nil, nil
}

// behindLink applies the record of the file that a symbolic link leads to: a
// link opens no way around the rights of its target.
func (d *Dir) behindLink(ctx context.Context, who Caller, h asset.Handle, name string, near *neighbours) (*diag.Diag, error) {
	if name == "" || name == string(h) {
		return nil, nil
	}
	record, ok, why, err := d.record(ctx, name, h)
	switch {
	case err != nil || why != nil:
		return why, err
	case !ok:
		return nil, nil
	case !who.sees(record.Company):
		return unknown(h, near.hint(ctx, h)), nil
	}
	return record.authorize(who, h), nil
}
