package vips

import (
	"math"

	"github.com/exportd/exportd/engine/modifier"
)

// gaussianReach is how many deviations of a Gaussian a pixel can notice.
const gaussianReach = 3

// reach is how far in pixels the view's filters look around a pixel, all of them
// together.
func reach(s *modifier.Settings, geo modifier.Geometry) int {
	n := 0
	if s.Filters.Sharpen {
		n = 1
	}
	if u := s.Filters.USM; u.Acts() {
		near := viewNearness(geo).source
		n += int(math.Ceil(gaussianReach * u.Radius * max(near[0], near[1])))
	}
	if u := s.Filters.USMR; u.Acts() {
		n += int(math.Ceil(gaussianReach * u.Radius))
	}
	return n
}

// margins widens a reply that is a tile of its view (rect=) by what the view's
// filters look at, so that tiles fit without a seam (r-rect). It never goes
// beyond the view. cut is the reply in the widened one.
func margins(s *modifier.Settings, geo modifier.Geometry) (wide modifier.Geometry, cut modifier.Rect) {
	cut = modifier.Rect{W: geo.View.W, H: geo.View.H}
	if s.Rect == nil {
		return geo, cut
	}
	n := reach(s, geo)
	within := func(beyond int) int { return min(n, max(0, beyond)) }
	left, top := within(-geo.Clip.X), within(-geo.Clip.Y)
	right, bottom := within(geo.Clip.X+geo.Clip.W-geo.View.W), within(geo.Clip.Y+geo.Clip.H-geo.View.H)
	geo.View = modifier.Size{W: geo.View.W + left + right, H: geo.View.H + top + bottom}
	geo.Offset[0], geo.Offset[1] = geo.Offset[0]+left, geo.Offset[1]+top
	geo.Clip.X, geo.Clip.Y = geo.Clip.X+left, geo.Clip.Y+top
	cut.X, cut.Y = left, top
	return geo, cut
}
