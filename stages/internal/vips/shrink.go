package vips

import (
	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/modifier"
)

// Shrink is the largest factor by which a source may be shrunk while it is
// loaded so that no reply can tell: 8, 4, 2, or 1 for not at all. It is legal
// when (field-notes 4.7)
//
//   - the format can: a JPEG, or a still WebP without alpha, whose scaler does
//     not weigh colours with alpha;
//   - what remains to be done is still a reduction, or nothing, on both axes, for
//     every reply;
//   - every region is the whole source, or lies exactly on the shrunk grid.
//
// Sharpening does not forbid it: it works on the view, after the scale.
func Shrink(h Header, replies []Reply) int {
	if len(replies) == 0 || !shrinks(h) {
		return 1
	}
	for f := 8; f > 1; f /= 2 {
		if legalForAll(h, replies, f) {
			return f
		}
	}
	return 1
}

func shrinks(h Header) bool {
	switch h.Format {
	case asset.FormatJPEG:
		return true
	case asset.FormatWebP:
		return !h.Alpha && h.Pages == 1
	}
	return false
}

func legalForAll(h Header, replies []Reply, f int) bool {
	g := shrunk(h, f)
	if g.size.W < 1 || g.size.H < 1 {
		return false
	}
	for _, r := range replies {
		if !legal(g, r) {
			return false
		}
	}
	return true
}

// shrunk is the grid of a source loaded at 1/f. Sizes are floors (libvips.md).
func shrunk(h Header, f int) grid {
	return grid{
		full: h.Stored, shrink: f, pose: orientationPose(h.Orientation),
		size: modifier.Size{W: h.Stored.W / f, H: h.Stored.H / f},
	}
}

func legal(g grid, r Reply) bool {
	n := geometryNeeds(g, r)
	for _, rect := range n.rects {
		if rect != g.whole() && !empty(rect) && !divides(g, rect) {
			return false
		}
	}
	loaded := g.scaled(n.rects[0])
	return n.target.W <= loaded.W && n.target.H <= loaded.H
}

// needs is what a reply takes of the stored full picture: the region and its
// parts, and the size that the region is first resized to.
type needs struct {
	rects  []modifier.Rect
	target modifier.Size
}

func geometryNeeds(g grid, r Reply) needs {
	full := grid{full: g.full, size: g.full, shrink: 1, pose: g.pose}
	if r.Geometry.Quad != nil {
		w := warp(full, r.Settings, r.Geometry)
		return needs{[]modifier.Rect{w.region, w.visible}, w.near}
	}
	t, ok := turnPose(r.Settings.Rotate)
	if !ok {
		t := turn(full, r.Settings, r.Geometry)
		return needs{[]modifier.Rect{t.region, t.visible}, t.near}
	}
	p := place(full, t, r.Settings, r.Geometry)
	if l := p.layer; l.size != (modifier.Size{}) {
		return needs{[]modifier.Rect{l.region, l.visible}, l.size}
	}
	return needs{[]modifier.Rect{p.region, p.inked, p.visible}, p.target}
}

// divides reports whether r lies exactly on the shrunk grid, and the source too,
// so that nothing of it is lost at the edges.
func divides(g grid, r modifier.Rect) bool {
	for _, v := range []int{r.X, r.Y, r.W, r.H, g.full.W, g.full.H} {
		if v%g.shrink != 0 {
			return false
		}
	}
	return true
}
