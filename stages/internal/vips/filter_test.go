//go:build cgo

package vips

import (
	"bytes"
	"context"
	"errors"
	"math"
	"testing"

	govips "github.com/davidbyttow/govips/v2/vips"
)

// draw is an open picture whose pixels f gives, as a PNG or, with 4 bands that are
// CMYK, a TIFF.
func draw(t *testing.T, w, h, bands int, space govips.Interpretation, f func(x, y int) []uint8) *Image {
	t.Helper()
	data := make([]byte, 0, w*h*bands)
	for y := range h {
		for x := range w {
			data = append(data, f(x, y)...)
		}
	}
	ref, err := govips.NewImageFromMemory(data, w, h, bands, govips.BandFormatUchar, space)
	if err != nil {
		t.Fatal(err)
	}
	defer ref.Close()
	file, _, err := ref.ExportTiff(nil)
	if err != nil {
		t.Fatal(err)
	}
	m, err := Open(context.Background(), &bytesSource{Reader: bytes.NewReader(file)}, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return m
}

// kept makes a picture one that can be rendered more than once.
func kept(t *testing.T, m *Image) *Image {
	t.Helper()
	if err := m.Materialise(context.Background()); err != nil {
		t.Fatal(err)
	}
	return m
}

func drawRGB(t *testing.T, w, h int, f func(x, y int) []uint8) *Image {
	return draw(t, w, h, 3, govips.InterpretationSRGB, f)
}

func flat(v ...uint8) func(int, int) []uint8 { return func(int, int) []uint8 { return v } }

// ramp256 is a row of all grays.
func ramp256(x, _ int) []uint8 { return []uint8{uint8(x), uint8(x), uint8(x)} }

func rendered(t *testing.T, m *Image, text string) picture {
	t.Helper()
	p, err := try(t, m, reply(t, m.Header(), text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return p
}

func TestOperationsOnSinglePixels(t *testing.T) {
	for _, c := range []struct {
		in   string
		from []uint8
		want []float64
	}{
		{"op_brightness=-10", []uint8{200, 100, 5}, []float64{190, 90, 0}},
		{"op_brightness=100", []uint8{200, 100, 5}, []float64{255, 200, 105}},
		{"op_brightness=0", []uint8{200, 100, 5}, []float64{200, 100, 5}},
		{"op_contrast=-100", []uint8{200, 100, 5}, []float64{128, 128, 128}},
		{"op_contrast=-50", []uint8{200, 100, 0}, []float64{164, 114, 64}}, // 127.5 + (v-127.5)/2, halves up
		{"op_contrast=50", []uint8{150, 100, 5}, []float64{173, 73, 0}},    // 127.5 + (v-127.5)*2, halves up
		{"op_contrast=100", []uint8{128, 127, 0}, []float64{255, 0, 0}},
		{"op_saturation=-100", []uint8{200, 100, 50}, []float64{124, 124, 124}}, // 59.8 + 58.7 + 5.7 = 124.2
		{"op_saturation=-50", []uint8{200, 100, 50}, []float64{162, 112, 87}},
		{"op_saturation=100", []uint8{200, 100, 50}, []float64{255, 76, 0}}, // 275.8, 75.8, -24.2
		{"op_saturation=100", []uint8{90, 90, 90}, []float64{90, 90, 90}},
		{"op_hue=120", []uint8{200, 100, 50}, []float64{50, 200, 100}},
		{"op_hue=-120", []uint8{200, 100, 50}, []float64{100, 50, 200}},
		{"op_hue=180", []uint8{255, 0, 0}, []float64{0, 255, 255}},
		{"op_hue=60", []uint8{255, 0, 0}, []float64{255, 255, 0}},
		{"op_hue=77", []uint8{90, 90, 90}, []float64{90, 90, 90}},
		{"op_colorbalance=100,0,-100", []uint8{200, 100, 50}, []float64{255, 100, 0}},
		{"op_colorbalance=1,2,3", []uint8{200, 100, 50}, []float64{201, 102, 53}},
		{"op_invert=1", []uint8{200, 100, 5}, []float64{55, 155, 250}},
		// Brightness comes before contrast and invert, whatever the text says.
		{"op_invert=1&op_contrast=100&op_brightness=30", []uint8{110, 90, 100}, []float64{0, 255, 0}},
	} {
		for _, more := range []string{"", "&rotate=90", "&scl=2"} {
			p := rendered(t, drawRGB(t, 8, 8, flat(c.from...)), "fmt=png&"+c.in+more)
			p.near(t, 1, 1, 0, c.want...)
		}
	}
}

func TestPaddingIsNotRecoloured(t *testing.T) {
	m := drawRGB(t, 20, 10, flat(200, 100, 50))
	p := rendered(t, m, "fmt=png&wid=20&hei=20&bgc=102030&op_invert=1&op_brightness=50&op_noise=50&op_blur=3")
	p.near(t, 10, 0, 0, 0x10, 0x20, 0x30)
	p.near(t, 10, 19, 0, 0x10, 0x20, 0x30)
}

func TestColorize(t *testing.T) {
	// A gray ramp of 101 levels from 50 has its median at 100, which becomes 127.5.
	levels := func(x, _ int) []uint8 { v := uint8(50 + x); return []uint8{v, v, v} }
	p := rendered(t, drawRGB(t, 101, 3, levels), "fmt=png&op_colorize=ff0000")
	p.near(t, 50, 1, 1, 255, 0, 0) // the pure colour is at half lightness
	p.near(t, 0, 1, 1, 155, 0, 0)  // 77.5 of 127.5: 2*77.5
	// With a contrast of 100 the ends are black and white.
	p = rendered(t, drawRGB(t, 101, 3, levels), "fmt=png&op_colorize=ff0000,norm,100")
	p.near(t, 0, 1, 1, 0, 0, 0)
	p.near(t, 100, 1, 1, 255, 255, 255)
	// Off keeps the brightness; contrast is then ignored.
	p = rendered(t, drawRGB(t, 256, 3, ramp256), "fmt=png&op_colorize=0,0,255,off,50")
	p.near(t, 0, 1, 0, 0, 0, 0)
	p.near(t, 255, 1, 0, 255, 255, 255)
	p.near(t, 51, 1, 1, 0, 0, 102)
	// A gray colour takes saturation away.
	rendered(t, drawRGB(t, 4, 4, flat(255, 0, 0)), "fmt=png&op_colorize=808080,off").near(t, 1, 1, 0, 76, 76, 76)
	// Gray and CMYK pictures become RGB.
	p = rendered(t, draw(t, 4, 4, 1, govips.InterpretationBW, flat(128)), "fmt=png&op_colorize=00ff00,off")
	p.near(t, 1, 1, 1, 1, 255, 1)
	rendered(t, draw(t, 4, 4, 4, govips.InterpretationCMYK, flat(0, 0, 0, 255)), "fmt=png&op_colorize=00ff00,off").near(t, 1, 1, 0, 0, 0, 0)
}

func TestOperationsOnGrayAndCMYK(t *testing.T) {
	gray := kept(t, draw(t, 4, 4, 1, govips.InterpretationBW, flat(100)))
	rendered(t, gray, "fmt=png&op_brightness=20").near(t, 1, 1, 0, 120)
	rendered(t, gray, "fmt=png&op_saturation=50&op_hue=90").near(t, 1, 1, 0, 100)
	rendered(t, gray, "fmt=png&op_colorbalance=10,0,-10").near(t, 1, 1, 0, 110, 100, 90)
	cmyk := kept(t, draw(t, 4, 4, 4, govips.InterpretationCMYK, flat(255, 0, 0, 55)))
	rendered(t, cmyk, "fmt=tif&op_invert=1").near(t, 1, 1, 0, 0, 255, 255, 200)
	// RGB first, naively: (1-C)(1-K) = 0, 200, 200.
	p := rendered(t, cmyk, "fmt=tif&op_brightness=10")
	p.near(t, 1, 1, 0, 10, 210, 210)
	rendered(t, cmyk, "fmt=tif,cmyk&op_brightness=55").near(t, 1, 1, 1, 200, 0, 0, 0) // 55,255,255
	rendered(t, open(t, "rgb16.png"), "fmt=png&op_invert=1").near(t, 100, 30, 1, 155, 100, 135)
}

func TestAlphaStays(t *testing.T) {
	half := func(x, _ int) []uint8 {
		if x < 10 {
			return []uint8{200, 100, 50, 128}
		}
		return []uint8{0, 0, 0, 0}
	}
	for _, c := range []struct {
		in   string
		want []float64
	}{
		{"op_invert=1", []float64{55, 155, 205, 128}},
		{"op_brightness=10", []float64{210, 110, 60, 128}},
		{"op_blur=6", []float64{200, 100, 50, 128}}, // colours are weighed: nothing black comes in
		{"op_grow=-3", []float64{200, 100, 50, 128}},
	} {
		p := rendered(t, draw(t, 20, 10, 4, govips.InterpretationSRGB, half), "fmt=png-alpha&"+c.in)
		p.near(t, 9, 5, 1, c.want...)
		if p.at(t, 10, 5)[3] != 0 {
			t.Errorf("%s: alpha is %v", c.in, p.at(t, 10, 5))
		}
	}
}

func TestNoise(t *testing.T) {
	read := func(text string) (mean, deviation float64, all []byte, mono bool) {
		p := rendered(t, drawRGB(t, 200, 200, flat(128, 128, 128)), "fmt=png&"+text)
		all, err := p.decoded(t).ToBytes()
		if err != nil {
			t.Fatal(err)
		}
		mono = true
		for i, v := range all {
			mean += float64(v)
			mono = mono && v == all[i-i%3]
		}
		mean /= float64(len(all))
		for _, v := range all {
			deviation += (float64(v) - mean) * (float64(v) - mean)
		}
		return mean, math.Sqrt(deviation / float64(len(all))), all, mono
	}
	mean, deviation, first, mono := read("op_noise=20")
	if want := 51 / math.Sqrt(3); math.Abs(mean-128) > 0.5 || math.Abs(deviation-want) > 0.5 || mono {
		t.Errorf("uniform: mean %v, deviation %v, mono %v", mean, deviation, mono)
	}
	for _, v := range first {
		if v < 77 || v > 179 {
			t.Fatalf("uniform noise of 20 %% gives %d", v)
		}
	}
	if _, _, again, _ := read("op_noise=20"); !bytes.Equal(first, again) {
		t.Error("the same request gives other bytes")
	}
	if _, _, other, _ := read("op_noise=20&qlt=9"); bytes.Equal(first, other) {
		t.Error("another request gives the same noise")
	}
	if mean, deviation, _, mono = read("op_noise=20,gaussian,1"); math.Abs(mean-128) > 0.7 || math.Abs(deviation-25.5) > 0.7 || !mono {
		t.Errorf("gaussian: mean %v, deviation %v, mono %v", mean, deviation, mono)
	}
}

// dot is white, with a black pixel in the middle.
func dot(x, y int) []uint8 {
	if x == 20 && y == 20 {
		return []uint8{0, 0, 0}
	}
	return []uint8{255, 255, 255}
}

func TestGrow(t *testing.T) {
	p := rendered(t, drawRGB(t, 41, 41, dot), "fmt=png&op_grow=-5")
	for y := range 41 {
		for x := range 41 {
			want := 255.0
			if dx, dy := x-20, y-20; dx*dx+dy*dy <= 25 {
				want = 0
			}
			if x == 20 || y == 20 || x == y { // rows, columns and the diagonal are enough
				p.near(t, x, y, 0, want, want, want)
			}
		}
	}
	rendered(t, drawRGB(t, 41, 41, dot), "fmt=png&op_grow=1").near(t, 20, 20, 0, white...)
	// Half the size: a radius of 10 in the composite is 5 in the reply. Each
	// component goes by itself.
	edge := func(x, _ int) []uint8 {
		if x < 100 {
			return []uint8{255, 0, 90}
		}
		return []uint8{0, 255, 90}
	}
	p = rendered(t, drawRGB(t, 200, 20, edge), "fmt=png&scl=2&resMode=bilin&op_grow=10")
	p.near(t, 43, 5, 0, 255, 0, 90)
	p.near(t, 47, 5, 0, 255, 255, 90)
	p.near(t, 52, 5, 0, 255, 255, 90)
	p.near(t, 56, 5, 0, 0, 255, 90)
}

// step is black to the left of x = 50, and white from there.
func step(x, _ int) []uint8 {
	if x < 50 {
		return []uint8{0, 0, 0}
	}
	return []uint8{255, 255, 255}
}

// gaussStep is a blurred step at the centre of a pixel whose left edge lies at
// distance from it.
func gaussStep(distance, sigma float64) float64 {
	return 255 * 0.5 * (1 + math.Erf((distance+0.5)/(sigma*math.Sqrt2)))
}

func TestBlur(t *testing.T) {
	p := rendered(t, drawRGB(t, 100, 10, step), "fmt=png&op_blur=8") // sigma 4
	for _, x := range []int{38, 45, 49, 50, 53, 60} {
		v := gaussStep(float64(x-50), 4)
		p.near(t, x, 5, 3, v, v, v)
	}
	// At half the size the radius is half as well.
	p = rendered(t, drawRGB(t, 100, 10, step), "fmt=png&scl=2&resMode=bilin&op_blur=16")
	for _, x := range []int{15, 22, 25, 28} {
		v := gaussStep(float64(x-25), 4)
		p.near(t, x, 3, 4, v, v, v)
	}
	// What the view cuts off still counts: white at 50 reaches into a view that
	// ends there.
	p = rendered(t, drawRGB(t, 100, 50, step), "fmt=png&wid=50&hei=50&fit=crop&align=-1,0&op_blur=8")
	v := gaussStep(-1, 4)
	p.near(t, 49, 25, 3, v, v, v)
	rendered(t, drawRGB(t, 30, 30, flat(200, 100, 50)), "fmt=png&op_blur=100").near(t, 0, 0, 0, 200, 100, 50)
	rendered(t, drawRGB(t, 100, 10, step), "fmt=png&op_blur=0.1").near(t, 49, 5, 0, 0, 0, 0)
}

// soft is a step from 100 to 150, for overshoots that fit.
func soft(x, _ int) []uint8 {
	if x < 50 {
		return []uint8{100, 100, 100}
	}
	return []uint8{150, 150, 150}
}

func TestUnsharpMask(t *testing.T) {
	at := func(x int, sigma, amount float64) float64 {
		v := float64(soft(x, 0)[0])
		return v + amount*(v-(100+50*gaussStep(float64(x-50), sigma)/255))
	}
	for _, c := range []struct {
		in            string
		sigma, amount float64
	}{
		{"op_usm=1,4", 4, 1},
		{"op_usm=0.5,8", 8, 0.5},
		{"op_usmR=2,4", 4, 2},
		{"op_usmR=1,4,0,1", 4, 1},
	} {
		p := rendered(t, drawRGB(t, 100, 10, soft), "fmt=png&"+c.in)
		for _, x := range []int{40, 49, 50, 57} {
			v := at(x, c.sigma, c.amount)
			p.near(t, x, 5, 2, v, v, v)
		}
		p.near(t, 5, 5, 0, 100, 100, 100)
	}
	// The difference at the edge is 25, and less further away.
	p := rendered(t, drawRGB(t, 100, 10, soft), "fmt=png&op_usm=1,4,20")
	v := at(50, 4, 1)
	p.near(t, 50, 5, 2, v, v, v)
	p.near(t, 52, 5, 0, 150, 150, 150)
	rendered(t, drawRGB(t, 100, 10, soft), "fmt=png&op_usm=5,4,255").near(t, 50, 5, 0, 150, 150, 150)
	// op_usm has its radius in the composite: at 1/40 it is under 0.1 and left out.
	m := kept(t, drawRGB(t, 4000, 40, func(x, _ int) []uint8 { return soft(x/40, 0) }))
	plain := rendered(t, m, "fmt=png&scl=40")
	rendered(t, m, "fmt=png&scl=40&op_usm=5,3.9").near(t, 50, 0, 0, plain.at(t, 50, 0)...)
	p = rendered(t, m, "fmt=png&scl=40&op_usmR=1,4")
	v = at(52, 4, 1)
	p.near(t, 52, 0, 2, v, v, v)
}

func TestMonoSharpensTheBrightnessAlone(t *testing.T) {
	colours := func(x, _ int) []uint8 {
		if x < 50 {
			return []uint8{150, 100, 100}
		}
		return []uint8{100, 100, 100}
	}
	p := rendered(t, drawRGB(t, 100, 10, colours), "fmt=png&op_usm=1,4,0,1")
	got := p.at(t, 49, 5)
	if d := got[1] - 100; d < 5 || d > 8 || got[2] != got[1] || got[0] != 150+d { // 0.299 of about 23
		t.Errorf("%v", got)
	}
	p = rendered(t, drawRGB(t, 100, 10, colours), "fmt=png&op_usm=1,4")
	if got = p.at(t, 49, 5); got[0] < 170 || got[1] != 100 {
		t.Errorf("%v", got)
	}
}

func TestGrowMask(t *testing.T) {
	hole := func(x, y int) []uint8 {
		if x < 20 {
			return []uint8{200, 100, 50, 255}
		}
		return []uint8{10, 20, 30, 0}
	}
	m := kept(t, draw(t, 40, 20, 4, govips.InterpretationSRGB, hole))
	p := rendered(t, m, "fmt=png-alpha&op_growMask=4")
	p.near(t, 19, 10, 0, 200, 100, 50, 255)
	p.near(t, 23, 10, 0, 10, 20, 30, 255) // the colour that was hidden
	p.near(t, 24, 10, 0, 10, 20, 30, 0)
	p = rendered(t, m, "fmt=png-alpha&op_growMask=-4")
	p.near(t, 15, 10, 0, 200, 100, 50, 255)
	if a := p.at(t, 16, 10)[3]; a != 0 {
		t.Errorf("alpha %v", a)
	}
	// At half the size op_growMask reaches half as far, op_growMaskR as far as it says.
	p = rendered(t, m, "fmt=png-alpha&scl=2&resMode=bilin&op_growMask=4")
	if p.at(t, 10, 5)[3] != 255 || p.at(t, 13, 5)[3] != 0 {
		t.Errorf("%v %v", p.at(t, 10, 5), p.at(t, 13, 5))
	}
	p = rendered(t, m, "fmt=png-alpha&scl=2&resMode=bilin&op_growMaskR=4")
	if p.at(t, 12, 5)[3] != 255 || p.at(t, 15, 5)[3] != 0 {
		t.Errorf("%v %v", p.at(t, 12, 5), p.at(t, 15, 5))
	}
	rendered(t, drawRGB(t, 8, 8, flat(1, 2, 3)), "fmt=png&op_growMask=4").near(t, 4, 4, 0, 1, 2, 3)
}

func TestFiltersOfAPhotograph(t *testing.T) {
	for _, text := range []string{
		"op_blur=5&op_grow=2&op_noise=5&op_usm=1,1,5&rotate=30&fmt=webp", "op_usm=1,1,10,0&fmt=tif&wid=64", "op_colorize=ff8000&fmt=png&rotate=90&wid=64",
	} {
		for _, name := range []string{"baseline.jpg", "exif6.jpg", "rgba.png", "gray16.png", "cmyk.jpg", "alpha.webp"} {
			shot(t, name, text)
		}
	}
}

func TestAStopEndsAFilter(t *testing.T) {
	m := open(t, "baseline.jpg")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := m.Render(ctx, reply(t, m.Header(), "op_blur=20")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
