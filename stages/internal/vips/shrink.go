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
	region, target := geometryNeeds(g, r)
	if region != g.whole() && !divides(g, region) {
		return false
	}
	loaded := g.scaled(region)
	return target.W <= loaded.W && target.H <= loaded.H
}

// geometryNeeds is the region of the stored full picture that a reply takes, and
// the size that it is first resized to.
func geometryNeeds(g grid, r Reply) (modifier.Rect, modifier.Size) {
	full := grid{full: g.full, size: g.full, shrink: 1, pose: g.pose}
	if t, ok := turnPose(r.Settings.Rotate); ok {
		p := place(full, t, r.Settings, r.Geometry)
		return p.region, p.target
	}
	t := turn(full, r.Settings, r.Geometry)
	return t.region, t.near
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
