package resolve

import (
	"context"

	"github.com/exportd/exportd/engine/asset"
)

// Records are what a kind of catalog that keeps records has to know: a manifest, a
// database, an endpoint. [Table] makes a catalog of them. It is safe for concurrent
// use.
type Records interface {
	// Lookup gives the records of the handles, in any order: none of a handle that
	// is unknown, several where the catalog has several. Handles are not empty and
	// not repeated, UTF-8 without zero bytes. An error is about the catalog as a
	// whole and a diag.
	Lookup(ctx context.Context, handles []asset.Handle) ([]Row, error)
	// Check asks whether they can be used at all.
	Check(ctx context.Context) error
	Close() error
}

// Row is one record.
type Row struct {
	Handle asset.Handle
	File   string // slash-separated, below the root of the originals; "" for none
	Size   int64  // bytes, which the file must have; -1 for unknown
	ETag   string // of the object in a bucket, which must have it; else only carried along
	RecordConfig
	// Wrong is why the record cannot be used, such as a resolution of "high".
	Wrong error
}

// Fields are the fields of a record as manifests, queries and endpoints call
// them. Upper and lower case, "_" and "-" make no difference: post_modifier is
// PostModifier, since databases fold names.
func Fields() []string {
	names := make([]string, 0, len(fields))
	for _, f := range fields {
		names = append(names, f.name)
	}
	return names
}

// fields put a value into a row.
var fields = []struct {
	name string
	set  func(*Row, any) error
}{
	{"handle", func(r *Row, v any) (err error) {
		s, err := text(v)
		r.Handle = asset.Handle(s)
		return err
	}},
	{"file", func(r *Row, v any) (err error) { r.File, err = text(v); return err }},
	{"type", func(r *Row, v any) error {
		s, err := text(v)
		r.Type = asset.Type(s)
		return err
	}},
	{"subType", func(r *Row, v any) (err error) { r.SubType, err = text(v); return err }},
	{"size", func(r *Row, v any) (err error) { r.Size, err = whole64(v); return err }},
	{"etag", func(r *Row, v any) (err error) { r.ETag, err = text(v); return err }},
	{"company", func(r *Row, v any) (err error) {
		if r.Company, err = text(v); err != nil {
			r.Company = nobody
		}
		return err
	}},
	{"readers", func(r *Row, v any) (err error) { r.Readers, err = list(v); return err }},
	{"Modifier", func(r *Row, v any) (err error) { r.Modifier, err = text(v); return err }},
	{"PostModifier", func(r *Row, v any) (err error) { r.PostModifier, err = text(v); return err }},
	{"Anchor", func(r *Row, v any) (err error) { r.Anchor, err = text(v); return err }},
	{"Resolution", func(r *Row, v any) (err error) { r.Resolution, err = number(v); return err }},
	{"PrintResolution", func(r *Row, v any) (err error) { r.PrintResolution, err = number(v); return err }},
	{"Path", func(r *Row, v any) (err error) { r.Path, err = text(v); return err }},
	{"MaskPath", func(r *Row, v any) (err error) { r.MaskPath, err = text(v); return err }},
}

// nobody is the company of a record that does not say whose it is.
const nobody = "\x00"
