//go:build cgo

package vips

import (
	"context"
	"errors"
	"math"

	govips "github.com/davidbyttow/govips/v2/vips"

	"github.com/exportd/exportd/engine/modifier"
)

// filter carries out operations that are no sharpening (is-protocol 7.4, in the
// order of A-11). Those on the composite come after the scale and before the
// colours are converted and the background is laid (5.2, r-color-management): bgc
// and padding are never recoloured. Operations on single pixels hardly differ
// before and after a scale; radii are in pixels of the composite and shrink with
// it: near is how many pixels of the picture one of those is. So shrink-on-load
// stays legal, and the work is on few pixels.
func (m *Image) filter(ctx context.Context, f modifier.Filters, near [2]float64) error {
	if f.Points() || f.Grow != 0 || f.Blur > 0 {
		if err := m.prepareColours(f); err != nil {
			return err
		}
	}
	if f.Points() {
		if err := m.points(ctx, f); err != nil {
			return err
		}
	}
	if n := growth(f.Grow, near); n != 0 {
		if err := m.settle(ctx); err != nil {
			return err
		}
		if err := growDisc(m.work, n, spaceOf(m.work).bands(), false); err != nil {
			return err
		}
	}
	if sigma := deviation(f.Blur/2, near); sigma != [2]float64{} {
		if err := m.settle(ctx); err != nil {
			return err
		}
		return blur(m.work, sigma)
	}
	return nil
}

// reaches reports whether a pixel depends on its neighbours, so that what the
// view cuts off must still be there. What rgn= cuts off is not: there, edges are
// taken as going on.
func reaches(f modifier.Filters) bool { return f.Grow != 0 || f.Blur > 0 }

// trim cuts off what the view does not show, where shape left it.
func (m *Image) trim(r Reply, at [2]int) ([2]int, error) {
	shown := shownPart(r.Geometry)
	if !reaches(r.Settings.Filters) || r.Geometry.Quad != nil || empty(shown) {
		return at, nil // shape has left no more than that
	}
	return [2]int{at[0] + shown.X, at[1] + shown.Y}, extract(m.work, shown)
}

// settle computes the pixels, which are those of the reply, where rows far apart
// are needed at once, or rows more than once.
func (m *Image) settle(ctx context.Context) error {
	if !m.lazy && !m.scaled {
		return nil
	}
	return m.Materialise(ctx)
}

// prepareColours brings the pixels to 8 bits and to a colour model that the
// operations work on. Conversions are naive, and with them the embedded profile
// has nothing to say any more (r-color-management: such colours are of limited
// fidelity).
func (m *Image) prepareColours(f modifier.Filters) error {
	from := spaceOf(m.work)
	wide := m.work.BandFormat() != govips.BandFormatUchar
	toRGB := from == SpaceCMYK && f.NeedsRGB() || from == SpaceGray && f.MakesRGB()
	if !wide && !toRGB {
		return nil
	}
	alpha, err := detachAlpha(m.work)
	if err != nil {
		return err
	}
	if alpha != nil {
		defer alpha.Close()
	}
	if err := eight(m.work); err != nil {
		return err
	}
	if toRGB {
		if err := naive(m.work, from, SpaceRGB); err != nil {
			return err
		}
		if err := strip(m.work, false, m.lazy); err != nil {
			return err
		}
	}
	if alpha == nil {
		return nil
	}
	return m.work.BandJoin(alpha)
}

// points carries out the operations on single pixels. Colorize needs to know all
// pixels, as they are after the operations before it.
func (m *Image) points(ctx context.Context, f modifier.Filters) error {
	bands := spaceOf(m.work).bands()
	p := points{saturation: 1}
	p.tones = tones(f)
	if bands == 3 {
		p.hue, p.saturation = float64(f.Hue), 1+float64(f.Saturation)/100
		p.balances = balances(f.Balance)
	}
	if f.Colorize != nil {
		ramp, err := m.ramp(ctx, p, *f.Colorize)
		if err != nil {
			return err
		}
		p = points{saturation: 1, ramp: ramp}
	}
	p.invert = f.Invert
	if n := f.Noise; n.Amount > 0 {
		p.noise, p.gaussian, p.mono, p.seed = 2.55*float64(n.Amount), n.Gaussian, n.Mono, n.Seed
		if n.Gaussian {
			p.noise /= 2
		}
	}
	return applyPoints(m.work, p, bands)
}

