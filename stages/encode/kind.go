package encode

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/stages/internal/vips"
)

// Kind describes the stage.
func Kind() stage.Kind {
	return stage.Kind{
		Name: "encode",
		Doc:  "Turns a picture into a file of the format its modifier asks for.",
		In:   []stage.Port{stage.PortImage},
		Out:  stage.PortArtifact,
		Params: []stage.Param{
			{Name: withParam, Type: stage.String, Default: "", Doc: "plugin:NAME or plugin:NAME/ENCODER writes every picture, whatever fmt asks for"},
			{Name: optionsParam, Type: stage.Table, Doc: "what that encoder takes: see exportd plugin show NAME"},
		},
		New: newEncode,
	}
}

type encode struct {
	scratch string
	// plain renders what no transform came before: the picture as it is, in the
	// default format.
	plain vips.Ask
	plugin
}

func newEncode(cfg stage.Config) (stage.Stage, error) {
	p, err := newPlugin(cfg)
	if err != nil {
		return nil, err
	}
	plain, err := vips.NewAsk(map[string]any{"modifier": ""}, cfg.Env.Attributes)
	if err != nil {
		return nil, fmt.Errorf("stage %q: %w", cfg.Name, err)
	}
	plain.Profiles = vips.ReadProfiles(cfg.Env.Profiles)
	return &encode{scratch: cfg.Env.Scratch, plain: plain, plugin: p}, nil
}

// Process computes the item's image into a scratch file. A failure leaves none.
func (e *encode) Process(ctx context.Context, it *asset.Item) error {
	img, ok := it.Image.(*vips.Image)
	if !ok {
		return diag.New(diag.InternalError, "encode got an image of type %T", it.Image)
	}
	if _, rendered := img.Rendered(); !rendered {
		var err error
		if img, err = e.render(ctx, it, img); err != nil {
			return err
		}
	}
	made, path, err := e.write(ctx, it, img)
	if err != nil {
		return err
	}
	it.Artifact = &asset.Artifact{
		Format: made.Format, Ext: made.Ext, Width: made.Width, Height: made.Height,
		Size: made.Size, SHA256: made.SHA256, Colour: &made.Colour, Path: path,
	}
	if err := it.CloseImage(); err != nil {
		return closing(err)
	}
	return nil
}

// render gives the item the rendition that an empty modifier asks for.
func (e *encode) render(ctx context.Context, it *asset.Item, img *vips.Image) (*vips.Image, error) {
	reply, notes, err := e.plain.Reply(it.Asset, img.Header(), false)
	if err != nil {
		return nil, err
	}
	out, warnings, err := img.Render(ctx, reply)
	if err != nil {
		return nil, err
	}
	for _, n := range append(notes, warnings...) {
		it.Note(n)
	}
	err = it.CloseImage()
	it.Image = out
	if err != nil {
		return nil, closing(err)
	}
	return out, nil
}

func (e *encode) write(ctx context.Context, it *asset.Item, img *vips.Image) (made vips.Encoded, path string, err error) {
	f, err := os.CreateTemp(e.scratch, ".exp-*")
	if err != nil {
		return made, "", writeError(err)
	}
	if name := e.encoder(img); name != "" {
		made, err = e.encode(ctx, name, it, img, f)
	} else {
		made, err = img.Encode(ctx, f)
	}
	if closed := f.Close(); err == nil && closed != nil {
		err = &vips.WriteError{Err: closed}
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return made, "", writeError(err)
	}
	return made, f.Name(), nil
}

// writeError gives what the operating system refused a code; anything else has
// one.
func writeError(err error) error {
	var w *vips.WriteError
	var p *os.PathError
	switch {
	case !errors.As(err, &w) && !errors.As(err, &p):
		return err
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return diag.New(diag.TargetFull, "no room for the encoded picture: %w", err)
	case errors.Is(err, os.ErrPermission), errors.Is(err, syscall.EROFS):
		return diag.New(diag.TargetDenied, "the scratch folder cannot be written: %w", err)
	default:
		return diag.New(diag.StateRead, "the scratch folder: %w", err)
	}
}

// closing gives a source's own diagnosis, such as that it has changed while it was
// read, or one for it.
func closing(err error) error {
	d := diag.From(err, diag.SourceRead)
	return diag.New(d.Code, "close the source: %w", err).WithHint("%s", d.Mend())
}
