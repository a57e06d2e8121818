package transform

import (
	"context"
	"slices"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/stages/internal/vips"
)

// mask opens the mask that a reply to a picture needs, nil for none. Planning
// found it for the item's asset; a picture that was rendered before has its
// record's mask in it.
func (t *transform) mask(ctx context.Context, it *asset.Item, of *asset.Asset, h vips.Header, r vips.Reply, rendered bool) (*vips.Image, error) {
	path := of.Record.MaskPath
	if rendered || h.Premultiplied {
		path = "" // an alpha that the colours are multiplied with goes before it (r-maskpath-cat)
	}
	name := modifier.WithObject(r.Settings.Mask.Named(path), string(it.Asset.Handle))
	if name == "" {
		return nil, nil
	}
	return t.openRelated(ctx, it.Asset, "the mask", name)
}

// other opens the asset that src= puts in the place of the item's, nil for none.
func (t *transform) other(ctx context.Context, it *asset.Item, rendered bool) (*vips.Image, *asset.Asset, error) {
	name := t.ask.Source(it.Asset, rendered)
	if name == "" {
		return nil, it.Asset, nil
	}
	img, err := t.openRelated(ctx, it.Asset, "the source", name)
	if err != nil {
		return nil, nil, err
	}
	of := it.Asset.Related[name].Asset
	if s := of.StandIn; s != nil {
		it.Note(diag.New(diag.DefaultImage, "src=%s: there is no such asset: the default image %s stands in for it", name, s.Object))
	}
	if reply, _, err := t.ask.Reply(of, img.Header(), false); err == nil {
		if err := img.Shrink(ctx, vips.Shrink(img.Header(), []vips.Reply{reply})); err != nil {
			_ = img.Close()
			return nil, nil, unusable("the source", name, err)
		}
	}
	return img, of, nil
}

// openRelated opens an asset that commands name, within the limits that hold for
// every source.
func (t *transform) openRelated(ctx context.Context, a *asset.Asset, what, name string) (*vips.Image, error) {
	related, ok := a.Related[name]
	if !ok {
		return nil, diag.New(diag.MaskUnusable, "%s %s was not looked up when the job was planned", what, name)
	}
	of, err := related.Get()
	if err != nil {
		return nil, err
	}
	switch {
	case !of.Format.Trusted() && !slices.Contains(t.loaders, of.Format):
		return nil, diag.New(diag.LoaderOff, "%s %s is %q, and no loader for that is on", what, name, of.Format)
	case t.limits.Bytes > 0 && of.Size > t.limits.Bytes:
		return nil, diag.New(diag.LimitBytes, "%s %s has %d bytes; allowed are %d", what, name, of.Size, t.limits.Bytes)
	}
	src, err := t.open(ctx, of)
	if err != nil {
		return nil, err
	}
	img, err := vips.Open(ctx, src, of.Format)
	if err != nil {
		_ = src.Close()
		return nil, unusable(what, name, err)
	}
	size := img.Header().Size
	pixels := int64(size.W) * int64(size.H)
	if l := t.limits; l.Edge > 0 && max(size.W, size.H) > l.Edge || l.Pixels > 0 && pixels > l.Pixels {
		_ = img.Close()
		return nil, diag.New(diag.LimitPixels, "%s %s is %dx%d pixels; allowed are %d pixels and %d a side", what, name, size.W, size.H, l.Pixels, l.Edge)
	}
	return img, nil
}

// unusable says that it is another asset that cannot be read, not the item's.
func unusable(what, name string, err error) error {
	d := diag.From(err, diag.InternalError)
	return diag.New(d.Code, "%s %s: %w", what, name, err)
}
