package vips

import (
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
		out = append(out, modifier.EmbeddedPath{Name: p.Name, Steps: steps})
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
