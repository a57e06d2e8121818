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
