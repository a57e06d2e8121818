//go:build cgo

package vips

import (
	"fmt"
	"testing"
)

var (
	red   = []float64{255, 0, 0}
	green = []float64{0, 255, 0}
	blue  = []float64{0, 0, 255}
	white = []float64{255, 255, 255}
)

func TestSizesAreExact(t *testing.T) {
	for _, c := range []struct {
		text string
		w, h int
	}{
		{"wid=100&fmt=png", 100, 50},
		{"hei=33&fmt=png", 66, 33},
		{"wid=77&hei=77&fmt=png", 77, 77},
		{"wid=77&hei=77&fit=crop&fmt=png", 77, 77},
		{"wid=77&hei=31&fit=stretch&fmt=png", 77, 31},
		{"wid=77&hei=77&fit=constrain&fmt=png", 77, 39},
		{"scl=3&fmt=png", 67, 33},
		{"scl=0.37&fmt=png", 541, 270},
		{"wid=1&hei=1&fit=stretch&fmt=png", 1, 1},
		{"rotate=90&fmt=png", 100, 200},
		{"rotate=30&fmt=png", 224, 187},
		{"rotate=30&wid=80&fmt=png", 80, 67},
		{"crop=150,50,100,100&fmt=png", 100, 100},
		{"rgn=-10,-10,50,50&wid=25&fmt=png", 25, 25},
		{"fmt=png", 200, 100},
	} {
		t.Run(c.text, func(t *testing.T) { shot(t, "quad.png", c.text).size(t, c.w, c.h) })
	}
}

func TestColoursStayWhereTheyBelong(t *testing.T) {
	for _, c := range []struct {
		text           string
		tl, tr, bl, br []float64
	}{
		{"wid=100", red, green, blue, white},
		{"flip=lr", green, red, white, blue},
		{"flip=ud", blue, white, red, green},
		{"flip=lrud&wid=60", white, blue, green, red},
		{"rotate=90&wid=60", blue, red, white, green},
		{"rotate=180", white, blue, green, red},
		{"rotate=270", green, white, red, blue},
		{"rotate=90&flip=lr", red, blue, green, white},
		{"rotate=90&flip=ud&wid=30", white, green, blue, red},
		{"wid=50&hei=50&fit=stretch", red, green, blue, white},
		{"wid=400&fit=fit,1", red, green, blue, white},
	} {
		t.Run(c.text, func(t *testing.T) {
			p := shot(t, "quad.png", c.text+"&fmt=png")
			w, h := p.as.Width, p.as.Height
			p.near(t, w/4, h/4, 1, c.tl...)
			p.near(t, w*3/4, h/4, 1, c.tr...)
			p.near(t, w/4, h*3/4, 1, c.bl...)
			p.near(t, w*3/4, h*3/4, 1, c.br...)
		})
	}
}

func TestOrientationIsHonouredInEveryGeometry(t *testing.T) {
	for n := 1; n <= 8; n++ {
		name := fmt.Sprintf("exif%d.jpg", n)
		t.Run(name, func(t *testing.T) {
			p := shot(t, name, "fmt=png")
			p.size(t, 80, 48)
			p.near(t, 20, 12, 3, red...)
			p.near(t, 60, 12, 3, green...)
			p.near(t, 20, 36, 3, blue...)
			p.near(t, 60, 36, 3, white...)
			if o := p.decoded(t).Orientation(); o > 1 {
				t.Errorf("the reply carries orientation %d", o)
			}

			p = shot(t, name, "crop=40,0,40,24&wid=20&fmt=png")
			p.size(t, 20, 12)
			p.near(t, 10, 6, 3, green...)

			p = shot(t, name, "rotate=90&rgn=0,0,24,40&flip=lr&fmt=png")
			p.size(t, 24, 40)
			p.near(t, 12, 20, 3, red...)

			p = shot(t, name, "rotate=45&fmt=png")
			p.near(t, p.as.Width/2, p.as.Height/2-10, 3, red...)
			p.near(t, p.as.Width/2+10, p.as.Height/2, 3, green...)
		})
	}
}
