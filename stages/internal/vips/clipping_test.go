//go:build cgo

package vips

import (
	"math"
	"testing"

	"github.com/exportd/exportd/engine/modifier"
)

// frame is a rectangle in fractions of the source.
func frame(name string, x0, y0, x1, y1 float64) modifier.EmbeddedPath {
	p := func(op byte, x, y float64) modifier.PathStep {
		return modifier.PathStep{Op: op, Points: []modifier.Point{{X: x, Y: y}}}
	}
	return modifier.EmbeddedPath{Name: name, Steps: []modifier.PathStep{p('M', x0, y0), p('L', x1, y0), p('L', x1, y1), p('L', x0, y1), {Op: 'Z'}}}
}

// Quad.png has 200x100 pixels.
func TestClips(t *testing.T) {
	ring := frame("ring", 0, 0, 1, 1)
	ring.Steps = append(ring.Steps, frame("", .25, .25, .75, .75).Steps...)
	paths := []modifier.EmbeddedPath{frame("left", 0, 0, .5, 1), frame("top", 0, 0, 1, .5), ring}
	const box = "clipPath=M50,25L150,25L150,75L50,75Z"
	for _, c := range []struct {
		name, text string
		in, out    [][2]int
	}{
		{"path data", box, [][2]int{{50, 25}, {149, 74}}, [][2]int{{49, 25}, {50, 24}, {150, 74}, {149, 75}}},
		{"sub-paths close themselves", "clipPath=M50,25L150,25,150,75,50,75", [][2]int{{50, 50}}, [][2]int{{49, 50}}},
		{"relative data", "clipPath=m50,25l100,0,0,50,-100,0", [][2]int{{149, 74}}, [][2]int{{150, 74}}},
		{"composite pixels, whatever the reply's", box + "&wid=100", [][2]int{{25, 13}, {74, 36}}, [][2]int{{24, 20}, {75, 20}}},
		{"after the crop", box + "&crop=50,0,150,100", [][2]int{{50, 25}, {149, 74}}, [][2]int{{49, 25}}},
		{"after the flip", "clipPath=M0,0L10,0L10,100L0,100&flip=lr", [][2]int{{9, 50}}, [][2]int{{190, 50}, {10, 50}}},
		{"after the turn", "clipPath=M0,0L100,0L100,10L0,10&rotate=90", [][2]int{{99, 9}}, [][2]int{{99, 10}}},
		{"a region moves it", box + "&rgn=40,20,100,60", [][2]int{{10, 5}, {99, 54}}, [][2]int{{9, 5}, {10, 4}, {99, 55}}},
		{"in the middle of a view", box + "&wid=400&hei=200", [][2]int{{150, 75}, {249, 124}}, [][2]int{{149, 75}, {250, 124}}},
		{"a hole", box + "&clipXPath=M90,40L110,40L110,60L90,60", [][2]int{{89, 50}, {110, 50}}, [][2]int{{90, 40}, {109, 59}, {40, 50}}},
		{"a cut alone does nothing", "clipXPath=M90,40L110,40L110,60L90,60", [][2]int{{90, 50}}, nil},
		{"far outside", "clipPath=M2000000000,0L2000000001,0L2000000000,9", nil, [][2]int{{0, 0}, {199, 99}}},
		{"far around", "clipPath=M-2000000000,-2000000000L2000000000,-2000000000,2000000000,2000000000,-2000000000,2000000000", [][2]int{{0, 0}, {199, 99}}, nil},
		{"embedded", "clipPathE=left", [][2]int{{0, 0}, {99, 99}}, [][2]int{{100, 50}}},
		{"embedded ones have a common part", "clipPathE=left,top", [][2]int{{99, 49}}, [][2]int{{100, 10}, {10, 50}}},
		{"unknown names are ignored", "clipPathE=nobody,left", [][2]int{{99, 99}}, [][2]int{{100, 50}}},
		{"only unknown names", "clipPathE=nobody&clipXPathE=left", [][2]int{{10, 10}, {190, 90}}, nil},
		{"embedded follow crop and flip", "clipPathE=left&crop=50,0,150,100&flip=lr", [][2]int{{100, 50}, {149, 50}}, [][2]int{{99, 50}}},
		{"embedded follow the turn", "clipPathE=left&rotate=90", [][2]int{{50, 99}}, [][2]int{{50, 100}}},
		{"embedded follow the scale", "clipPathE=left&wid=50", [][2]int{{24, 12}}, [][2]int{{25, 12}}},
		{"inner sub-paths are holes", "clipPathE=ring", [][2]int{{49, 50}, {150, 50}}, [][2]int{{50, 25}, {149, 74}}},
		{"embedded cut", "clipPathE=left&clipXPathE=top", [][2]int{{99, 50}}, [][2]int{{99, 49}, {100, 50}}},
		{"both kinds", box + "&clipPathE=left", [][2]int{{99, 50}}, [][2]int{{100, 50}, {49, 50}}},
		{"crop to a path and clip", "cropPathE=top&clipPath=M0,0L10,0L10,50L0,50", [][2]int{{9, 49}}, [][2]int{{10, 40}}},
		{"a region outside the crop is empty", "cropPathE=left&rgn=0,0,200,100", [][2]int{{99, 50}}, [][2]int{{100, 50}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := masked(t, "quad.png", "", "fmt=png-alpha&"+c.text, paths...)
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

func TestClipsShareTheAlphaTheyFind(t *testing.T) {
	source := plain(t, 64, 32, []byte{9, 9, 9, 102}, []byte{9, 9, 9, 255})
	p := masked(t, source, "", "fmt=png-alpha&clipPath=M0,0L64,0L64,16.5L0,16.5")
	p.near(t, 10, 10, 0, 9, 9, 9, 102)
	p.near(t, 50, 16, 1, 9, 9, 9, 128) // half of the pixel
	p.near(t, 10, 16, 1, 9, 9, 9, 51)
	// Without alpha in the format the background shows.
	p = masked(t, "quad.png", "", "fmt=png&bgc=102030&clipPath=M0,0L50,0L50,100L0,100")
	p.near(t, 49, 10, 0, red...)
	p.near(t, 50, 10, 0, 16, 32, 48)
}

func TestACurveCoversItsArea(t *testing.T) {
	// A circle of radius 40 out of four cubics: π·40² pixels.
	steps, err := modifier.ParsePath("M90,50C90,72.09,72.09,90,50,90C27.91,90,10,72.09,10,50C10,27.91,27.91,10,50,10C72.09,10,90,27.91,90,50Z")
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, v := range outline(modifier.Size{W: 100, H: 100}, steps).pix {
		sum += float64(v) / 255
	}
	if want := math.Pi * 40 * 40; math.Abs(sum-want) > want*0.002 {
		t.Errorf("the circle covers %.1f pixels, want %.1f", sum, want)
	}
}

func TestEverythingOfAReplyIsShrunkAlike(t *testing.T) {
	m := open(t, "baseline.jpg")
	plain := reply(t, m.Header(), "wid=40")
	clipped := reply(t, m.Header(), "wid=40&clipPath=M0,0L10,0L10,10&clipPathE=a")
	if a, b := Shrink(m.Header(), []Reply{plain}), Shrink(m.Header(), []Reply{clipped}); a != b {
		t.Errorf("clipping changes the shrink from %d to %d", a, b)
	}
}
