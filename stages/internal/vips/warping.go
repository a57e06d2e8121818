package vips

import (
	"math"

	"github.com/exportd/exportd/engine/modifier"
)

// warping is a render with perspective: the crop is brought near its final size,
// made upright, and one homography gives the region (r-perspective). The samples
// are over times as dense as the reply on both axes and averaged, which stands in
// for the vendor's super-sampling.
type warping struct {
	region  modifier.Rect // of the loaded picture: the crop
	visible modifier.Rect
	near    modifier.Size // region is resized to this, in stored axes
	pose    pose          // EXIF alone
	// matrix maps a sample of area to near, upright: homogeneous, rows of three,
	// both counted from pixel centres at whole numbers; the third is positive
	// inside the quadrilateral.
	matrix [9]float64
	over   int           // samples per reply pixel and axis
	area   modifier.Rect // the part of the scaled region that the view shows
	inked  modifier.Rect // the part of the scaled region that the composite covers
	at     [2]int
}

// maxSamples bounds the samples of a super-sampled reply; a larger one is sampled
// once a pixel.
const maxSamples = 100_000_000

// warp works out the steps of a reply with perspective.
func warp(g grid, s *modifier.Settings, geo modifier.Geometry) warping {
	shown := shownPart(geo)
	visible := intersect(geo.Crop, modifier.Rect{W: geo.Source.W, H: geo.Source.H})
	w := warping{
		region: g.loaded(geo.Crop), visible: g.loaded(visible), pose: g.pose, over: 1,
		area: shown, inked: inkedPart(geo), at: [2]int{geo.Offset[0] + shown.X, geo.Offset[1] + shown.Y},
	}
	if s.Perspective.Sampling == modifier.SampleSuper && shown.W*shown.H <= maxSamples/4 {
		w.over = 2
	}
	near := nearOf(geo)
	w.near = g.pose.inverse().size(near)
	w.matrix = warpMatrix(near, w, s, geo)
	return w
}

// nearOf is the size that the crop is reduced to: twice the longest edge of the
// quadrilateral in the reply, so that the parts that lie close stay sharp.
func nearOf(geo modifier.Geometry) modifier.Size {
	q := geo.Quad
	edge := func(a, b modifier.Point) float64 {
		return math.Hypot((a.X-b.X)*geo.ScaleX, (a.Y-b.Y)*geo.ScaleY)
	}
	across, down := max(edge(q[0], q[1]), edge(q[3], q[2])), max(edge(q[0], q[3]), edge(q[1], q[2]))
	return modifier.Size{
		W: min(geo.Crop.W, max(1, int(math.Ceil(2*min(across, float64(geo.Crop.W)))))),
		H: min(geo.Crop.H, max(1, int(math.Ceil(2*min(down, float64(geo.Crop.H)))))),
	}
}

// warpMatrix takes a sample back to near: to the region, to the composite,
// flipped, to the layer's rectangle, through the inverse of the square's way to
// the quadrilateral, flipped as layer 0, to near.
func warpMatrix(near modifier.Size, w warping, s *modifier.Settings, geo modifier.Geometry) [9]float64 {
	ix, iy := float64(geo.Rgn.W)/float64(geo.Image.W), float64(geo.Rgn.H)/float64(geo.Image.H)
	step := 1 / float64(w.over)
	m := matrix3{
		step * ix, 0, (float64(w.area.X)+step/2)*ix + float64(geo.Rgn.X),
		0, step * iy, (float64(w.area.Y)+step/2)*iy + float64(geo.Rgn.Y),
		0, 0, 1,
	}
	if s.FlipLR {
		m = matrix3{-1, 0, float64(geo.Comp.W), 0, 1, 0, 0, 0, 1}.times(m)
	}
	if s.FlipUD {
		m = matrix3{1, 0, 0, 0, -1, float64(geo.Comp.H), 0, 0, 1}.times(m)
	}
	m = matrix3{1, 0, float64(geo.Extent.X), 0, 1, float64(geo.Extent.Y), 0, 0, 1}.times(m)
	m = fromSquare(*geo.Quad).adjugate().times(m)
	if s.BaseLR {
		m = matrix3{-1, 0, 1, 0, 1, 0, 0, 0, 1}.times(m)
	}
	if s.BaseUD {
		m = matrix3{1, 0, 0, 0, -1, 1, 0, 0, 1}.times(m)
	}
	return matrix3{float64(near.W), 0, -0.5, 0, float64(near.H), -0.5, 0, 0, 1}.times(m)
}

// matrix3 is a projective map of the plane, row by row.
type matrix3 [9]float64

// times is a after b.
func (m matrix3) times(b matrix3) (c matrix3) {
	for i := range 3 {
		for j := range 3 {
			c[3*i+j] = m[3*i]*b[j] + m[3*i+1]*b[3+j] + m[3*i+2]*b[6+j]
		}
	}
	return c
}

// adjugate is the inverse of m up to a factor, whose sign makes the third
// coordinate positive for what m takes out of the unit square.
func (m matrix3) adjugate() matrix3 {
	n := matrix3{
		m[4]*m[8] - m[5]*m[7], m[2]*m[7] - m[1]*m[8], m[1]*m[5] - m[2]*m[4],
		m[5]*m[6] - m[3]*m[8], m[0]*m[8] - m[2]*m[6], m[2]*m[3] - m[0]*m[5],
		m[3]*m[7] - m[4]*m[6], m[1]*m[6] - m[0]*m[7], m[0]*m[4] - m[1]*m[3],
	}
	// For a point p = m·q the product n·p is det·q, and q's third is 1; what m
	// takes out of the convex square has a positive third itself.
	det := m[0]*n[0] + m[1]*n[3] + m[2]*n[6]
	for i := range n {
		n[i] /= det
	}
	return n
}

// fromSquare maps the unit square to a convex quadrilateral: 0,0 1,0 1,1 0,1 to
// its corners in order.
func fromSquare(q [4]modifier.Point) matrix3 {
	dx1, dy1 := q[1].X-q[2].X, q[1].Y-q[2].Y
	dx2, dy2 := q[3].X-q[2].X, q[3].Y-q[2].Y
	sx, sy := q[0].X-q[1].X+q[2].X-q[3].X, q[0].Y-q[1].Y+q[2].Y-q[3].Y
	det := dx1*dy2 - dx2*dy1
	g, h := (sx*dy2-dx2*sy)/det, (dx1*sy-sx*dy1)/det
	return matrix3{
		q[1].X - q[0].X + g*q[1].X, q[3].X - q[0].X + h*q[3].X, q[0].X,
		q[1].Y - q[0].Y + g*q[1].Y, q[3].Y - q[0].Y + h*q[3].Y, q[0].Y,
		g, h, 1,
	}
}
