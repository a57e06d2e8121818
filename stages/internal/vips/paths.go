package vips

import (
	"math"

	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/stages/internal/photoshop"
)

// embeddedPaths turns the paths of a file into those of the upright picture.
// Photoshop counts in fractions of the picture as it is stored.
func embeddedPaths(found photoshop.Paths, upright pose) []modifier.EmbeddedPath {
	var out []modifier.EmbeddedPath
	for _, p := range found.List {
		var steps []modifier.PathStep
		for _, s := range p.Subpaths {
			steps = append(steps, subpath(s)...)
		}
		steps = modifier.MapPath(steps, func(q modifier.Point) modifier.Point { return upright.fraction(q) })
		out = append(out, modifier.EmbeddedPath{Name: p.Name, Steps: steps, Clipping: p.Name != "" && p.Name == found.Clipping})
	}
	return out
}

// subpath gives the curves from knot to knot and back to the first.
func subpath(s photoshop.Subpath) []modifier.PathStep {
	steps := []modifier.PathStep{{Op: 'M', Points: []modifier.Point{modifier.Point(s.Knots[0].At)}}}
	for i, from := range s.Knots {
		to := s.Knots[(i+1)%len(s.Knots)]
		if i == len(s.Knots)-1 && !s.Closed {
			break // Z closes it with a straight line
		}
		steps = append(steps, modifier.PathStep{Op: 'C', Points: []modifier.Point{
			modifier.Point(from.Out), modifier.Point(to.In), modifier.Point(to.At),
		}})
	}
	return append(steps, modifier.PathStep{Op: 'Z'})
}

// replyPaths are the paths of the source as they lie in a reply.
func replyPaths(r Reply) []modifier.EmbeddedPath {
	var out []modifier.EmbeddedPath
	for _, p := range r.Settings.Embedded {
		p.Steps = r.Settings.OnReply(r.Geometry, p.Steps)
		out = append(out, p)
	}
	return out
}

// resources are the image resources that carry the closed paths among those of a
// picture, nil for none: the vendor does not embed open ones (r-pathembed).
func resources(paths []modifier.EmbeddedPath) []byte {
	var out photoshop.Paths
	for _, p := range paths {
		written := photoshop.Path{Name: p.Name}
		for _, steps := range subpaths(p.Steps) {
			if s, ok := loop(steps); ok {
				written.Subpaths = append(written.Subpaths, s)
			}
		}
		if len(written.Subpaths) == 0 {
			continue
		}
		out.List = append(out.List, written)
		if p.Clipping {
			out.Clipping = p.Name
		}
	}
	return photoshop.Encode(out)
}

// subpaths parts an outline, each part beginning with its M.
func subpaths(steps []modifier.PathStep) [][]modifier.PathStep {
	var out [][]modifier.PathStep
	for _, st := range steps {
		switch {
		case st.Op == 'M':
			out = append(out, []modifier.PathStep{st})
		case st.Op != 'Z' && len(out) > 0:
			out[len(out)-1] = append(out[len(out)-1], st)
		}
	}
	return out
}

// loop is the knots of a sub-path that comes back to where it began; ok is false
// for any other.
func loop(steps []modifier.PathStep) (s photoshop.Subpath, ok bool) {
	knot := func(p modifier.Point) photoshop.Knot {
		return photoshop.Knot{In: photoshop.Point(p), At: photoshop.Point(p), Out: photoshop.Point(p)}
	}
	knots := []photoshop.Knot{knot(steps[0].Points[0])}
	for _, st := range steps[1:] {
		next := knot(st.Points[len(st.Points)-1])
		if st.Op == 'C' {
			knots[len(knots)-1].Out = photoshop.Point(st.Points[0])
			next.In = photoshop.Point(st.Points[1])
		}
		knots = append(knots, next)
	}
	last := len(knots) - 1
	if last == 0 || math.Hypot(knots[last].At.X-knots[0].At.X, knots[last].At.Y-knots[0].At.Y) > meeting {
		return s, false
	}
	knots[0].In = knots[last].In
	return photoshop.Subpath{Closed: true, Knots: knots[:last]}, true
}

// meeting is how near the ends of a loop are, in fractions of the picture: what a
// file can tell apart is 6e-8.
const meeting = 1e-7

// fraction is where a point, in fractions of a picture, lies in pose p.
func (p pose) fraction(q modifier.Point) modifier.Point {
	if p.transpose {
		q.X, q.Y = q.Y, q.X
	}
	if p.flipX {
		q.X = 1 - q.X
	}
	if p.flipY {
		q.Y = 1 - q.Y
	}
	return q
}
