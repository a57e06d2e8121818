package deliver

import (
	"context"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/stage"
)

// Dry turns a sink into one that writes nothing: it says under which name the
// item would be delivered, and for an original whether it can be opened. A sink
// at which an item has no name keeps it without a word.
func Dry(sink stage.Kind) stage.Kind {
	sink.New = func(cfg stage.Config) (stage.Stage, error) {
		return dry{name: cfg.Name, open: cfg.Env.Open}, nil
	}
	return sink
}

type dry struct {
	name string
	open func(context.Context, *asset.Asset) (asset.Source, error)
}

// Process notes what would be delivered.
func (d dry) Process(ctx context.Context, it *asset.Item) error {
	name := it.Names[asset.NameKey(d.name, it.Rendition)]
	if name == "" {
		return nil
	}
	made := &asset.Delivered{Stage: d.name, Rendition: it.Rendition, Name: name}
	if a := it.Artifact; a != nil {
		made.Width, made.Height, made.Format, made.Colour = a.Width, a.Height, a.Format, a.Colour
	} else {
		if err := d.readable(ctx, it.Asset); err != nil {
			return err
		}
		made.Bytes = it.Asset.Size
	}
	it.Delivered = made
	return nil
}

// readable opens the source and closes it again.
func (d dry) readable(ctx context.Context, a *asset.Asset) error {
	if d.open == nil {
		return nil
	}
	src, err := d.open(ctx, a)
	if err != nil {
		return err
	}
	if err := src.Close(); err != nil {
		return diag.New(diag.SourceRead, "close the source: %w", err)
	}
	return nil
}
