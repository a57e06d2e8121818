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
	if err := check(m.header, reply); err != nil {
		return nil, nil, err
	}
	if f := reply.Settings.Output.Format; f == "avif" || f == "heic" {
		if err := heifEncoder(f); err != nil {
			return nil, nil, err
		}
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

func (m *Image) render(ctx context.Context, r Reply) (diag.List, error) {
	before := m.ledger // of the rendition that this one is made from
	if err := errors.Join(m.mask(ctx, r), m.growMask(ctx, r)); err != nil {
		return nil, err
	}
	rest, err := m.layerZero(ctx, r)
	if err != nil {
		return nil, err
	}
	var notes diag.List
	// The colours of fills are the reply's, so the picture has to have them first.
	early := r.Settings.Color != nil || r.Settings.BgColor != nil
	if early {
		if notes, err = m.convert(ctx, r); err != nil {
			return nil, err
		}
		if r.Settings, err = m.painted(r); err != nil {
			return nil, err
		}
		rest.Settings = r.Settings
	}
	if rest, err = m.ownFills(r, rest); err != nil {
		return nil, err
	}
	geo, cut := margins(r.Settings, rest.Geometry)
	at, err := m.shape(ctx, rest.Settings, geo)
	if err != nil {
		return nil, err
	}
	wide := Reply{Settings: r.Settings, Geometry: r.Geometry, Density: r.Density}
	wide.Geometry.View, wide.Geometry.Offset, wide.Geometry.Clip = geo.View, geo.Offset, geo.Clip
	near := viewNearness(r.Geometry)
	if err := m.filter(ctx, r.Settings.Filters, near.layer); err != nil {
		return nil, err
	}
	if at, err = m.trim(wide, at); err != nil {
		return nil, err
	}
	if lost := early && m.lostColours(r); !r.Settings.MaskReply && (!early || lost) {
		if lost {
			m.ledger = before
		}
		if notes, err = m.convert(ctx, r); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(m.clip(wide, at), m.fade(r.Settings)); err != nil {
		return nil, err
	}
	if r.Settings.MaskReply {
		if err := m.onlyMask(geo.View, at); err != nil {
			return nil, err
		}
		at = [2]int{}
		if notes, err = m.convert(ctx, r); err != nil {
			return nil, err
		}
	}
	if err := m.view(r.Settings, geo.View, at); err != nil {
		return nil, err
	}
	if err := m.sharpenAll(ctx, r.Settings.Filters, near); err != nil {
		return nil, err
	}
	if err := extract(m.work, cut); err != nil {
		return nil, err
	}
	m.describe(r)
	return notes, m.finish()
}

// shape does the geometry; at is where the result lies in the view.
func (m *Image) shape(ctx context.Context, s *modifier.Settings, geo modifier.Geometry) (at [2]int, err error) {
	if empty(shownPart(geo)) {
		return at, m.nothing(ctx)
	}
	if geo.Quad != nil {
		w := warp(m.grid, s, geo)
		return w.at, m.warped(ctx, w, s)
	}
	all := reaches(s.Filters) // then what the view cuts off is needed too; trim cuts it
	if p, ok := turnPose(s.Rotate); ok {
		p := place(m.grid, p, s, geo)
		if all {
			p.keep, p.at = modifier.Rect{W: p.target.W, H: p.target.H}, geo.Offset
		}
		return p.at, m.straight(ctx, p, s)
	}
	t := turn(m.grid, s, geo)
	if all {
		t.keep, t.at = modifier.Rect{W: t.target.W, H: t.target.H}, geo.Offset
		t.area = modifier.Rect{W: t.turned.W, H: t.turned.H}
	}
	return t.at, m.turned(ctx, t, s)
}

// straight carries out a placement.
func (m *Image) straight(ctx context.Context, p placement, s *modifier.Settings) error {
	behind := s
	if l := p.layer; l.size != (modifier.Size{}) {
		if err := m.toLayer(ctx, l, s); err != nil {
			return err
		}
		behind = &modifier.Settings{} // color and opac of layer 0 are done
	}
	if err := m.takeInked(p, s, behind); err != nil {
		return err
	}
	format := m.work.BandFormat()
	done, err := m.scale(p.target, s.ResMode)
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
func (m *Image) turned(ctx context.Context, t turning, s *modifier.Settings) error {
	format, err := m.upright(ctx, layer{t.region, t.visible, t.near}, t.pose, s)
	if err != nil {
		return err
	}
	if err := affine(m.work, t, interpolator(s.ResMode)); err != nil {
		return err
	}
	if t.turned != t.target {
		if err := resizeExactly(m.work, t.target, whole(m.work), kernel(s.ResMode)); err != nil {
			return err
		}
		if err := extract(m.work, t.keep); err != nil {
			return err
		}
	}
	if err := unpremultiply(m.work, format); err != nil {
		return err
	}
	return ground(m.work, t.keep, t.inked, s.BgColor)
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
func (m *Image) scale(target modifier.Size, mode modifier.ResMode) (done func(*govips.ImageRef, govips.BandFormat) error, err error) {
	ref := m.work
	size := modifier.Size{W: ref.Width(), H: ref.Height()}
	from := m.grid.stands(size)
	if target == size && from == whole(ref) {
		return func(*govips.ImageRef, govips.BandFormat) error { return nil }, nil
	}
	m.scaled = true
	done = round
	if hasAlpha(ref) {
		if err := premultiply(ref); err != nil {
			return nil, err
		}
		done = unpremultiply
	}
	if err := resizeExactly(ref, target, from, kernel(mode)); err != nil {
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

// whole is the size of pixels that stand for no more than themselves.
func whole(ref *govips.ImageRef) [2]float64 {
	return [2]float64{float64(ref.Width()), float64(ref.Height())}
}

// resizeExactly gives exactly target, whatever libvips rounds to, of pixels that
// stand for a picture of from.
func resizeExactly(ref *govips.ImageRef, target modifier.Size, from [2]float64, k govips.Kernel) error {
	if err := resizeTo(ref, target.W, target.H, from, k); err != nil {
		return err
	}
	if ref.Width() == target.W && ref.Height() == target.H {
		return nil
	}
	return ref.Embed(0, 0, target.W, target.H, govips.ExtendCopy)
}

// pose lays the picture as p says; libvips can turn and mirror.
func (m *Image) pose(ctx context.Context, p pose) error {
	if !p.streams() {
		if err := m.settle(ctx); err != nil {
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
