package transform

import (
	"context"
	"fmt"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/stages/internal/vips"
)

// Kind describes the stage.
func Kind() stage.Kind {
	return stage.Kind{
		Name: "transform",
		Doc:  "Makes a picture what a modifier asks for.",
		In:   []stage.Port{stage.PortImage},
		Out:  stage.PortImage,
		Params: []stage.Param{
			{Name: "modifier", Type: stage.Modifier, Required: true, Doc: "an Image Serving modifier string, with macros and ${job.…}"},
			{Name: "origins", Type: stage.Strings, Doc: "where each command of the modifier comes from; the compiler writes it"},
		},
		New: newTransform,
	}
}

type transform struct {
	ask     vips.Ask
	limits  stage.Limits
	loaders []asset.Format
	open    func(context.Context, *asset.Asset) (asset.Source, error)
}

func newTransform(cfg stage.Config) (stage.Stage, error) {
	for key := range cfg.Params {
		if key != "modifier" && key != "origins" {
			return nil, fmt.Errorf("stage %q: unknown param %q", cfg.Name, key)
		}
	}
	ask, err := vips.NewAsk(cfg.Params, cfg.Env.Attributes)
	if err != nil {
		return nil, fmt.Errorf("stage %q: %w", cfg.Name, err)
	}
	ask.Stage = cfg.Name
	ask.Profiles = vips.ReadProfiles(cfg.Env.Profiles)
	return &transform{ask: ask, limits: cfg.Env.Limits, loaders: cfg.Env.Loaders, open: cfg.Env.Open}, nil
}

// Process replaces the item's image by its rendition.
func (t *transform) Process(ctx context.Context, it *asset.Item) error {
	img, ok := it.Image.(*vips.Image)
	if !ok {
		return diag.New(diag.InternalError, "transform got an image of type %T", it.Image)
	}
	_, rendered := img.Rendered()
	other, of, err := t.other(ctx, it, rendered)
	if err != nil {
		return err
	}
	if other != nil {
		defer func() { _ = other.Close() }() // what is rendered from it holds it open
		img, rendered = other, false
	}
	reply, notes, err := t.ask.Reply(of, img.Header(), rendered)
	for _, n := range notes {
		it.Note(n)
	}
	if err != nil {
		return err
	}
	if err := within(t.limits, reply.Geometry.View); err != nil {
		return err
	}
	if reply.Mask, err = t.mask(ctx, it, of, img.Header(), reply, rendered); err != nil {
		return err
	}
	out, warnings, err := img.Render(ctx, reply)
	if reply.Mask != nil {
		if gone := reply.Mask.Close(); gone != nil && err == nil {
			_ = out.Close()
			err = diag.New(diag.SourceRead, "close the mask: %w", gone)
		}
	}
	if err != nil {
		return err
	}
	for _, w := range warnings {
		it.Note(w)
	}
	if err := it.CloseImage(); err != nil {
		_ = out.Close()
		return diag.New(diag.SourceRead, "close the source: %w", err)
	}
	it.Image = out
	return nil
}

// within checks the size of the reply.
func within(l stage.Limits, view modifier.Size) error {
	pixels := int64(view.W) * int64(view.H)
	switch {
	case l.Edge > 0 && max(view.W, view.H) > l.Edge:
		return diag.New(diag.OutputSize, "the picture asked for is %dx%d pixels; allowed are %d a side", view.W, view.H, l.Edge).
			WithHint("ask for a smaller size, or raise limits.edge")
	case l.OutputPixels > 0 && pixels > l.OutputPixels:
		return diag.New(diag.OutputSize, "the picture asked for has %d pixels (%dx%d); allowed are %d", pixels, view.W, view.H, l.OutputPixels).
			WithHint("ask for a smaller size, or raise limits.output_pixels")
	}
	return nil
}
