package decode

import (
	"context"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/stages/internal/vips"
)

// Dry is [Kind] for a dry run: it reads the header and judges it, and hands on a
// sketch of the picture. What only a whole decode finds, a picture that ends in
// its middle, it cannot know. Where nothing can be opened (the environment has no
// Open), it judges by the record alone and gives no image.
func Dry() stage.Kind {
	k := Kind()
	k.New = func(cfg stage.Config) (stage.Stage, error) {
		made, err := newDecode(cfg)
		if err != nil {
			return nil, err
		}
		return dry{decode: made.(*decode), name: cfg.Name}, nil
	}
	return k
}

// dry keeps the decode in a field: what it costs to decode does not hold here.
type dry struct {
	decode *decode
	name   string
}

// Process judges the asset of an item.
func (d dry) Process(ctx context.Context, it *asset.Item) error {
	if err := d.decode.judge(it.Asset); err != nil || d.decode.env.Open == nil {
		return err
	}
	h, err := d.header(ctx, it.Asset)
	if err != nil {
		return err
	}
	noteFrames(it, h)
	noteStandIn(it)
	it.Image = vips.NewSketch(h)
	if tell := d.decode.env.Probe; tell != nil {
		f := d.decode.factor(it.Asset, h)
		tell(stage.Probe{Seq: it.Seq, Stage: d.name, Source: &stage.Source{
			Format: h.Format, Width: h.Size.W, Height: h.Size.H, Frames: h.Pages, Orientation: h.Orientation,
			Space: string(h.Space), Alpha: h.Alpha, Shrink: f, Memory: h.Bytes(f),
		}})
	}
	return nil
}

// header opens the source for as long as it takes to read its header.
func (d dry) header(ctx context.Context, a *asset.Asset) (vips.Header, error) {
	src, err := d.decode.env.Open(ctx, a)
	if err != nil {
		return vips.Header{}, err
	}
	img, err := d.decode.header(ctx, a, src)
	if err != nil {
		return vips.Header{}, err
	}
	h := img.Header()
	if err := img.Close(); err != nil {
		return h, diag.New(diag.SourceRead, "close the source: %w", err)
	}
	return h, nil
}
