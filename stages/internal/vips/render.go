//go:build cgo

package vips

import (
	"context"
	"errors"

	govips "github.com/davidbyttow/govips/v2/vips"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
)

// Render gives a new image that is what reply asks of m; m stays, and its owner
// closes it. The chain is lazy but where rows are needed out of order: there the
// resized pixels are computed, within ctx. The list holds warnings. An error is
// a diagnostic, or that of ctx.
func (m *Image) Render(ctx context.Context, reply Reply) (*Image, diag.List, error) {
	if err := m.check(reply); err != nil {
		return nil, nil, err
	}
	out, err := m.fork()
	if err != nil {
		return nil, nil, diag.New(diag.InternalError, "%w", err)
	}
	notes, err := out.render(ctx, reply)
	if err != nil {
		_ = out.Close()
		var d *diag.Diag
		if ctx.Err() == nil && !errors.As(err, &d) {
			err = diag.New(diag.InternalError, "libvips: %s", detail(err))
		}
		return nil, nil, err
	}
	return out, notes, nil
}

// check refuses what cannot be computed or encoded, whatever the limits are.
func (m *Image) check(r Reply) error {
	geo, out := r.Geometry, r.Settings.Output
	if geo.Source != m.header.Size {
		return diag.New(diag.InternalError, "the geometry is for a source of %dx%d pixels, not %dx%d", geo.Source.W, geo.Source.H, m.header.Size.W, m.header.Size.H)
	}
	if l := edgeLimit(out.Format); l > 0 && max(geo.View.W, geo.View.H) > l {
		return diag.New(diag.OutputSize, "the reply is %dx%d pixels; %s holds at most %d a side", geo.View.W, geo.View.H, out.Format, l)
	}
	if out.Format == "avif" || out.Format == "heic" {
		if err := heifEncoder(out.Format); err != nil {
			return err
		}
	}
	for _, v := range []int{geo.Crop.W, geo.Crop.H, geo.Rgn.W, geo.Rgn.H, geo.Image.W, geo.Image.H} {
		if v > coordLimit {
			return diag.New(diag.OutputSize, "the picture becomes %d pixels wide or high on the way; at most %d can be worked on", v, coordLimit)
		}
	}
	return nil
}

func (m *Image) render(ctx context.Context, r Reply) (diag.List, error) {
	at, err := m.shape(ctx, r)
	if err != nil {
		return nil, err
	}
	s := r.Settings
	if s.Mask {
		if err := m.onlyMask(r.Geometry.View, at); err != nil {
			return nil, err
		}
		at = [2]int{}
	}
	notes, err := m.convert(s)
	if err != nil {
		return nil, err
	}
	if err := m.view(s, r.Geometry.View, at); err != nil {
		return nil, err
	}
	if s.Sharpen {
		if err := sharpen(m.work, 16); err != nil {
			return nil, err
		}
	}
	m.describe(r)
	return notes, m.finish()
}

// shape does the geometry; at is where the result lies in the view.
func (m *Image) shape(ctx context.Context, r Reply) (at [2]int, err error) {
	if p, ok := turnPose(r.Settings.Rotate); ok {
		p := place(m.grid, p, r.Settings, r.Geometry)
		return p.at, m.straight(ctx, p, r.Settings.ResMode)
	}
	t := turn(m.grid, r.Settings, r.Geometry)
	return t.at, m.turned(ctx, t, r.Settings.ResMode)
}

// straight carries out a placement.
func (m *Image) straight(ctx context.Context, p placement, mode modifier.ResMode) error {
	if err := takeRegion(m.work, p.region, p.visible); err != nil {
		return err
	}
	format := m.work.BandFormat()
	done, err := scale(m.work, p.target, mode)
	if err != nil {
		return err
	}
	if err := extract(m.work, p.keep); err != nil {
		return err
	}
	if err := done(m.work, format); err != nil {
		return err
	}
	return m.pose(ctx, p.pose)
}

// turned carries out a turning.
func (m *Image) turned(ctx context.Context, t turning, mode modifier.ResMode) error {
	if err := takeRegion(m.work, t.region, t.visible); err != nil {
		return err
	}
	format := m.work.BandFormat()
	done, err := scale(m.work, t.near, mode)
	if err != nil {
		return err
	}
	if err := done(m.work, format); err != nil {
		return err
	}
	if m.lazy {
		if err := m.Materialise(ctx); err != nil {
			return err
		}
	}
	if err := m.pose(ctx, t.pose); err != nil {
		return err
	}
	if err := errors.Join(m.work.AddAlpha(), premultiply(m.work)); err != nil {
		return err
	}
	if err := affine(m.work, t, interpolator(mode)); err != nil {
		return err
	}
	if t.turned != t.target {
		if err := resizeExactly(m.work, t.target, kernel(mode)); err != nil {
			return err
		}
		if err := extract(m.work, t.keep); err != nil {
			return err
		}
	}
	return unpremultiply(m.work, format)
}

