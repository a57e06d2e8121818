package vips

import (
	"image"
	"math"

	"golang.org/x/image/vector"

	"github.com/exportd/exportd/engine/modifier"
)

// flatness is how far the lines may lie from a curve that they stand for, in
// pixels of the reply.
const flatness = 0.05

// coverage is how much of each pixel lies inside something, 0..255, row by row.
type coverage struct {
	size modifier.Size
	pix  []byte
}

// outline covers what path data encloses: like an SVG path, by the non-zero rule.
func outline(size modifier.Size, steps []modifier.PathStep) coverage {
	return rasterise(size, modifier.Flatten(steps, flatness))
}

// shape covers what an embedded path encloses. Sub-paths that lie inside another
// are holes, whatever their direction: Photoshop's paths fill by the even-odd
// rule.
func shape(size modifier.Size, steps []modifier.PathStep) coverage {
	all := coverage{size, make([]byte, size.W*size.H)}
	for _, line := range modifier.Flatten(steps, flatness) {
		all.exclude(line)
	}
	return all
}

// exclude swaps inside and outside within a closed polygon. It costs what the
// polygon covers, for a picture may carry thousands of small ones.
func (c coverage) exclude(line []modifier.Point) {
	box := boxOf(line, c.size)
	if empty(box) {
		return
	}
	moved := make([]modifier.Point, len(line))
	for i, p := range line {
		moved[i] = modifier.Point{X: p.X - float64(box.X), Y: p.Y - float64(box.Y)}
	}
	one := rasterise(modifier.Size{W: box.W, H: box.H}, [][]modifier.Point{moved})
	for y := range box.H {
		row := c.pix[(box.Y+y)*c.size.W+box.X:]
		for x, b := range one.pix[y*box.W : (y+1)*box.W] {
			if b != 0 {
				row[x] = share(row[x], 255-b) + share(255-row[x], b)
			}
		}
	}
}

// boxOf is the part of a picture of that size that a polygon may touch.
func boxOf(line []modifier.Point, size modifier.Size) modifier.Rect {
	left, top, right, bottom := float64(size.W), float64(size.H), 0., 0.
	for _, p := range line {
		left, right = min(left, p.X), max(right, p.X)
		top, bottom = min(top, p.Y), max(bottom, p.Y)
	}
	x, y := int(max(0, math.Floor(left))), int(max(0, math.Floor(top)))
	return modifier.Rect{X: x, Y: y, W: int(min(float64(size.W), math.Ceil(right))) - x, H: int(min(float64(size.H), math.Ceil(bottom))) - y}
}

// rectangle covers the rectangle from x0, y0 to x1, y1.
func rectangle(size modifier.Size, x0, y0, x1, y1 float64) coverage {
	return rasterise(size, [][]modifier.Point{{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}}})
}

// and keeps what lies in both.
func (c coverage) and(o coverage) {
	for i, b := range o.pix {
		c.pix[i] = share(c.pix[i], b)
	}
}

// without takes away what lies in o.
func (c coverage) without(o coverage) {
	for i, b := range o.pix {
		c.pix[i] = share(c.pix[i], 255-b)
	}
}

// share is a part b of a, both of 255, rounded.
func share(a, b byte) byte { return byte((int(a)*int(b) + 127) / 255) }

// rasterise covers what closed polygons enclose, by the non-zero rule.
func rasterise(size modifier.Size, lines [][]modifier.Point) coverage {
	r := vector.NewRasterizer(size.W, size.H)
	for _, line := range lines {
		// The rasteriser walks every row that a line passes, also those far outside.
		line = inside(line, -1, -1, float64(size.W+1), float64(size.H+1))
		for i, p := range line {
			if i == 0 {
				r.MoveTo(float32(p.X), float32(p.Y))
			} else {
				r.LineTo(float32(p.X), float32(p.Y))
			}
		}
		if len(line) > 0 {
			r.ClosePath()
		}
	}
	mask := image.NewAlpha(image.Rect(0, 0, size.W, size.H))
	r.Draw(mask, mask.Bounds(), image.Opaque, image.Point{})
	return coverage{size, mask.Pix}
}

// inside cuts a closed polygon down to a rectangle (Sutherland and Hodgman). What
// was outside runs along the rectangle's edges, so that the winding inside stays.
func inside(line []modifier.Point, left, top, right, bottom float64) []modifier.Point {
	line = half(line, func(p modifier.Point) float64 { return p.X - left })
	line = half(line, func(p modifier.Point) float64 { return right - p.X })
	line = half(line, func(p modifier.Point) float64 { return p.Y - top })
	return half(line, func(p modifier.Point) float64 { return bottom - p.Y })
}

// half keeps the part of a closed polygon where depth is not negative.
func half(line []modifier.Point, depth func(modifier.Point) float64) []modifier.Point {
	out := make([]modifier.Point, 0, len(line)+4)
	for i, p := range line {
		last := line[(i+len(line)-1)%len(line)]
		a, b := depth(last), depth(p)
		if a < 0 != (b < 0) {
			t := math.Abs(a) / (math.Abs(a) + math.Abs(b))
			out = append(out, modifier.Point{X: last.X + t*(p.X-last.X), Y: last.Y + t*(p.Y-last.Y)})
		}
		if b >= 0 {
			out = append(out, p)
		}
	}
	return out
}