func (m *Image) ramp(ctx context.Context, before points, c modifier.Colorize) (*[3][256]uint8, error) {
	if err := applyPoints(m.work, before, 3); err != nil {
		return nil, err
	}
	if !c.Norm {
		return ramp(c, nil), nil
	}
	if err := m.Materialise(ctx); err != nil {
		return nil, err
	}
	counts, err := histogram(m.work, 3)
	if err != nil {
		return nil, err
	}
	return ramp(c, &counts), nil
}

// growth is a radius in whole pixels of the picture.
func growth(radius int, near [2]float64) int {
	return int(math.Round(float64(radius) * math.Sqrt(near[0]*near[1])))
}

// least is the smallest deviation in pixels that is worth a filter.
const least = 0.1

// deviation scales a radius to the picture, for each axis.
func deviation(radius float64, near [2]float64) [2]float64 {
	return visible([2]float64{radius * near[0], radius * near[1]})
}

func visible(sigma [2]float64) [2]float64 {
	for i := range sigma {
		if sigma[i] < least {
			sigma[i] = 0
		}
	}
	return sigma
}

// blur softens the colours, weighed with alpha; alpha itself stays, for the
// vendor's page speaks of the image data, where those of op_usm and op_growMask
// name the mask.
func blur(ref *govips.ImageRef, sigma [2]float64) error {
	format := ref.BandFormat()
	if !hasAlpha(ref) {
		return errors.Join(blurBy(ref, sigma), round(ref, format))
	}
	alpha, err := ref.Copy()
	if err != nil {
		return err
	}
	defer alpha.Close()
	n := spaceOf(ref).bands()
	return errors.Join(
		takeBands(alpha, n, 1), premultiply(ref), blurBy(ref, sigma), unpremultiply(ref, format),
		takeBands(ref, 0, n), ref.BandJoin(alpha))
}

// growMask works on alpha at full resolution, before any scale weighs colours
// with alpha and loses those that growing shows again (r-op-growmask). The radius
// of op_growMask is in pixels of the source, that of op_growMaskR in pixels of the
// reply. A mask of its own may lie on a picture that was shrunk while it was
// loaded: then both shrink with it.
func (m *Image) growMask(ctx context.Context, r Reply) error {
	f, g := r.Settings.Filters, r.Geometry
	n := m.nearness(g, g.Source)
	radius := float64(f.GrowMask) * math.Sqrt(n.source[0]*n.source[1])
	if scale := math.Sqrt(n.reply[0] * n.reply[1]); !math.IsInf(scale, 0) {
		radius += float64(f.GrowMaskR) * scale
	}
	by := int(math.Round(radius))
	if by == 0 || !hasAlpha(m.work) {
		return nil
	}
	if longest := max(m.work.Width(), m.work.Height()); by > longest || -by > longest {
		by = int(math.Copysign(float64(longest), radius))
	}
	if err := m.settle(ctx); err != nil {
		return err
	}
	if err := m.prepareColours(modifier.Filters{}); err != nil {
		return err
	}
	return growDisc(m.work, by, spaceOf(m.work).bands(), true)
}

// sharpenAll is op_sharpen, op_usm and op_usmR, of the view or of layer 0
// (r-op-sharpen, r-op-usm). The radius of op_usm is in pixels of the source, that
// of op_usmR in pixels of the reply. CMYK has no brightness of its own, so
// there each component is sharpened by itself.
func (m *Image) sharpenAll(ctx context.Context, f modifier.Filters, near nearness) error {
	if f.Sharpen {
		if err := sharpen(m.work, 16); err != nil {
			return err
		}
	}
	for _, u := range []struct {
		modifier.USM
		sigma [2]float64
	}{
		{f.USM, deviation(f.USM.Radius, near.source)},
		{f.USMR, deviation(f.USMR.Radius, near.reply)},
	} {
		if !u.Acts() || u.sigma == [2]float64{} {
			continue
		}
		if err := m.settle(ctx); err != nil {
			return err
		}
		if err := unsharpWeighed(m.work, u.sigma, u.USM); err != nil {
			return err
		}
	}
	return nil
}

func unsharpWeighed(ref *govips.ImageRef, sigma [2]float64, u modifier.USM) error {
	format := ref.BandFormat()
	mono := u.Mono && spaceOf(ref) == SpaceRGB
	if !hasAlpha(ref) {
		return errors.Join(unsharpBy(ref, sigma, u, mono), round(ref, format))
	}
	return errors.Join(premultiply(ref), unsharpBy(ref, sigma, u, mono), unpremultiply(ref, format))
}
