package modifier

import "strings"

// setPerspective reads perspective= or perspectiveN=, eight numbers and a
// sampling, whose letters count (r-perspective). The vendor leaves a
// quadrilateral that is concave, crossed or flat undefined; here it is an error.
func setPerspective(r *resolver, i int, a args) *fault {
	const allowed = "8 numbers[,R1|R2|R3|R3T0..R3T200], the corners of a convex quadrilateral"
	p := Perspective{Normalised: r.commands[i].Name == "perspectiveN", Sampling: SampleSuper}
	if len(a) == 9 {
		var f *fault
		if p.Sampling, f = sampling(a[8]); f != nil {
			return f
		}
		a = a[:8]
	}
	if len(a) != 8 {
		return wrong(allowed, "%d of 8 numbers are given", len(a))
	}
	for k := range p.Quad {
		corner, f := point(a[2*k : 2*k+2])
		if f != nil {
			return f
		}
		p.Quad[k] = corner
	}
	if !convex(p.Quad) {
		return wrong(allowed, "the corners are flat, concave or crossed")
	}
	r.set.Perspective = &p
	return nil
}

// sampling reads R1, R2, R3 or R3Tn with a jitter n of 0..200.
func sampling(text string) (Sampling, *fault) {
	switch s := Sampling(text); s {
	case SampleNearest, SampleLinear, SampleSuper:
		return s, nil
	}
	const allowed = "R1, R2, R3 or R3T0 to R3T200"
	if n, ok := strings.CutPrefix(text, "R3T"); ok {
		if _, f := whole(n, 0, 200, allowed); f != nil {
			return "", f
		}
		return SampleSuper, nil
	}
	return "", wrong(allowed, "%s is not known", quote(text))
}

// convex reports whether the corners turn the same way at each of them, either
// way round: a mirrored picture is a picture. Turning at four corners the same
// way is once around, for a quadrilateral cannot go twice.
func convex(q [4]Point) bool {
	left, right := 0, 0
	for i := range q {
		a, b, c := q[i], q[(i+1)%4], q[(i+2)%4]
		switch turn := (b.X-a.X)*(c.Y-b.Y) - (b.Y-a.Y)*(c.X-b.X); {
		case turn > 0:
			right++
		case turn < 0:
			left++
		}
	}
	return left == 4 || right == 4
}

// inPerspective is [Settings.OnComposite] for a layer that perspective places. A
// straight line stays one, a curve does not stay a cubic: it becomes short lines
// first, a twentieth of a source pixel from it at most.
func (s *Settings) inPerspective(g Geometry, steps []PathStep) []PathStep {
	var lines []PathStep
	for _, line := range Flatten(withLines(steps), 0.05/float64(max(g.Source.W, g.Source.H))) {
		if len(line) < 2 { // the pen behind a Z
			continue
		}
		for i, p := range line {
			op := byte('L')
			if i == 0 {
				op = 'M'
			}
			lines = append(lines, PathStep{Op: op, Points: []Point{p}})
		}
		lines = append(lines, PathStep{Op: 'Z'})
	}
	onto := ontoQuad(*g.Quad)
	mirror := func(v, side float64, on bool) float64 {
		if on {
			return side - v
		}
		return v
	}
	return MapPath(lines, func(p Point) Point {
		x := (p.X*float64(g.Source.W) - float64(g.Crop.X)) / float64(g.Crop.W)
		y := (p.Y*float64(g.Source.H) - float64(g.Crop.Y)) / float64(g.Crop.H)
		p = onto(Point{mirror(x, 1, s.BaseLR), mirror(y, 1, s.BaseUD)})
		return Point{
			mirror(p.X-float64(g.Extent.X), float64(g.Comp.W), s.FlipLR),
			mirror(p.Y-float64(g.Extent.Y), float64(g.Comp.H), s.FlipUD),
		}
	})
}

// withLines makes lines of the curves whose controls lie on their ends, as the
// sides of polygons do in files.
func withLines(steps []PathStep) []PathStep {
	out := make([]PathStep, len(steps))
	var pen Point
	for i, st := range steps {
		out[i] = st
		if st.Op == 'C' && st.Points[0] == pen && st.Points[1] == st.Points[2] {
			out[i] = PathStep{Op: 'L', Points: st.Points[2:]}
		}
		if n := len(st.Points); n > 0 {
			pen = st.Points[n-1]
		}
	}
	return out
}

// horizon is the least share of a point's distance that counts: what lies farther
// out, or behind, has no place in the picture.
const horizon = 1e-6

// ontoQuad maps the unit square to a convex quadrilateral: 0,0 1,0 1,1 0,1 to its
// corners in order.
func ontoQuad(q [4]Point) func(Point) Point {
	ax, ay := q[1].X-q[2].X, q[1].Y-q[2].Y
	bx, by := q[3].X-q[2].X, q[3].Y-q[2].Y
	sx, sy := q[0].X-q[1].X+q[2].X-q[3].X, q[0].Y-q[1].Y+q[2].Y-q[3].Y
	det := ax*by - bx*ay
	g, h := (sx*by-bx*sy)/det, (ax*sy-sx*ay)/det
	return func(p Point) Point {
		w := max(horizon, g*p.X+h*p.Y+1)
		return Point{
			((q[1].X-q[0].X+g*q[1].X)*p.X + (q[3].X-q[0].X+h*q[3].X)*p.Y + q[0].X) / w,
			((q[1].Y-q[0].Y+g*q[1].Y)*p.X + (q[3].Y-q[0].Y+h*q[3].Y)*p.Y + q[0].Y) / w,
		}
	}
}
