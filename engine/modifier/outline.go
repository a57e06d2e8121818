package modifier

import "math"

// OnComposite brings an outline from fractions of the upright source to pixels of
// the composite before cropPathE: it follows the image through crop, size, flip,
// rotate or perspective, and extend (r-clippath: it keeps its place on the image's
// contents). Under perspective curves become lines.
func (s *Settings) OnComposite(g Geometry, steps []PathStep) []PathStep {
	if g.Quad != nil {
		return s.inPerspective(g, steps)
	}
	sin, cos := turnOf(s.Rotate)
	mirror := func(v float64, on bool) float64 {
		if on {
			return -v
		}
		return v
	}
	return MapPath(steps, func(p Point) Point {
		// In the layer, from its centre.
		x := ((p.X*float64(g.Source.W)-float64(g.Crop.X))/float64(g.Crop.W) - 0.5) * float64(g.Layer.W)
		y := ((p.Y*float64(g.Source.H)-float64(g.Crop.Y))/float64(g.Crop.H) - 0.5) * float64(g.Layer.H)
		x, y = mirror(x, s.BaseLR), mirror(y, s.BaseUD)
		x, y = cos*x-sin*y, sin*x+cos*y
		// In the composite, from its centre, about which comp flips.
		x += float64(g.Turned.W)/2 - float64(g.Extent.X) - float64(g.Comp.W)/2
		y += float64(g.Turned.H)/2 - float64(g.Extent.Y) - float64(g.Comp.H)/2
		return Point{mirror(x, s.FlipLR) + float64(g.Comp.W)/2, mirror(y, s.FlipUD) + float64(g.Comp.H)/2}
	})
}

// OnReply brings an outline from fractions of the upright source to fractions of
// the reply, as pathEmbed= carries it (r-pathembed).
func (s *Settings) OnReply(g Geometry, steps []PathStep) []PathStep {
	return MapPath(s.OnComposite(g, steps), func(p Point) Point {
		x := (p.X-float64(g.Rgn.X))*float64(g.Image.W)/float64(g.Rgn.W) + float64(g.Offset[0])
		y := (p.Y-float64(g.Rgn.Y))*float64(g.Image.H)/float64(g.Rgn.H) + float64(g.Offset[1])
		return Point{x / float64(g.View.W), y / float64(g.View.H)}
	})
}

// turnOf is the sine and cosine of degrees, exact for quarter turns.
func turnOf(degrees float64) (sin, cos float64) {
	switch degrees {
	case 0:
		return 0, 1
	case 90:
		return 1, 0
	case 180:
		return 0, -1
	case 270:
		return -1, 0
	}
	return math.Sincos(degrees * math.Pi / 180)
}

// MapPath applies f to every point of an outline.
func MapPath(steps []PathStep, f func(Point) Point) []PathStep {
	out := make([]PathStep, len(steps))
	for i, st := range steps {
		out[i] = PathStep{Op: st.Op, Points: make([]Point, len(st.Points))}
		for j, p := range st.Points {
			out[i].Points[j] = f(p)
		}
	}
	return out
}

// maxPieces bounds the lines that one curve becomes.
const maxPieces = 256

// Flatten turns an outline into polygons, one a sub-path, each of which is closed
// by a line from its last point to its first. Curves become lines that lie within
// tolerance of them, in the unit of the points, or 256 lines.
func Flatten(steps []PathStep, tolerance float64) [][]Point {
	var out [][]Point
	var line []Point
	end := func() {
		if len(line) > 0 {
			out = append(out, line)
		}
	}
	for _, st := range steps {
		switch { //nolint:staticcheck // one case has a condition of its own
		case st.Op == 'M':
			end()
			line = []Point{st.Points[0]}
		case st.Op == 'Z':
			start := line[0]
			end()
			line = []Point{start} // the pen is back there; a sub-path may go on without an M
		case st.Op == 'C':
			line = curve(line, st.Points, tolerance)
		default:
			line = append(line, st.Points[0])
		}
	}
	end()
	return out
}

// curve appends a cubic from the end of line. The number of pieces follows from
// the second differences of its controls, which bound how far it bends.
func curve(line, c []Point, tolerance float64) []Point {
	a := line[len(line)-1]
	bend := max(
		math.Hypot(a.X-2*c[0].X+c[1].X, a.Y-2*c[0].Y+c[1].Y),
		math.Hypot(c[0].X-2*c[1].X+c[2].X, c[0].Y-2*c[1].Y+c[2].Y))
	n := int(min(maxPieces, max(1, math.Ceil(math.Sqrt(0.75*bend/tolerance)))))
	for i := 1; i < n; i++ {
		t := float64(i) / float64(n)
		u := 1 - t
		k0, k1, k2, k3 := u*u*u, 3*u*u*t, 3*u*t*t, t*t*t
		line = append(line, Point{
			k0*a.X + k1*c[0].X + k2*c[1].X + k3*c[2].X,
			k0*a.Y + k1*c[0].Y + k2*c[1].Y + k3*c[2].Y,
		})
	}
	return append(line, c[2])
}
