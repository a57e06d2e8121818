package transform

import (
	"context"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/stages/internal/vips"
)

// Dry is [Kind] for a dry run: it works out the geometry and refuses what would
// be refused, on the sketch that decode's Dry gives.
func Dry() stage.Kind {
	k := Kind()
	k.New = func(cfg stage.Config) (stage.Stage, error) {
		made, err := newTransform(cfg)
		if err != nil {
			return nil, err
		}
		return dry{transform: made.(*transform), name: cfg.Name, tell: cfg.Env.Probe}, nil
	}
	return k
}

type dry struct {
	transform *transform
	name      string
	tell      func(stage.Probe)
}

// Process replaces the item's sketch by that of its rendition.
func (d dry) Process(ctx context.Context, it *asset.Item) error {
	s, ok := it.Image.(*vips.Sketch)
	if !ok {
		return diag.New(diag.InternalError, "a dry transform got an image of type %T", it.Image)
	}
	_, rendered := s.Rendered()
	other, of, err := d.transform.other(ctx, it, rendered)
	if err != nil {
		return err
	}
	if other != nil {
		s, rendered = vips.NewSketch(other.Header()), false
		if err := other.Close(); err != nil {
			return diag.New(diag.SourceRead, "close the source: %w", err)
		}
	}
	reply, notes, err := d.transform.ask.Reply(of, s.Header(), rendered)
	for _, n := range notes {
		it.Note(n)
	}
	if err != nil {
		return err
	}
	if d.tell != nil {
		geometry := reply.Geometry
		d.tell(stage.Probe{Seq: it.Seq, Stage: d.name, Geometry: &geometry})
	}
	if err := within(d.transform.limits, reply.Geometry.View); err != nil {
		return err
	}
	out, err := s.Render(reply)
	if err != nil {
		return err
	}
	it.Image = out
	return nil
}
