package vips

import (
	"math"

	"github.com/exportd/exportd/engine/modifier"
)

// tones is what op_brightness and then op_contrast make of each level; nil for
// nothing. The vendor publishes no curves (is-protocol A-18).
func tones(f modifier.Filters) *[256]uint8 {
	if f.Brightness == 0 && f.Contrast == 0 {
		return nil
	}
	var t [256]uint8
	for v := range t {
		t[v] = clamp(contrast(float64(clamp(float64(v+f.Brightness))), f.Contrast))
	}
	return &t
}

// contrast is a straight line through 127.5: flatter below 0, steeper above, at
// 100 a threshold.
func contrast(v float64, by int) float64 {
	const middle = 127.5
	switch {
	case by == 0:
		return v
	case by < 0:
		return middle + (v-middle)*float64(100+by)/100
	case by < 100:
		return middle + (v-middle)*100/float64(100-by)
	case v < middle:
		return 0
	}
	return 255
}

// balances adds to each component; nil for nothing.
func balances(by [3]int) *[3][256]uint8 {
	if by == [3]int{} {
		return nil
	}
	var t [3][256]uint8
	for b := range t {
		for v := range t[b] {
			t[b][v] = clamp(float64(v + by[b]))
		}
	}
	return &t
}

// clamp rounds to 0..255, halves up.
func clamp(v float64) uint8 { return uint8(min(max(math.Floor(v+0.5), 0), 255)) }

// ramp is the colour of each luminance: the hue and saturation of the colour, in
// HSL, with the luminance as lightness, so black and white stay. Counts are those
// of each luminance; nil leaves the brightness as it is. Otherwise the median
// moves to 50 %, and with a contrast the whole range is stretched to that much of
// full scale (r-op-colorize).
func ramp(c modifier.Colorize, counts *[256]uint64) *[3][256]uint8 {
	median, slope := 127.5, 1.0
	if counts != nil {
		median = middle(counts)
		if lo, hi := ends(counts); c.Contrast > 0 && hi > lo {
			slope = c.Contrast * 2.55 / float64(hi-lo)
		}
	}
	var t [3][256]uint8
	for y := range t[0] {
		for b, v := range shade(c.Color, (127.5+(float64(y)-median)*slope)/255) {
			t[b][y] = v
		}
	}
	return &t
}

// middle is the median of the counts.
func middle(counts *[256]uint64) float64 {
	var total, below uint64
	for _, n := range counts {
		total += n
	}
	if total == 0 {
		return 127.5
	}
	for v, n := range counts {
		if below += n; 2*below >= total {
			return float64(v)
		}
	}
	return 255
}

// ends are the smallest and the largest level that occur.
func ends(counts *[256]uint64) (lo, hi int) {
	lo = len(counts)
	for v, n := range counts {
		if n > 0 {
			lo, hi = min(lo, v), v
		}
	}
	return lo, hi
}

// shade gives c another lightness of HSL, 0..1: the components keep their places
// between the smallest and the largest.
func shade(c modifier.RGB, lightness float64) [3]uint8 {
	lightness = min(max(lightness, 0), 1)
	v := [3]float64{float64(c.R) / 255, float64(c.G) / 255, float64(c.B) / 255}
	hi, lo := max(v[0], v[1], v[2]), min(v[0], v[1], v[2])
	spread := 0.0
	if hi > lo {
		saturation := (hi - lo) / (1 - math.Abs(hi+lo-1))
		spread = saturation * (1 - math.Abs(2*lightness-1))
	}
	var out [3]uint8
	for i := range out {
		part := 0.5
		if hi > lo {
			part = (v[i] - lo) / (hi - lo)
		}
		out[i] = clamp(255 * (lightness + (part-0.5)*spread))
	}
	return out
}
