package modifier

import (
	"math/big"

	"github.com/exportd/exportd/engine/diag"
)

// layer works out the way from the crop to the composite (is-protocol 5.1, 4 to
// 9): scaled, turned or warped, extended.
func (s *Settings) layer(g *Geometry) error {
	crop := Size{g.Crop.W, g.Crop.H}
	g.Layer = s.layerSize(crop)
	if g.Layer.W > maxScaled || g.Layer.H > maxScaled {
		return diag.New(diag.OutputSize, "the layer would be scaled to %dx%d pixels; allowed are edges up to %d", g.Layer.W, g.Layer.H, maxScaled)
	}
	if p := s.Perspective; p != nil {
		g.Turned = g.Layer
		g.Quad = p.corners(g.Turned)
	} else {
		g.Turned = bounding(g.Layer, s.Rotate)
	}
	g.Extent = Rect{W: g.Turned.W, H: g.Turned.H}
	if s.Extend != nil {
		var ok bool
		if g.Extent, ok = s.Extend.of(g.Turned); !ok {
			return diag.New(diag.CommandValue, "extend leaves nothing of a layer of %dx%d pixels", g.Turned.W, g.Turned.H)
		}
		if err := within("extend", g.Extent, g.Turned); err != nil {
			return err
		}
	}
	g.Comp = Size{g.Extent.W, g.Extent.H}
	return nil
}

// layerSize is the crop under size, else scale, else res (is-protocol 5.1.4). It
// may enlarge. Perspective reads the source as it is, and the layer keeps
// the size of the crop.
func (s *Settings) layerSize(crop Size) Size {
	if s.Perspective != nil {
		return crop
	}
	var factor *big.Rat
	switch {
	case s.Size[0] > 0 && s.Size[1] > 0:
		factor = least(ratio(s.Size[0], crop.W), ratio(s.Size[1], crop.H))
	case s.Size[0] > 0:
		factor = ratio(s.Size[0], crop.W)
	case s.Size[1] > 0:
		factor = ratio(s.Size[1], crop.H)
	case s.Scale > 0:
		factor = exact(s.Scale)
	case s.Res > 0 && s.Resolution > 0:
		factor = exact(s.Res)
		factor.Quo(factor, exact(s.Resolution))
	default:
		return crop
	}
	return Size{scaled(crop.W, factor), scaled(crop.H, factor)}
}

// corners are the corners in pixels of a canvas.
func (p *Perspective) corners(canvas Size) *[4]Point {
	quad := p.Quad
	if p.Normalised {
		for i := range quad {
			quad[i].X *= float64(canvas.W)
			quad[i].Y *= float64(canvas.H)
		}
	}
	return &quad
}

// of is the extended rectangle of a layer, in its pixels; ok is false when the
// margins leave nothing. Normalised edges are rounded where they lie (5.4).
func (e *Extend) of(layer Size) (r Rect, ok bool) {
	margin := func(v float64, side int) *big.Rat {
		m := exact(v)
		if e.Normalised {
			m.Mul(m, ratio(side, 1))
		}
		return m
	}
	left, top := round(margin(-e.Left, layer.W)), round(margin(-e.Top, layer.H))
	right := margin(e.Right, layer.W)
	bottom := margin(e.Bottom, layer.H)
	r = Rect{X: left, Y: top}
	r.W = round(right.Add(right, ratio(layer.W, 1))) - left
	r.H = round(bottom.Add(bottom, ratio(layer.H, 1))) - top
	return r, r.W > 0 && r.H > 0
}

// ratioed is [Settings.view] under dpr=: wid and hei times the ratio, shrunk to
// MaxPix where a plain request would fail (is-protocol 5.3, r-dpr).
func (s *Settings) ratioed(region Size) view {
	if s.DPR == 0 || s.DPR == 1 {
		return s.view(region)
	}
	more := *s
	factor := exact(s.DPR)
	if s.Wid > 0 {
		more.Wid = scaled(s.Wid, factor)
	}
	if s.Hei > 0 {
		more.Hei = scaled(s.Hei, factor)
	}
	v := more.view(region)
	shrink := overflow(v.box, s.MaxPix)
	if shrink == nil || s.Scl > 0 && s.Wid == 0 && s.Hei == 0 {
		return v
	}
	if more.Wid == 0 && more.Hei == 0 {
		more.DefaultPix = s.MaxPix
		return more.view(region)
	}
	down := func(side int) int {
		if side == 0 {
			return 0
		}
		return max(1, floor(new(big.Rat).Mul(ratio(side, 1), shrink)))
	}
	more.Wid, more.Hei = down(more.Wid), down(more.Hei)
	return more.view(region)
}

// overflow is the factor that brings a box into MaxPix, nil when it is inside.
func overflow(box Size, most [2]int) *big.Rat {
	factor := ratio(1, 1)
	if most[0] > 0 {
		factor = least(factor, ratio(most[0], box.W))
	}
	if most[1] > 0 {
		factor = least(factor, ratio(most[1], box.H))
	}
	if factor.Cmp(ratio(1, 1)) == 0 {
		return nil
	}
	return factor
}

// tile scales a view by the scale of rect=, whose rectangle is cut afterwards.
func (s *Settings) tile(v view, region Size) view {
	if s.Rect == nil || s.Rect.Scale == 1 {
		return v
	}
	factor := exact(s.Rect.Scale)
	v.sx, v.sy = new(big.Rat).Mul(v.sx, factor), new(big.Rat).Mul(v.sy, factor)
	v.image = Size{scaled(region.W, v.sx), scaled(region.H, v.sy)}
	v.box = Size{scaled(v.box.W, factor), scaled(v.box.H, factor)}
	return v
}

// oneLayerScale: size beats scale beats res, and perspective takes the place of
// them and of rotate (is-protocol 5.1.4, r-size-reference, r-res, r-perspective).
// res without the record's Resolution is an error, not where only the job
// is known.
func (r *resolver) oneLayerScale() {
	s := r.set
	drop := func(name, why string) {
		if i, ok := r.applied(name); ok {
			r.ignore(i, why)
		}
	}
	switch {
	case s.Perspective != nil:
		for _, name := range []string{"size", "scale", "res", "rotate"} {
			drop(name, "perspective places the picture")
		}
		s.Size, s.Scale, s.Res, s.Rotate = [2]int{}, 0, 0, 0
	case s.Size != [2]int{}:
		drop("scale", "size decides the scale")
		drop("res", "size decides the scale")
		s.Scale, s.Res = 0, 0
	case s.Scale > 0:
		drop("res", "scale decides the scale")
		s.Res = 0
	}
	i, ok := r.applied("res")
	if ok && s.Res > 0 && s.Resolution <= 0 && !r.static {
		r.verdicts[i] = verdict{spelling: "invalid"}
		f := wrong("", "the asset's catalog record has no Resolution")
		f.hint = "give the record or the attributes a Resolution, or use scale="
		r.errs.Add(f.at(r.commands[i]))
	}
}

// recordAnchor reads the record's Anchor where no command gives one.
func (r *resolver) recordAnchor() {
	if _, given := r.winner["anchor"]; given || r.sources.Anchor == "" {
		return
	}
	p, f := point(split(r.sources.Anchor))
	if f != nil {
		r.errs.Add(f.at(Command{Name: "Anchor", Value: r.sources.Anchor, Text: "Anchor=", Origin: Origin{Source: FromCatalog, Name: "Anchor"}}))
		return
	}
	r.set.Anchor = &Anchor{Point: p}
}
