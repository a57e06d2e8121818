//go:build cgo

package vips

import (
	"testing"
)

// Quad.png has 200x100 pixels: red, green, blue, white. What layer=0 does comes
// before the layer's fills, what comp does behind them (is-protocol 4, 5.1).
func TestLayerZeroHasItsOwnOperations(t *testing.T) {
	cyan, white, black := []float64{0, 255, 255}, []float64{255, 255, 255}, []float64{0, 0, 0}
	for _, c := range []struct {
		name, text string
		at         map[[2]int][]float64
	}{
		{"the border is not inverted", "layer=0&op_invert=1&extend=10,10,10,10&bgColor=ffffff", map[[2]int][]float64{{5, 5}: white, {15, 15}: cyan, {209, 109}: black}},
		{"at comp it is", "op_invert=1&extend=10,10,10,10&bgColor=ffffff", map[[2]int][]float64{{5, 5}: black, {15, 15}: cyan}},
		{"both act", "layer=0&op_invert=1&layer=comp&op_invert=1", map[[2]int][]float64{{5, 5}: red}},
		{"the last of each wins", "layer=0&op_brightness=50&op_brightness=-55&layer=comp&op_brightness=10&op_brightness=5", map[[2]int][]float64{{5, 5}: {205, 5, 5}}},
		{"a part of the source", "layer=0&op_invert=1&crop=100,50,100,50", map[[2]int][]float64{{0, 0}: black, {99, 49}: black}},
		{"more than the source", "layer=0&op_invert=1&crop=100,0,200,100&bgc=102030", map[[2]int][]float64{{0, 0}: {255, 0, 255}, {150, 50}: {16, 32, 48}}},
		{"before it is flipped and scaled", "layer=0&op_hue=120&flip=lr&size=100,0", map[[2]int][]float64{{0, 0}: blue, {99, 0}: green}},
		{"before it is turned", "layer=0&op_invert=1&rotate=45&bgColor=0,0,255", map[[2]int][]float64{{2, 2}: blue}},
		{"before perspective", "layer=0&op_invert=1&perspective=0,0,199,0,199,99,0,99", map[[2]int][]float64{{20, 20}: cyan}},
		{"a view command in it is the view's", "layer=0&op_invert=1&wid=100&bgc=ff0000", map[[2]int][]float64{{5, 5}: cyan}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := open(t, "quad.png")
			p, err := try(t, m, reply(t, m.Header(), c.text+"&fmt=png"))
			if err != nil {
				t.Fatal(err)
			}
			for q, want := range c.at {
				p.near(t, q[0], q[1], 1, want...)
			}
		})
	}
}

// At comp sharpening works on the view, borders and all; in layer 0 it never sees
// them (r-op-usm, r-op-sharpen).
func TestLayerZeroIsSharpenedByItself(t *testing.T) {
	flatGray := kept(t, drawRGB(t, 40, 30, flat(100, 100, 100)))
	for _, op := range []string{"op_sharpen=1", "op_usm=1,3", "op_usmR=1,3"} {
		border := "&extend=10,10,10,10&bgColor=ffffff&fmt=png"
		rendered(t, flatGray, "layer=0&"+op+border).near(t, 10, 20, 0, 100, 100, 100)
		if v := rendered(t, flatGray, op+border).at(t, 10, 20); v[0] >= 100 {
			t.Errorf("%s at comp leaves the edge to the border at %v, want darker than 100", op, v[0])
		}
	}
	// A step between two grays overshoots on both sides, the same as at comp.
	step := kept(t, drawRGB(t, 40, 30, func(x, _ int) []uint8 { v := uint8(64 + x/20*128); return []uint8{v, v, v} }))
	for _, op := range []string{"op_sharpen=1", "op_usm=2,2", "op_usmR=2,2"} {
		here, there := rendered(t, step, "layer=0&fmt=png&"+op), rendered(t, step, "fmt=png&"+op)
		for _, x := range []int{18, 19, 20, 21} {
			here.near(t, x, 10, 0, there.at(t, x, 10)...)
		}
		if v := here.at(t, 19, 10); v[0] >= 64 {
			t.Errorf("%s: the dark side is %v, want below 64", op, v[0])
		}
	}
	// The layer is scaled before it is sharpened: the step still overshoots by all
	// of the kernel.
	p := rendered(t, step, "layer=0&size=20,0&op_sharpen=1&fmt=png")
	p.size(t, 20, 15)
	if v := p.at(t, 9, 7); v[0] > 40 {
		t.Errorf("the dark side is %v, want 64 less 3/8 of 128 or so", v[0])
	}
}

