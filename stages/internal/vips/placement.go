package vips

import (
	"math"

	"github.com/exportd/exportd/engine/modifier"
)

// placement is a render without an arbitrary angle, in the order of its steps.
// All but the last two are in the axes of the stored picture, so the source
// streams through them; only the small result is posed.
type placement struct {
	layer   layer         // brings the crop to the layer; none when that folds away
	region  modifier.Rect // of what is loaded, or of the layer; may reach outside
	inked   modifier.Rect // the part of region that the composite covers
	visible modifier.Rect // the part of inked that has pixels; empty: none has
	target  modifier.Size // region is resized to this
	keep    modifier.Rect // the part of target that the view shows
	pose    pose          // then it is posed
	at      [2]int        // and put here in the view
}

// layer is the step from the crop to a layer of another size, for renders that
// take only a part of the layer or more than it, where two scales do not fold.
type layer struct {
	region, visible modifier.Rect // of the loaded picture: the crop
	size            modifier.Size // 0 is no step
}

// grid is the picture as loaded: size is in stored axes, full is what it would
// be without a shrink.
type grid struct {
	full, size modifier.Size
	shrink     int // 1, 2, 4 or 8
	pose       pose
	// cut says that the part of a pixel at the right and the lower edge is lost.
	cut bool
}

func (g grid) whole() modifier.Rect { return modifier.Rect{W: g.full.W, H: g.full.H} }

// scaled brings a rectangle of the full picture to the loaded one. It is exact
// for the whole picture and for rectangles that divide (see [divides]).
func (g grid) scaled(r modifier.Rect) modifier.Rect {
	if r == g.whole() {
		return modifier.Rect{W: g.size.W, H: g.size.H}
	}
	return modifier.Rect{X: r.X / g.shrink, Y: r.Y / g.shrink, W: r.W / g.shrink, H: r.H / g.shrink}
}

// stored maps a rectangle of the upright source to the stored full picture.
func (g grid) stored(r modifier.Rect) modifier.Rect {
	return g.pose.inverse().rect(r, g.pose.size(g.full))
}

// place works out the steps of a reply whose turn is a multiple of 90 degrees.
func place(g grid, turn pose, s *modifier.Settings, geo modifier.Geometry) placement {
	flip, turned := flipPose(s), basePose(s).then(turn)
	all := g.pose.then(turned).then(flip)
	back := all.inverse()
	shown := shownPart(geo)
	p := placement{
		target: back.size(geo.Image),
		keep:   back.rect(shown, geo.Image),
		pose:   all,
		at:     [2]int{geo.Offset[0] + shown.X, geo.Offset[1] + shown.Y},
	}
	region := flip.inverse().rect(geo.Rgn, geo.Comp)
	region.X, region.Y = region.X+geo.Extent.X, region.Y+geo.Extent.Y
	inked := intersect(region, geo.Extent)
	region, inked = turned.inverse().rect(region, geo.Turned), turned.inverse().rect(inked, geo.Turned)
	whole := modifier.Rect{W: geo.Layer.W, H: geo.Layer.H}
	source := intersect(geo.Crop, modifier.Rect{W: geo.Source.W, H: geo.Source.H})
	switch crop := (modifier.Size{W: geo.Crop.W, H: geo.Crop.H}); {
	case geo.Layer == crop:
		region, inked = shifted(region, geo.Crop), shifted(inked, geo.Crop)
		p.region, p.inked, p.visible = g.loaded(region), g.loaded(inked), g.loaded(intersect(inked, source))
	case region == whole && inked == whole:
		p.region, p.inked, p.visible = g.loaded(geo.Crop), g.loaded(geo.Crop), g.loaded(source)
	default:
		lying := g.pose.inverse()
		p.layer = layer{region: g.loaded(geo.Crop), visible: g.loaded(source), size: lying.size(geo.Layer)}
		p.region, p.inked, p.visible = lying.rect(region, geo.Layer), lying.rect(inked, geo.Layer), lying.rect(intersect(inked, whole), geo.Layer)
	}
	return p
}

// shifted moves r by the corner of to; what is empty stays so.
func shifted(r, to modifier.Rect) modifier.Rect {
	if empty(r) {
		return modifier.Rect{}
	}
	return modifier.Rect{X: r.X + to.X, Y: r.Y + to.Y, W: r.W, H: r.H}
}

// loaded brings a rectangle of the upright source to the loaded picture.
func (g grid) loaded(r modifier.Rect) modifier.Rect {
	if empty(r) {
		return modifier.Rect{}
	}
	return g.scaled(g.stored(r))
}

// shownPart is the part of the scaled image that lies inside the view and, where
// rect takes a part of it, inside the reply.
func shownPart(geo modifier.Geometry) modifier.Rect {
	view := intersect(geo.Clip, modifier.Rect{W: geo.View.W, H: geo.View.H})
	if empty(view) {
		return modifier.Rect{}
	}
	view.X, view.Y = view.X-geo.Offset[0], view.Y-geo.Offset[1]
	return intersect(view, modifier.Rect{W: geo.Image.W, H: geo.Image.H})
}

// inkedPart is the part of the scaled image that the composite covers: all of it
// but where rgn reaches outside.
func inkedPart(geo modifier.Geometry) modifier.Rect {
	r := intersect(geo.Rgn, modifier.Rect{W: geo.Comp.W, H: geo.Comp.H})
	if r == geo.Rgn {
		return modifier.Rect{W: geo.Image.W, H: geo.Image.H}
	}
	edge := func(v, from, size, image int) int {
		return int(math.Round(float64(v-from) * float64(image) / float64(size)))
	}
	x0, y0 := edge(r.X, geo.Rgn.X, geo.Rgn.W, geo.Image.W), edge(r.Y, geo.Rgn.Y, geo.Rgn.H, geo.Image.H)
	x1, y1 := edge(r.X+r.W, geo.Rgn.X, geo.Rgn.W, geo.Image.W), edge(r.Y+r.H, geo.Rgn.Y, geo.Rgn.H, geo.Image.H)
	return modifier.Rect{X: x0, Y: y0, W: x1 - x0, H: y1 - y0}
}

// intersect is the part that a and b share; its size is 0 when there is none.
func intersect(a, b modifier.Rect) modifier.Rect {
	x, y := max(a.X, b.X), max(a.Y, b.Y)
	w, h := min(a.X+a.W, b.X+b.W)-x, min(a.Y+a.H, b.Y+b.H)-y
	if w <= 0 || h <= 0 {
		return modifier.Rect{}
	}
	return modifier.Rect{X: x, Y: y, W: w, H: h}
}

func empty(r modifier.Rect) bool { return r.W <= 0 || r.H <= 0 }
