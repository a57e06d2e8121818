package vips

import (
	"math"

	"github.com/exportd/exportd/engine/modifier"
)

// placement is a render without an arbitrary angle, in the order of its steps.
// The first four are in the axes of the stored picture, so the source streams
// through them; only the small result is posed.
type placement struct {
	region  modifier.Rect // of the loaded picture; may reach outside it
	visible modifier.Rect // the part of region that has pixels; empty: none has
	target  modifier.Size // region is resized to this
	keep    modifier.Rect // the part of target that the view shows
	pose    pose          // then it is posed
	at      [2]int        // and put here in the view
}

// grid is the picture as loaded: size is in stored axes, full is what it would
// be without a shrink.
type grid struct {
	full, size modifier.Size
	shrink     int // 1, 2, 4 or 8
	pose       pose
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
	after := turn.then(flipPose(s))
	crop := modifier.Size{W: geo.Crop.W, H: geo.Crop.H}
	region := after.inverse().rect(geo.Rgn, after.size(crop))
	region.X += geo.Crop.X
	region.Y += geo.Crop.Y
	visible := intersect(intersect(region, geo.Crop), modifier.Rect{W: geo.Source.W, H: geo.Source.H})

	all := g.pose.then(after)
	back := all.inverse()
	shown := shownPart(geo)
	p := placement{
		region: g.scaled(g.stored(region)),
		target: back.size(geo.Image),
		keep:   back.rect(shown, geo.Image),
		pose:   all,
		at:     [2]int{geo.Offset[0] + shown.X, geo.Offset[1] + shown.Y},
	}
	if !empty(visible) {
		p.visible = g.scaled(g.stored(visible))
	}
	return p
}

// shownPart is the part of the scaled image that lies inside the view.
func shownPart(geo modifier.Geometry) modifier.Rect {
	view := modifier.Rect{X: -geo.Offset[0], Y: -geo.Offset[1], W: geo.View.W, H: geo.View.H}
	return intersect(view, modifier.Rect{W: geo.Image.W, H: geo.Image.H})
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

// turning is a render by an arbitrary angle: the crop is brought near its final
// size, made upright, and one affine operation gives the region.
type turning struct {
	region  modifier.Rect // of the loaded picture: the crop
	visible modifier.Rect
	near    modifier.Size // region is resized to this, in stored axes
	pose    pose          // EXIF alone
	matrix  [4]float64    // a b c d: from near, upright, to turned
	move    [2]float64    // dx dy, for pixels whose centres lie at .5
	turned  modifier.Size // size of the turned region
	area    modifier.Rect // the part of turned that is computed
	target  modifier.Size // turned is resized to this: geometry.Image
	keep    modifier.Rect // the part of target that the view shows
	at      [2]int
}

// anisotropy is how far the two factors may differ before the turned picture is
// resized once more instead of being scaled by the affine operation alone, which
// would alias.
const anisotropy = 1.02

// turn works out the steps of a reply turned by any other angle.
func turn(g grid, s *modifier.Settings, geo modifier.Geometry) turning {
	visible := intersect(geo.Crop, modifier.Rect{W: geo.Source.W, H: geo.Source.H})
	scale := max(geo.ScaleX, geo.ScaleY)
	near := modifier.Size{W: side(geo.Crop.W, min(1, scale)), H: side(geo.Crop.H, min(1, scale))}
	shown := shownPart(geo)
	t := turning{
		region: g.scaled(g.stored(geo.Crop)),
		near:   g.pose.inverse().size(near),
		pose:   g.pose,
		turned: geo.Image, area: shown, target: geo.Image, keep: shown,
		at: [2]int{geo.Offset[0] + shown.X, geo.Offset[1] + shown.Y},
	}
	if !empty(visible) {
		t.visible = g.scaled(g.stored(visible))
	}
	if max(geo.ScaleX, geo.ScaleY) > anisotropy*min(geo.ScaleX, geo.ScaleY) {
		t.turned = modifier.Size{W: side(geo.Rgn.W, scale), H: side(geo.Rgn.H, scale)}
		t.area = modifier.Rect{W: t.turned.W, H: t.turned.H}
	}
	t.matrix, t.move = turnMatrix(near, t.turned, s, geo)
	return t
}

// side is a side in pixels scaled and rounded, at least 1 (is-protocol 5.4).
func side(v int, scale float64) int { return max(1, int(math.Floor(float64(v)*scale+0.5))) }

// turnMatrix maps a point of the near picture to the turned region: to the crop,
// about its centre by the angle, flipped, about the centre of the composite, to
// the region, scaled.
func turnMatrix(near, turned modifier.Size, s *modifier.Settings, geo modifier.Geometry) (m [4]float64, move [2]float64) {
	sin, cos := math.Sincos(s.Rotate * math.Pi / 180)
	m = [4]float64{cos, -sin, sin, cos}
	if s.FlipLR {
		m[0], m[1] = -m[0], -m[1]
	}
	if s.FlipUD {
		m[2], m[3] = -m[2], -m[3]
	}
	ix, iy := float64(geo.Crop.W)/float64(near.W), float64(geo.Crop.H)/float64(near.H)
	ox, oy := float64(turned.W)/float64(geo.Rgn.W), float64(turned.H)/float64(geo.Rgn.H)
	cx, cy := float64(geo.Crop.W)/2, float64(geo.Crop.H)/2
	move[0] = ox * (float64(geo.Comp.W)/2 - m[0]*cx - m[1]*cy - float64(geo.Rgn.X))
	move[1] = oy * (float64(geo.Comp.H)/2 - m[2]*cx - m[3]*cy - float64(geo.Rgn.Y))
	return [4]float64{m[0] * ix * ox, m[1] * iy * ox, m[2] * ix * oy, m[3] * iy * oy}, move
}
