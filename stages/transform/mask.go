package transform

import (
	"context"
	"slices"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/stages/internal/vips"
)

// mask opens the mask that a reply to an asset needs, nil for none. Planning
// found it; a picture that was rendered before has its record's mask in it.
func (t *transform) mask(ctx context.Context, a *asset.Asset, r vips.Reply, rendered bool) (*vips.Image, error) {
	path := a.Record.MaskPath
	if rendered {
		path = ""
	}
	name := r.Settings.Mask.Named(path)
	if name == "" {
		return nil, nil
	}
	related, ok := a.Related[name]
	if !ok {
		return nil, diag.New(diag.MaskUnusable, "the mask %s was not looked up when the job was planned", name)
	}
	of, err := related.Get()
	if err != nil {
		return nil, err
	}
	return t.openMask(ctx, name, of)
}

// openMask opens a mask within the limits that hold for every source.
func (t *transform) openMask(ctx context.Context, name string, of *asset.Asset) (*vips.Image, error) {
	switch {
	case !of.Format.Trusted() && !slices.Contains(t.loaders, of.Format):
		return nil, diag.New(diag.LoaderOff, "the mask %s is %q, and no loader for that is on", name, of.Format)
	case t.limits.Bytes > 0 && of.Size > t.limits.Bytes:
		return nil, diag.New(diag.LimitBytes, "the mask %s has %d bytes; allowed are %d", name, of.Size, t.limits.Bytes)
	}
	src, err := t.open(ctx, of)
	if err != nil {
		return nil, err
	}
	img, err := vips.Open(ctx, src, of.Format)
	if err != nil {
		_ = src.Close()
		return nil, unusable(name, err)
	}
	size := img.Header().Size
	pixels := int64(size.W) * int64(size.H)
	if l := t.limits; l.Edge > 0 && max(size.W, size.H) > l.Edge || l.Pixels > 0 && pixels > l.Pixels {
		_ = img.Close()
		return nil, diag.New(diag.LimitPixels, "the mask %s is %dx%d pixels; allowed are %d pixels and %d a side", name, size.W, size.H, l.Pixels, l.Edge)
	}
	return img, nil
}

// unusable says that it is the mask that cannot be read, not the picture.
func unusable(name string, err error) error {
	d := diag.From(err, diag.InternalError)
	return diag.New(d.Code, "the mask %s: %w", name, err)
}
