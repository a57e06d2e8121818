package encode

import (
	"context"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/stages/internal/vips"
)

// Dry is [Kind] for a dry run: it gives an artifact that has a format and a size
// in pixels, and no bytes.
func Dry() stage.Kind {
	k := Kind()
	k.New = func(cfg stage.Config) (stage.Stage, error) {
		made, err := newEncode(cfg)
		if err != nil {
			return nil, err
		}
		return dry{made.(*encode)}, nil
	}
	return k
}

type dry struct{ encode *encode }

// Process makes the item's sketch an artifact without bytes.
func (d dry) Process(_ context.Context, it *asset.Item) error {
	s, ok := it.Image.(*vips.Sketch)
	if !ok {
		return diag.New(diag.InternalError, "a dry encode got an image of type %T", it.Image)
	}
	if _, rendered := s.Rendered(); !rendered {
		reply, notes, err := d.encode.plain.Reply(it.Asset, s.Header(), false)
		if err != nil {
			return err
		}
		for _, n := range notes {
			it.Note(n)
		}
		if s, err = s.Render(reply); err != nil {
			return err
		}
	}
	made := s.Encoded()
	if d.encode.with != "" {
		made.Format, made.Ext = d.encode.format, d.encode.ext
	}
	it.Image = nil
	it.Artifact = &asset.Artifact{Format: made.Format, Ext: made.Ext, Width: made.Width, Height: made.Height, Colour: &made.Colour}
	return nil
}
