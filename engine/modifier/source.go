package modifier

import "math"

// Anchor is the rotation centre and default origin of the layer (r-anchor): in
// source pixels from the top left, or normalised from the centre.
type Anchor struct {
	Point
	Normalised bool
}

// Extend are margins of the layer after its turn, negative to cut (r-extend): in
// pixels, or in fractions of the turned rectangle.
type Extend struct {
	Left, Top, Right, Bottom float64
	Normalised               bool
}

// Sampling is how perspective reads the source (r-perspective).
type Sampling string

// The samplings of perspective.
const (
	SampleNearest Sampling = "R1"
	SampleLinear  Sampling = "R2"
	SampleSuper   Sampling = "R3"
)

// Perspective maps the corners of the layer, top left, top right, bottom right,
// bottom left, to a convex quadrilateral of the composite: in its pixels, or in
// fractions of it (r-perspective).
type Perspective struct {
	Quad       [4]Point
	Normalised bool
	Sampling   Sampling
}

// ViewRect is the part of the view that is the reply, in pixels of the view
// scaled by Scale (r-rect).
type ViewRect struct {
	Rect
	Scale float64 // > 0; 1 is the view as it is
}

// setSize reads size=w,h; a 0 leaves that side to the other (r-size-reference).
// sizeN counts in layer 0, so layer 0 cannot have it (is-protocol 10).
func setSize(r *resolver, i int, a args) *fault {
	if r.commands[i].Name == "sizeN" {
		return wrong("size=w,h in pixels", "layer 0 and comp cannot have a size that is a fraction of layer 0")
	}
	const allowed = "w,h in whole pixels, 0 for what the other side decides"
	if len(a) != 2 {
		return wrong(allowed, "%d of 2 numbers are given", len(a))
	}
	var size [2]int
	for k, text := range a {
		v, f := whole(text, 0, coordLimit, allowed)
		if f != nil {
			return f
		}
		size[k] = v
	}
	r.set.Size = size
	return nil
}

// setScale reads scale=factor of the full resolution (r-is-http-scale).
func setScale(r *resolver, _ int, a args) *fault {
	const allowed = "a factor above 0"
	text, f := a.one(allowed)
	if f == nil {
		r.set.Scale, f = positive(text, allowed)
	}
	return f
}

// setRes reads res=resolution, which the record's Resolution divides, else the
// attribute's (r-res, r-resolution-cat).
func setRes(r *resolver, _ int, a args) *fault {
	const allowed = "a resolution above 0"
	text, f := a.one(allowed)
	if f == nil {
		r.set.Res, f = positive(text, allowed)
	}
	if own := r.sources.Resolution; own > 0 {
		r.set.Resolution = own
	}
	return f
}

// setAnchor reads anchor=x,y or anchorN=x,y (r-anchor).
func setAnchor(r *resolver, i int, a args) *fault {
	p, f := point(a)
	if f == nil {
		r.set.Anchor = &Anchor{p, r.commands[i].Name == "anchorN"}
	}
	return f
}

// setExtend reads extend=l,t,r,b or extendN (r-extend).
func setExtend(r *resolver, i int, a args) *fault {
	const allowed = "left,top,right,bottom, negative to cut"
	if len(a) != 4 {
		return wrong(allowed, "%d of 4 numbers are given", len(a))
	}
	normalised := r.commands[i].Name == "extendN"
	var v [4]float64
	for k, text := range a {
		x, f := number(text, -coordLimit, coordLimit, allowed)
		if f != nil {
			return f
		}
		if v[k] = x; !normalised {
			v[k] = math.Floor(x + 0.5)
		}
	}
	r.set.Extend = &Extend{v[0], v[1], v[2], v[3], normalised}
	return nil
}

// setRect reads rect=x,y,w,h[,scale] (r-rect). id= need not stand beside it.
func setRect(r *resolver, _ int, a args) *fault {
	const allowed = "x,y,w,h[,scale], w, h and the scale above 0"
	rect := ViewRect{Scale: 1}
	if len(a) == 5 {
		var f *fault
		if rect.Scale, f = positive(a[4], allowed); f != nil {
			return f
		}
		a = a[:4]
	}
	v, f := rectangle(a, allowed)
	if f != nil {
		return f
	}
	rect.Rect = edges(v)
	r.set.Rect = &rect
	return nil
}

// setDPR reads dpr=off or dpr=on,ratio (r-dpr).
func setDPR(r *resolver, _ int, a args) *fault {
	const allowed = "off, or on,ratio with a ratio above 0"
	switch {
	case len(a) == 1 && foldEqual(a[0], "off"):
		r.set.DPR = 0
		return nil
	case len(a) == 2 && foldEqual(a[0], "on"):
		var f *fault
		r.set.DPR, f = positive(a[1], allowed)
		return f
	}
	return wrong(allowed, "it is neither")
}

// setPrintRes reads printRes=dpi, the density tag of the reply (r-printres).
func setPrintRes(r *resolver, _ int, a args) *fault {
	text, f := a.one(densities)
	if f != nil {
		return f
	}
	r.set.PrintRes, f = density(text)
	return f
}

const densities = "dots per inch above 0, up to 65535"

// density reads dots per inch.
func density(text string) (float64, *fault) {
	v, f := positive(text, densities)
	if f == nil && v > math.MaxUint16 {
		return 0, wrong(densities, "%s is out of range", quote(text))
	}
	return v, f
}