func TestClipsOfLayerZeroAreInItsOwnPixels(t *testing.T) {
	left := frame("left", 0, 0, .5, 1)
	const box = "layer=0&clipPath=M0,0L100,0L100,100L0,100"
	for _, c := range []struct {
		name, text string
		in, out    [][2]int
	}{
		{"a margin moves it", box + "&extend=50,0,0,0", [][2]int{{50, 50}, {149, 50}}, [][2]int{{49, 50}, {150, 50}}},
		{"at comp it does not", "clipPath=M0,0L100,0L100,100L0,100&extend=50,0,0,0", [][2]int{{50, 50}, {99, 50}}, [][2]int{{100, 50}}},
		{"it is flipped along", box + "&flip=lr", [][2]int{{199, 50}, {100, 50}}, [][2]int{{99, 50}}},
		{"and turned", box + "&rotate=90", [][2]int{{50, 99}}, [][2]int{{50, 100}}},
		{"after the scale", box + "&size=100,50", [][2]int{{99, 49}}, nil},
		{"after the crop", box + "&crop=100,0,100,100", [][2]int{{99, 99}}, nil},
		{"color is clipped", box + "&color=ff00ff", [][2]int{{99, 50}}, [][2]int{{100, 50}}},
		{"bgColor fills behind it", box + "&bgColor=ff00ff", [][2]int{{99, 50}, {100, 50}}, nil},
		{"by embedded paths", "layer=0&clipPathE=left&extend=20,0,0,0", [][2]int{{119, 50}}, [][2]int{{120, 50}, {19, 50}}},
		{"a hole", box + "&clipXPath=M0,0L50,0L50,100L0,100", [][2]int{{50, 50}}, [][2]int{{49, 50}, {100, 50}}},
		{"a cut of another layer does nothing", box + "&layer=comp&clipXPath=M0,0L50,0L50,100L0,100", [][2]int{{49, 50}}, [][2]int{{100, 50}}},
		{"both clips act", box + "&layer=comp&clipPath=M50,0L200,0L200,100L50,100", [][2]int{{50, 50}, {99, 50}}, [][2]int{{49, 50}, {100, 50}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := masked(t, "quad.png", "", "fmt=png-alpha&"+c.text, left)
			for want, points := range map[float64][][2]int{255: c.in, 0: c.out} {
				for _, q := range points {
					if v := p.at(t, q[0], q[1]); v[3] != want {
						t.Errorf("alpha at %v is %v, want %v", q, v[3], want)
					}
				}
			}
		})
	}
}

// Every EXIF orientation shows the same 80x48 quad; what layer 0 does is upright.
func TestLayerZeroIsUpright(t *testing.T) {
	for _, name := range []string{"exif1.jpg", "exif2.jpg", "exif3.jpg", "exif4.jpg", "exif5.jpg", "exif6.jpg", "exif7.jpg", "exif8.jpg"} {
		m := open(t, name)
		p, err := try(t, m, reply(t, m.Header(), "layer=0&clipPath=M0,0L40,0L40,48L0,48&op_invert=1&fmt=png&bgc=102030"))
		if err != nil {
			t.Fatal(err)
		}
		p.near(t, 10, 10, 4, 0, 255, 255)
		p.near(t, 10, 40, 4, 255, 255, 0)
		p.near(t, 60, 10, 4, 16, 32, 48)
	}
}

// A blur of layer 0 is as wide in the reply as one of the composite, whatever was
// shrunk while the source was loaded.
func TestRadiiOfLayerZeroShrinkWithWhatIsLoaded(t *testing.T) {
	for _, text := range []string{"layer=0&op_blur=40&wid=257&fmt=png", "layer=0&op_grow=40&wid=257&fmt=png", "layer=0&op_usm=3,40&wid=257&fmt=png", "layer=0&op_usmR=3,5&wid=257&fmt=png", "layer=0&op_blur=40&rotate=10&wid=257&fmt=png"} {
		full := open(t, "../photos/dogs.jpg")
		r := reply(t, full.Header(), text)
		want, err := try(t, full, r)
		if err != nil {
			t.Fatal(err)
		}
		small := open(t, "../photos/dogs.jpg")
		f := largestLegal(small.Header(), []Reply{r})
		if f != 8 {
			t.Fatalf("%s: shrink is %d, want 8", text, f)
		}
		if err := small.Shrink(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		got, err := try(t, small, r)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range [][2]int{{60, 60}, {128, 200}, {200, 300}} {
			got.near(t, q[0], q[1], 12, want.at(t, q[0], q[1])...)
		}
	}
}
