package decode

import (
	"context"
	"fmt"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/stages/internal/vips"
)

// The values of the param shrink.
const (
	shrinkAuto = "auto"
	shrinkOff  = "off"
)

// Kind describes the stage.
func Kind() stage.Kind {
	return stage.Kind{
		Name: "decode",
		Doc:  "Opens an asset as a picture, within the limits.",
		In:   []stage.Port{stage.PortAsset},
		Out:  stage.PortImage,
		Params: []stage.Param{{
			Name: "shrink", Type: stage.String, Default: shrinkAuto, Enum: []string{shrinkAuto, shrinkOff},
			Doc: "auto loads a JPEG or WebP no larger than the transforms behind need, where nobody can tell; off loads it whole",
		}},
		New: newDecode,
	}
}

type decode struct {
	env    stage.Env
	shrink bool
	asks   []vips.Ask // of the transforms behind
}

func newDecode(cfg stage.Config) (stage.Stage, error) {
	d := &decode{env: cfg.Env, shrink: true}
	for key, value := range cfg.Params {
		switch s, _ := value.(string); {
		case key != "shrink":
			return nil, fmt.Errorf("stage %q: unknown param %q", cfg.Name, key)
		case s == shrinkOff:
			d.shrink = false
		case s != shrinkAuto:
			return nil, diag.New(diag.KeyValue, "stage %q: params.shrink is %v", cfg.Name, value).WithHint("shrink is auto or off")
		}
	}
	for _, c := range cfg.Consumers {
		ask, err := vips.NewAsk(c.Params, cfg.Env.Attributes)
		if err != nil {
			return nil, fmt.Errorf("stage %q: %w", c.Name, err)
		}
		ask.Stage = c.Name
		d.asks = append(d.asks, ask)
	}
	return d, nil
}

// Process opens the asset of an item (DESIGN 6, the table).
func (d *decode) Process(ctx context.Context, it *asset.Item) error {
	img, err := d.open(ctx, it)
	if err != nil {
		return err
	}
	if err := d.load(ctx, it.Asset, img); err != nil {
		_ = img.Close()
		return err
	}
	noteFrames(it, img.Header())
	noteStandIn(it)
	it.Image = img
	return nil
}

func noteStandIn(it *asset.Item) {
	if s := it.Asset.StandIn; s != nil {
		it.Note(diag.New(diag.DefaultImage, "no asset has the handle %q: the default image %s stands in for it", it.Asset.Handle, s.Object))
	}
}

func noteFrames(it *asset.Item, h vips.Header) {
	if h.Pages > 1 {
		it.Note(diag.New(diag.FirstFrame, "%s has %d frames: the first one was converted", it.Asset.File, h.Pages))
	}
}

// open checks, hashes and opens the source; the image then owns it.
func (d *decode) open(ctx context.Context, it *asset.Item) (*vips.Image, error) {
	if err := d.judge(it.Asset); err != nil {
		return nil, err
	}
	src, err := d.env.Open(ctx, it.Asset)
	if err != nil {
		return nil, err
	}
	sum, err := digest(ctx, src, d.env.Limits.Bytes)
	if err != nil {
		_ = src.Close()
		return nil, err
	}
	it.SourceSHA256 = sum
	return d.header(ctx, it.Asset, src)
}

// header opens src as a picture and judges what its header says.
func (d *decode) header(ctx context.Context, a *asset.Asset, src asset.Source) (*vips.Image, error) {
	if err := vips.Startup(d.env.Loaders); err != nil {
		_ = src.Close()
		return nil, err
	}
	img, err := vips.Open(ctx, src, a.Format)
	if err != nil {
		_ = src.Close()
		if ctx.Err() == nil && a.Format == "" {
			return nil, mismatch(a, "")
		}
		return nil, err
	}
	if err := within(d.env.Limits, a, img.Header()); err != nil {
		_ = img.Close()
		return nil, err
	}
	return img, nil
}

// load decides how much is loaded, and decodes now when several transforms take
// the pixels.
func (d *decode) load(ctx context.Context, a *asset.Asset, img *vips.Image) error {
	if d.shrink {
		if err := img.Shrink(ctx, d.factor(a, img.Header())); err != nil {
			return err
		}
	}
	if len(d.asks) > 1 {
		return img.Materialise(ctx)
	}
	return nil
}

// replies is what the transforms behind ask of this asset. One that cannot be
// resolved takes no pixels: it fails when the item gets there, and says why. Nor
// does one that takes another asset in its place.
func (d *decode) replies(a *asset.Asset, h vips.Header) []vips.Reply {
	var replies []vips.Reply
	for _, ask := range d.asks {
		if ask.Source(a, false) != "" {
			continue
		}
		if r, _, err := ask.Reply(a, h, false); err == nil {
			replies = append(replies, r)
		}
	}
	return replies
}

// Cost is the pixels that the item keeps in memory until it is encoded: those
// that are loaded, and for a progressive JPEG twice the full size more, because
// its decoder holds all coefficients (performance 2, Memory). What cannot be
// opened is free: Process says why.
func (d *decode) Cost(it *asset.Item) (int64, error) {
	ctx := context.Background()
	if d.judge(it.Asset) != nil {
		return 0, nil
	}
	src, err := d.env.Open(ctx, it.Asset)
	if err != nil {
		return 0, nil // Process opens it again and reports
	}
	img, err := d.header(ctx, it.Asset, src)
	if err != nil {
		return 0, nil // as above
	}
	defer func() { _ = img.Close() }()
	h := img.Header()
	full := int64(h.Size.W) * int64(h.Size.H)
	f := int64(d.factor(it.Asset, h))
	cost := full / (f * f)
	if h.Progressive && h.Format == asset.FormatJPEG {
		cost += 2 * full
	}
	return max(1, cost), nil
}

// factor is by how much the source is shrunk while it is loaded.
func (d *decode) factor(a *asset.Asset, h vips.Header) int {
	if !d.shrink {
		return 1
	}
	return vips.Shrink(h, d.replies(a, h))
}