// takeRegion cuts region out, its visible part from the picture and the rest
// transparent.
func takeRegion(ref *govips.ImageRef, region, visible modifier.Rect) error {
	if empty(visible) {
		visible = modifier.Rect{X: 0, Y: 0, W: 1, H: 1}
		if err := errors.Join(extract(ref, visible), ref.AddAlpha(), clearPixels(ref)); err != nil {
			return err
		}
		return embed(ref, 0, 0, region.W, region.H, nil)
	}
	if err := extract(ref, visible); err != nil || visible == region {
		return err
	}
	if err := ref.AddAlpha(); err != nil {
		return err
	}
	return embed(ref, visible.X-region.X, visible.Y-region.Y, region.W, region.H, nil)
}

// extract cuts r out of the image, doing nothing when r is all of it.
func extract(ref *govips.ImageRef, r modifier.Rect) error {
	if r == (modifier.Rect{W: ref.Width(), H: ref.Height()}) {
		return nil
	}
	return ref.ExtractArea(r.X, r.Y, r.W, r.H)
}

// scale resizes to target, weighing colours with alpha. The pixels are final
// after done, which takes the weights out again and rounds to the format before.
func scale(ref *govips.ImageRef, target modifier.Size, mode modifier.ResMode) (done func(*govips.ImageRef, govips.BandFormat) error, err error) {
	if target == (modifier.Size{W: ref.Width(), H: ref.Height()}) {
		return func(*govips.ImageRef, govips.BandFormat) error { return nil }, nil
	}
	done = round
	if hasAlpha(ref) {
		if err := premultiply(ref); err != nil {
			return nil, err
		}
		done = unpremultiply
	}
	if err := resizeExactly(ref, target, kernel(mode)); err != nil {
		return nil, err
	}
	if mode == modifier.ResBisharp {
		return done, convolve(ref, bisharpCentre)
	}
	return done, nil
}

// bisharpCentre makes the bisharp mode's slight sharpening: a quarter of what
// op_sharpen does (is-protocol A-24).
const bisharpCentre = 40

// resizeExactly gives exactly target, whatever libvips rounds to.
func resizeExactly(ref *govips.ImageRef, target modifier.Size, k govips.Kernel) error {
	if err := resizeTo(ref, target.W, target.H, k); err != nil {
		return err
	}
	if ref.Width() == target.W && ref.Height() == target.H {
		return nil
	}
	return ref.Embed(0, 0, target.W, target.H, govips.ExtendCopy)
}

// pose lays the picture as p says; libvips can turn and mirror.
func (m *Image) pose(ctx context.Context, p pose) error {
	if m.lazy && !p.streams() {
		if err := m.Materialise(ctx); err != nil {
			return err
		}
	}
	if p.transpose {
		if err := m.work.Rotate(govips.Angle90); err != nil {
			return err
		}
		p.flipX = !p.flipX
	}
	if p.flipX {
		if err := m.work.Flip(govips.DirectionHorizontal); err != nil {
			return err
		}
	}
	if p.flipY {
		return m.work.Flip(govips.DirectionVertical)
	}
	return nil
}

// sharpen works on colours weighed with alpha, and on alpha itself (is-protocol
// 7.4, A-30).
func sharpen(ref *govips.ImageRef, centre float64) error {
	format := ref.BandFormat()
	if !hasAlpha(ref) {
		return errors.Join(convolve(ref, centre), round(ref, format))
	}
	return errors.Join(premultiply(ref), convolve(ref, centre), unpremultiply(ref, format))
}

func kernel(mode modifier.ResMode) govips.Kernel {
	switch mode {
	case modifier.ResBilin:
		return govips.KernelLinear
	case modifier.ResBicub, modifier.ResBisharp:
		return govips.KernelCubic
	}
	return govips.KernelLanczos3
}

func interpolator(mode modifier.ResMode) string {
	if mode == modifier.ResBilin {
		return "bilinear"
	}
	return "bicubic"
}
