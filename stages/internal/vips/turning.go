package vips

import (
	"math"

	"github.com/exportd/exportd/engine/modifier"
)

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
	inked   modifier.Rect // the part of target that the composite covers
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
	layer := max(float64(geo.Layer.W)/float64(geo.Crop.W), float64(geo.Layer.H)/float64(geo.Crop.H))
	reduce := min(1, scale*layer)
	near := modifier.Size{W: side(geo.Crop.W, reduce), H: side(geo.Crop.H, reduce)}
	shown := shownPart(geo)
	t := turning{
		region: g.loaded(geo.Crop),
		near:   g.pose.inverse().size(near),
		pose:   g.pose,
		turned: geo.Image, area: shown, target: geo.Image, keep: shown, inked: inkedPart(geo),
		at:      [2]int{geo.Offset[0] + shown.X, geo.Offset[1] + shown.Y},
		visible: g.loaded(visible),
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

// turnMatrix maps a point of the near picture to the turned region: to the layer,
// flipped as layer 0 and about its centre by the angle, to the turned rectangle,
// to the composite that extend makes of it, flipped, to the region, scaled.
func turnMatrix(near, turned modifier.Size, s *modifier.Settings, geo modifier.Geometry) (m [4]float64, move [2]float64) {
	sin, cos := math.Sincos(s.Rotate * math.Pi / 180)
	m = [4]float64{cos, -sin, sin, cos}
	if s.BaseLR {
		m[0], m[2] = -m[0], -m[2]
	}
	if s.BaseUD {
		m[1], m[3] = -m[1], -m[3]
	}
	cx, cy := float64(geo.Layer.W)/2, float64(geo.Layer.H)/2
	move[0] = float64(geo.Turned.W)/2 - m[0]*cx - m[1]*cy - float64(geo.Extent.X)
	move[1] = float64(geo.Turned.H)/2 - m[2]*cx - m[3]*cy - float64(geo.Extent.Y)
	if s.FlipLR {
		m[0], m[1], move[0] = -m[0], -m[1], float64(geo.Comp.W)-move[0]
	}
	if s.FlipUD {
		m[2], m[3], move[1] = -m[2], -m[3], float64(geo.Comp.H)-move[1]
	}
	ix, iy := float64(geo.Layer.W)/float64(near.W), float64(geo.Layer.H)/float64(near.H)
	ox, oy := float64(turned.W)/float64(geo.Rgn.W), float64(turned.H)/float64(geo.Rgn.H)
	move[0] = ox * (move[0] - float64(geo.Rgn.X))
	move[1] = oy * (move[1] - float64(geo.Rgn.Y))
	return [4]float64{m[0] * ix * ox, m[1] * iy * ox, m[2] * ix * oy, m[3] * iy * oy}, move
}
