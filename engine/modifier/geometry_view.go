package modifier

import (
	"math/big"

	"github.com/exportd/exportd/engine/diag"
)

// view is how a region becomes the reply.
type view struct {
	sx, sy *big.Rat
	image  Size // the scaled region
	box    Size // the reply
	align  [2]float64
	notes  diag.List
}

// view works out the table of is-protocol 5.3 for a region r of the composite.
func (s *Settings) view(r Size) view {
	switch {
	case s.Scl > 0:
		return s.viewScl(r)
	case s.Wid > 0 && s.Hei > 0:
		return s.viewBox(r)
	case s.Wid > 0:
		return s.viewSide(r, "wid", s.Wid, r.W)
	case s.Hei > 0:
		return s.viewSide(r, "hei", s.Hei, r.H)
	default:
		return s.viewDefault(r)
	}
}

// viewScl is scl=: the same factor for both axes, also above 1; wid and hei cut
// or pad.
func (s *Settings) viewScl(r Size) view {
	k := exact(s.Scl)
	v := even(r, k.Inv(k))
	v.align = s.Align
	if s.Wid > 0 {
		v.box.W = s.Wid
	}
	if s.Hei > 0 {
		v.box.H = s.Hei
	}
	return v
}

// viewSide is wid= or hei= alone: the other side follows, nothing is padded. A
// side above the region's enlarges only with fit=…,1; else the picture stays as
// it is.
func (s *Settings) viewSide(r Size, name string, given, have int) view {
	if given > have && !s.Fit.Upscale {
		v := even(r, ratio(1, 1))
		v.notes.Add(diag.New(diag.CommandNoEffect, "%s=%d is more than the picture's %d pixels; it stays at %dx%d", name, given, have, r.W, r.H).
			WithHint("add fit=constrain,1 to enlarge it"))
		return v
	}
	return even(r, ratio(given, have))
}

// viewDefault is the absence of any size: DefaultPix bounds the reply.
func (s *Settings) viewDefault(r Size) view {
	factor := ratio(1, 1)
	if d := s.DefaultPix[0]; d > 0 {
		factor = least(factor, ratio(d, r.W))
	}
	if d := s.DefaultPix[1]; d > 0 {
		factor = least(factor, ratio(d, r.H))
	}
	return even(r, factor)
}

// viewBox is wid= with hei=, where fit= decides. Without its ,1 no factor is
// above 1, so that even a crop may have to be padded.
func (s *Settings) viewBox(r Size) view {
	sx, sy := ratio(s.Wid, r.W), ratio(s.Hei, r.H)
	if !s.Fit.Upscale {
		sx, sy = least(sx, ratio(1, 1)), least(sy, ratio(1, 1))
	}
	v := view{}
	switch s.Fit.Mode {
	case FitConstrain:
		return even(r, least(sx, sy))
	case FitWrap:
		return even(r, most(sx, sy))
	case FitStretch:
		// align is ignored: what remains when nothing is enlarged is centred.
		v = view{sx: sx, sy: sy, image: Size{scaled(r.W, sx), scaled(r.H, sy)}}
	case FitCrop:
		v = even(r, most(sx, sy))
		v.align = s.Align
	case FitHfit:
		v = even(r, sx)
		v.align = s.Align
	case FitVfit:
		v = even(r, sy)
		v.align = s.Align
	default:
		v = even(r, least(sx, sy))
		v.align = s.Align
	}
	v.box = Size{s.Wid, s.Hei}
	return v
}

// even scales both axes by factor and replies with just that.
func even(r Size, factor *big.Rat) view {
	image := Size{scaled(r.W, factor), scaled(r.H, factor)}
	return view{sx: factor, sy: factor, image: image, box: image}
}

func least(a, b *big.Rat) *big.Rat {
	if a.Cmp(b) <= 0 {
		return a
	}
	return b
}

func most(a, b *big.Rat) *big.Rat {
	if a.Cmp(b) >= 0 {
		return a
	}
	return b
}
