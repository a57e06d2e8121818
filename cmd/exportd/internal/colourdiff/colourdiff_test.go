package colourdiff

import (
	"image"
	"image/color"
	"math"
	"testing"
)

func flat(w, h int, c color.Color) image.Image {
	m := image.NewNRGBA(image.Rect(3, 5, 3+w, 5+h)) // an origin that is not 0,0
	for y := range h {
		for x := range w {
			m.Set(3+x, 5+y, c)
		}
	}
	return m
}

// TestLabOfKnownColours uses the published Lab values of the sRGB primaries (D65).
func TestLabOfKnownColours(t *testing.T) {
	for _, c := range []struct {
		r, g, b uint32
		want    Lab
	}{
		{0, 0, 0, Lab{0, 0, 0}}, {opaque, opaque, opaque, Lab{100, 0, 0}},
		{opaque, 0, 0, Lab{53.24, 80.09, 67.20}}, {0, opaque, 0, Lab{87.73, -86.18, 83.18}}, {0, 0, opaque, Lab{32.30, 79.19, -107.86}},
	} {
		got := lab(c.r, c.g, c.b)
		if got.distance(c.want) > 0.05 {
			t.Errorf("%v is %v, want %v", []uint32{c.r, c.g, c.b}, got, c.want)
		}
	}
}

func TestMeanDifference(t *testing.T) {
	black, white := color.NRGBA{A: 255}, color.NRGBA{255, 255, 255, 255}
	half := flat(2, 1, black).(*image.NRGBA)
	half.Set(3, 5, white)
	for _, c := range []struct {
		name string
		a, b image.Image
		want float64
	}{
		{"the same", flat(4, 3, white), flat(4, 3, white), 0},
		{"black and white", flat(4, 3, white), flat(4, 3, black), 100},
		{"one pixel of two", flat(2, 1, black), half, 50},
		{"white and nothing differ on black", flat(1, 1, white), flat(1, 1, color.NRGBA{}), 100},
		{"black and nothing differ on white", flat(1, 1, black), flat(1, 1, color.NRGBA{}), 100},
		{"two kinds of nothing", flat(1, 1, color.NRGBA{R: 255}), flat(1, 1, color.NRGBA{}), 0},
	} {
		got, err := Mean(c.a, c.b)
		if err != nil || math.Abs(got-c.want) > 0.01 {
			t.Errorf("%s: %g, %v; want %g", c.name, got, err, c.want)
		}
	}
	if _, err := Mean(flat(1, 2, black), flat(2, 1, black)); err == nil {
		t.Error("two sizes were compared")
	}
}
