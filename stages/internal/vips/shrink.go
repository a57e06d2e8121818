package vips

import (
	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/modifier"
)

// Shrink is the factor by which a source is shrunk while it is loaded: 8, 4, 2, or
// 1 for not at all. It is the largest legal one that leaves the resize behind it
// enough to do. What the decoder shrinks lacks the finest detail, and with nearly
// nothing left to reduce that shows: by 0.3 to 1 dB PSNR against a full decode,
// measured for less than 1.5 by 2, 1.25 by 4 and 1.125 by 8 (stages/README.md).
func Shrink(h Header, replies []Reply) int {
	return largest(h, replies, func(g grid, r Reply) bool { return legal(g, r) && leavesEnough(g, r) })
}

// largestLegal is the largest factor so that no reply can tell, but for the finest
// detail. It is legal when (field-notes 4.7)
//
//   - the format can: a JPEG, or a still WebP without alpha, whose scaler does
//     not weigh colours with alpha;
//   - what remains to be done is still a reduction, or nothing, on both axes, for
//     every reply;
//   - every region is the whole source, or lies exactly on the shrunk grid.
//
// Sharpening does not forbid it: it works on the view, after the scale.
func largestLegal(h Header, replies []Reply) int { return largest(h, replies, legal) }

func largest(h Header, replies []Reply, ok func(grid, Reply) bool) int {
	if len(replies) == 0 || !shrinks(h) {
		return 1
	}
	for f := 8; f > 1; f /= 2 {
		if forAll(h, replies, f, ok) {
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

func forAll(h Header, replies []Reply, f int, ok func(grid, Reply) bool) bool {
	g := shrunk(h, f)
	if g.size.W < 1 || g.size.H < 1 {
		return false
	}
	for _, r := range replies {
		if !ok(g, r) {
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
		cut:  f > 1 && h.Format == asset.FormatJPEG,
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

// leavesEnough reports whether what the decoder leaves is still reduced by 1 + 1/f
// on both axes. It is the rule that sharp goes by.
func leavesEnough(g grid, r Reply) bool {
	n := geometryNeeds(g, r)
	from := n.rects[0]
	return from.W >= (g.shrink+1)*n.target.W && from.H >= (g.shrink+1)*n.target.H
}

// stands is the size that loaded pixels of the given size stand for: libvips drops
// the part of a pixel at the edges of a shrunk JPEG, and the picture must not be
// stretched over it.
func (g grid) stands(size modifier.Size) [2]float64 {
	if !g.cut || size != g.size {
		return [2]float64{float64(size.W), float64(size.H)}
	}
	f := float64(g.shrink)
	return [2]float64{float64(g.full.W) / f, float64(g.full.H) / f}
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
