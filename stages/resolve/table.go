package resolve

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/stages/internal/original"
)

// maxHandle bounds a handle that is looked up, in bytes.
const maxHandle = 4096

// Table is a catalog of records, whose files lie in a folder or a bucket.
type Table struct {
	records   Records
	originals Originals
}

var _ Catalog = (*Table)(nil)

// NewTable makes a catalog of records and originals, and closes both.
func NewTable(records Records, originals Originals) *Table {
	return &Table{records: records, originals: originals}
}

// Check asks the records and the originals.
func (t *Table) Check(ctx context.Context) error {
	if err := t.records.Check(ctx); err != nil {
		return err
	}
	return t.originals.Check(ctx)
}

// Close closes the records and the originals.
func (t *Table) Close() error { return errors.Join(t.records.Close(), t.originals.Close()) }

// Open gives the bytes of an asset.
func (t *Table) Open(ctx context.Context, a *asset.Asset) (asset.Source, error) {
	return t.originals.Open(ctx, a)
}

// Resolve looks the handles up, all at once, and then for their files.
func (t *Table) Resolve(ctx context.Context, who Caller, handles []asset.Handle) ([]Answer, error) {
	asked := make([]asset.Handle, 0, len(handles))
	rows := make(map[asset.Handle][]Row, len(handles))
	for _, h := range handles {
		if _, twice := rows[h]; !twice && possible(h) {
			asked = append(asked, h)
			rows[h] = nil
		}
	}
	if len(asked) > 0 {
		found, err := t.records.Lookup(ctx, asked)
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			if _, ok := rows[r.Handle]; ok && who.sees(r.Company) {
				rows[r.Handle] = append(rows[r.Handle], r)
			}
		}
	}
	answers := make([]Answer, len(handles))
	err := each(ctx, len(handles), t.originals.AtOnce(), func(ctx context.Context, i int) (err error) {
		answers[i].Asset, answers[i].Err, err = t.one(ctx, who, handles[i], rows[handles[i]])
		return err
	})
	if err != nil {
		return nil, err
	}
	return answers, nil
}

// possible reports whether a catalog may be asked for a handle: databases refuse
// texts that are none.
func possible(h asset.Handle) bool {
	return h != "" && len(h) <= maxHandle && utf8.ValidString(string(h)) && !strings.Contains(string(h), "\x00")
}

// one judges the records of one handle, those that the caller may know of, and
// finds the file.
func (t *Table) one(ctx context.Context, who Caller, h asset.Handle, rows []Row) (*asset.Asset, *diag.Diag, error) {
	switch len(rows) {
	case 0:
		return nil, unknown(h, ""), nil
	case 1:
	default:
		return nil, diag.New(diag.AssetAmbiguous, "the catalog has %d records for the handle %q", len(rows), h.Short()), nil
	}
	row := rows[0]
	if why := row.authorize(who, h); why != nil {
		return nil, why, nil
	}
	if row.Wrong != nil {
		d := diag.From(row.Wrong, diag.RecordInvalid)
		return nil, diag.New(diag.RecordInvalid, "the catalog's record of %q: %s", h.Short(), d.Message).WithHint("%s", d.Mend()), nil
	}
	a := row.asset(h)
	a.ETag = strings.Trim(strings.TrimPrefix(row.ETag, "W/"), `"`)
	if row.File == "" {
		if a.Type.Exportable() {
			return nil, diag.New(diag.RecordInvalid, "the catalog's record of %q names no file", h.Short()).
				WithHint("give it one; only sets have none"), nil
		}
		a.File = path.Base(string(h))
		return a, nil, nil
	}
	name, ok := t.name(row.File)
	if !ok {
		return nil, diag.New(diag.RecordInvalid, "the catalog's record of %q names the file %q, which is not below the catalog's root", h.Short(), cut(row.File)).
			WithHint("name it by its path below catalog.root, with slashes and without .."), nil
	}
	place(a, name)
	found, err := t.originals.Look(ctx, name)
	if err != nil {
		why, err := t.missing(ctx, a, name, err)
		if why == nil && err == nil {
			return a, nil, nil
		}
		return nil, why, err
	}
	if why := t.differs(row, a, found); why != nil {
		return nil, why, nil
	}
	fill(a, found)
	if a.Size == 0 && a.Type.Exportable() {
		return nil, empty(h), nil
	}
	return a, nil, nil
}

// name gives the name of a record's file among the originals. The path of a file
// on this machine is taken where it lies below their folder.
func (t *Table) name(file string) (string, bool) {
	if folder, ok := t.originals.(*original.Folder); ok && filepath.IsAbs(file) {
		return folder.Name(file)
	}
	return file, original.Valid(file)
}

// missing says why a record's file cannot be had; a set need not have one.
func (t *Table) missing(ctx context.Context, a *asset.Asset, name string, err error) (*diag.Diag, error) {
	nothing := slices.ContainsFunc([]error{original.ErrNotBelow, original.ErrFolder, original.ErrNoFile, fs.ErrNotExist}, func(e error) bool { return errors.Is(err, e) })
	switch {
	case whole(err) != nil, ctx.Err() != nil:
		return nil, err
	case nothing && !a.Type.Exportable():
		return nil, nil
	case errors.Is(err, fs.ErrNotExist):
		return diag.New(diag.SourceRead, "the file of %q is not there: %s", a.Handle.Short(), cut(name)).
			WithHint("put it below catalog.root, or correct the record"), nil
	case errors.Is(err, original.ErrNotBelow):
		return diag.New(diag.SourceRead, "the file of %q, %s, is a link that leads out of the catalog's root", a.Handle.Short(), cut(name)).
			WithHint("put the file itself below catalog.root"), nil
	case nothing:
		return diag.New(diag.SourceRead, "the file of %q, %s: %w", a.Handle.Short(), cut(name), err).
			WithHint("correct the record"), nil
	}
	return original.Unreadable(a.Handle, err), nil
}

// differs compares a file with what its record promises.
func (t *Table) differs(row Row, a *asset.Asset, found original.Original) *diag.Diag {
	say := func(format string, args ...any) *diag.Diag {
		return diag.New(diag.SourceChanged, "the file of %q is not the one that the catalog's record describes: %w", a.Handle.Short(), diag.New(diag.SourceChanged, format, args...)).
			WithHint("correct the record, or put the file back")
	}
	if row.Size >= 0 && row.Size != found.Size {
		return say("it should have %d bytes and has %d", row.Size, found.Size)
	}
	if _, ok := t.originals.(*original.Bucket); ok && a.ETag != "" && a.ETag != found.ETag {
		return say("its ETag should be %s and is %s", cut(a.ETag), found.ETag)
	}
	return nil
}
