//go:build cgo

package vips

import (
	"context"
	"errors"

	govips "github.com/davidbyttow/govips/v2/vips"

	"github.com/exportd/exportd/engine/modifier"
)

// toLayer brings the crop to the size of the layer (is-protocol 5.1.4).
func (m *Image) toLayer(ctx context.Context, l layer, s *modifier.Settings) error {
	if err := takeLayer(m.work, l.region, l.visible, s); err != nil {
		return err
	}
	format := m.work.BandFormat()
	done, err := m.scale(l.size, s.ResMode)
	if err != nil {
		return err
	}
	return done(m.work, format)
}

// upright gives the layer near its final size, upright, premultiplied and in
// memory, for operations that read pixels in any order. format is that of the
// pixels before.
func (m *Image) upright(ctx context.Context, l layer, p pose, s *modifier.Settings) (format govips.BandFormat, err error) {
	format = m.work.BandFormat()
	if err := m.toLayer(ctx, l, s); err != nil {
		return format, err
	}
	if err := m.settle(ctx); err != nil {
		return format, err
	}
	if err := m.pose(ctx, p); err != nil {
		return format, err
	}
	return format, errors.Join(m.work.AddAlpha(), premultiply(m.work))
}

// warped carries out a warping.
func (m *Image) warped(ctx context.Context, w warping, s *modifier.Settings) error {
	format, err := m.upright(ctx, layer{w.region, w.visible, w.near}, w.pose, s)
	if err != nil {
		return err
	}
	how := interpolator(s.ResMode)
	switch s.Perspective.Sampling {
	case modifier.SampleNearest:
		how = "nearest"
	case modifier.SampleLinear:
		how = "bilinear"
	}
	if err := warpTo(m.work, w, how); err != nil {
		return err
	}
	if err := unpremultiply(m.work, format); err != nil {
		return err
	}
	return ground(m.work, w.area, w.inked, s.BgColor)
}

// nothing is a picture of which the reply shows nothing. The source is decoded
// all the same: a damaged one is never delivered.
func (m *Image) nothing(ctx context.Context) error {
	if m.lazy {
		if err := m.Materialise(ctx); err != nil {
			return err
		}
	}
	return errors.Join(extract(m.work, modifier.Rect{W: 1, H: 1}), m.work.AddAlpha(), clearPixels(m.work))
}

// takeLayer is [takeRegion] with what layer 0 does to its own pixels: opac of
// layer=0, then color behind them. What lies outside the source stays clear, for
// that is bgColor's (r-crop).
func takeLayer(ref *govips.ImageRef, region, visible modifier.Rect, s *modifier.Settings) error {
	if !empty(visible) {
		if err := extract(ref, visible); err != nil {
			return err
		}
		if err := own(ref, s); err != nil {
			return err
		}
		region.X, region.Y = region.X-visible.X, region.Y-visible.Y
		visible = modifier.Rect{W: visible.W, H: visible.H}
	}
	return takeRegion(ref, region, visible)
}

func own(ref *govips.ImageRef, s *modifier.Settings) error {
	if s.BaseFade > 0 {
		if err := errors.Join(ref.AddAlpha(), fade(ref, 1-s.BaseFade)); err != nil {
			return err
		}
	}
	return fill(ref, s.Color)
}

// takeInked cuts the region out: the visible part from the layer, bgColor behind
// it as far as the composite goes, the rest clear.
func (m *Image) takeInked(p placement, s, behind *modifier.Settings) error {
	if s.BgColor == nil || empty(p.inked) {
		return takeLayer(m.work, p.region, p.visible, behind)
	}
	if err := takeLayer(m.work, p.inked, p.visible, behind); err != nil {
		return err
	}
	if err := fill(m.work, s.BgColor); err != nil {
		return err
	}
	region := p.region
	region.X, region.Y = region.X-p.inked.X, region.Y-p.inked.Y
	return takeRegion(m.work, region, modifier.Rect{W: p.inked.W, H: p.inked.H})
}

// ground is takeInked for what was turned: area is the part of the scaled region
// that is there, inked the part that the composite covers.
func ground(ref *govips.ImageRef, area, inked modifier.Rect, bg *modifier.Colour) error {
	inked = intersect(area, inked)
	region := modifier.Rect{W: area.W, H: area.H}
	if empty(inked) {
		return takeRegion(ref, region, modifier.Rect{})
	}
	inside := modifier.Rect{X: inked.X - area.X, Y: inked.Y - area.Y, W: inked.W, H: inked.H}
	if err := extract(ref, inside); err != nil {
		return err
	}
	if err := fill(ref, bg); err != nil {
		return err
	}
	region.X, region.Y = -inside.X, -inside.Y
	return takeRegion(ref, region, modifier.Rect{W: inside.W, H: inside.H})
}

// fill puts c behind the picture. c is in the picture's own colour model, else it
// is converted naively (is-protocol 5.5; r-color-commandref, r-bgcolor).
func fill(ref *govips.ImageRef, c *modifier.Colour) error {
	if c == nil || !hasAlpha(ref) {
		return nil
	}
	ink := inks(*c, spaceOf(ref))
	if ref.BandFormat() == govips.BandFormatUshort {
		for i := range ink {
			ink[i] *= 257
		}
	}
	if c.Alpha >= 1 {
		return flatten(ref, ink)
	}
	return under(ref, ink, c.Alpha)
}

// fade takes off what opac takes off the composite, or all that hide=1 hides.
func (m *Image) fade(s *modifier.Settings) error {
	keep := 1 - s.Fade
	if s.Hide {
		keep = 0
	}
	if keep == 1 {
		return nil
	}
	return errors.Join(m.work.AddAlpha(), fade(m.work, keep))
}
