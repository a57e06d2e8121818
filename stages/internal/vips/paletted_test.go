//go:build cgo

package vips

import (
	"bytes"
	"image"
	"image/color"
	_ "image/gif"
	_ "image/png"
	"os"
	"testing"
)

// paletted reads a reply back with Go's own decoders.
func paletted(t *testing.T, name, text string) *image.Paletted {
	t.Helper()
	data, err := os.ReadFile(shot(t, name, text).path)
	if err != nil {
		t.Fatal(err)
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	p, ok := img.(*image.Paletted)
	if !ok {
		t.Fatalf("%s gives a %T", text, img)
	}
	return p
}

func TestPalettes(t *testing.T) {
	for _, c := range []struct {
		text string
		most int
		has  []color.Color
	}{
		{"fmt=png8", 256, nil},
		{"fmt=gif", 256, nil},
		{"fmt=png8&quantize=adaptive,off,16", 16, nil},
		{"fmt=gif&quantize=adaptive,diffuse,5,ff8000", 5, []color.Color{color.NRGBA{255, 128, 0, 255}}},
		{"fmt=png8&quantize=adaptive,off,2,000000,ffffff", 2, []color.Color{color.NRGBA{0, 0, 0, 255}, color.NRGBA{255, 255, 255, 255}}},
		{"fmt=gif-alpha&quantize=adaptive,off,2,000000,ffffff", 3, []color.Color{color.NRGBA{0, 0, 0, 255}, color.NRGBA{255, 255, 255, 255}}},
		{"fmt=png8&quantize=web,off", 216, []color.Color{color.NRGBA{51, 102, 153, 255}}},
		{"fmt=gif&quantize=mac", 256, []color.Color{color.NRGBA{17, 17, 17, 255}}},
		{"fmt=gif,gray&quantize=adaptive,off,4", 4, nil},
	} {
		p := paletted(t, "rgba.png", "wid=60&"+c.text)
		used := map[uint8]bool{}
		for _, i := range p.Pix {
			used[i] = true
		}
		if len(used) > c.most || len(used) < 2 {
			t.Errorf("%s uses %d colours, at most %d", c.text, len(used), c.most)
		}
		for _, want := range c.has {
			if i := p.Palette.Index(want); !same(p.Palette[i], want) {
				t.Errorf("%s lacks %v", c.text, want)
			}
		}
	}
}

func same(a, b color.Color) bool {
	r, g, bl, al := a.RGBA()
	r2, g2, b2, a2 := b.RGBA()
	return r == r2 && g == g2 && bl == b2 && al == a2
}

// rgba.png is clear over a hidden green on its left, half blue on its right, and
// has a red disc in the middle.
func TestHiddenColoursCostNoEntryAndBecomeNone(t *testing.T) {
	clear, red, half := color.NRGBA{}, color.NRGBA{255, 0, 0, 255}, color.NRGBA{0, 0, 255, 128}
	for text, want := range map[string][3]color.NRGBA{
		"fmt=png8-alpha&quantize=adaptive,off,3":   {clear, red, half},
		"fmt=png8-alpha&quantize=adaptive,diffuse": {clear, red, half},
		"fmt=png8-alpha&quantize=web,off":          {clear, red, {0, 0, 255, 255}}, // 50 % is opaque in a fixed palette
		"fmt=gif-alpha&quantize=web,diffuse":       {clear, red, {0, 0, 255, 255}},
	} {
		p := paletted(t, "rgba.png", text)
		for i, x := range []int{2, 80, 157} {
			y := map[int]int{80: 60}[x]
			if got := p.At(x, y); !same(got, want[i]) {
				t.Errorf("%s: %v at %d,%d, want %v", text, got, x, y, want[i])
			}
		}
	}
}
