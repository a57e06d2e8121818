package resolve

import (
	"context"
	"errors"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/strict"
	"github.com/exportd/exportd/stages/internal/original"
)

// sidecarEnd is what the name of a file's record has behind that of the file.
const sidecarEnd = ".toml"

// record gives what is known of a file beside its bytes: from the configuration,
// else from the sidecar. A sidecar that cannot be read closes its asset: it may
// say who may have it.
func (d *Dir) record(ctx context.Context, name string, h asset.Handle) (RecordConfig, bool, *diag.Diag, error) {
	record, ok := d.records[name]
	if ok || !d.sidecars || !original.Valid(name) {
		return record, ok, nil, nil
	}
	found, err := d.originals.Look(ctx, name+sidecarEnd)
	switch {
	case err == nil:
	case whole(err) != nil, ctx.Err() != nil:
		return record, false, nil, err
	case absent(err), errors.Is(err, original.ErrFolder), errors.Is(err, original.ErrNoFile):
		return record, false, nil, nil
	default:
		return record, false, badSidecar(h, original.Reason(err)), nil
	}
	if found.Size > int64(len(found.Head)) {
		return record, false, badSidecar(h, diag.New(diag.FileSize, "it has %d bytes; allowed are %d", found.Size, original.HeadSize)), nil
	}
	doc, err := strict.Read(name+sidecarEnd, found.Head, original.HeadSize)
	if err == nil {
		err = doc.Decode(&record)
	}
	if err == nil {
		err = record.Validate()
	}
	if err != nil {
		return record, false, badSidecar(h, err), nil
	}
	return record, true, nil, nil
}

func badSidecar(h asset.Handle, err error) *diag.Diag {
	return diag.New(diag.RecordInvalid, "the sidecar of %q: %w", h.Short(), diag.From(err, diag.RecordInvalid)).
		WithHint("correct %s%s", h.Short(), sidecarEnd)
}
