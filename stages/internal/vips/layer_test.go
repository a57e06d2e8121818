//go:build cgo

package vips

import (
	"context"
	"fmt"
	"testing"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
)

// spot is what a pixel of a reply should be.
type spot struct {
	x, y int
	want []float64
}

var ink = []float64{1, 2, 3}

// quad.png is 200x100: red, green, blue, white, a quarter each.
func TestLayersOfASinglePicture(t *testing.T) {
	for _, c := range []struct {
		text  string
		w, h  int
		spots []spot
	}{
		{"size=100,0", 100, 50, []spot{{25, 12, red}, {75, 12, green}, {25, 37, blue}, {75, 37, white}}},
		{"size=400,400", 400, 200, []spot{{100, 50, red}, {300, 150, white}}},
		{"scale=0.5&wid=25", 25, 13, []spot{{6, 3, red}, {18, 9, white}}},
		{"size=100,0&rgn=25,0,50,50&wid=30&fit=fit,1", 30, 30, []spot{{7, 7, red}, {22, 7, green}, {7, 22, blue}}},
		{"size=100,0&rotate=90", 50, 100, []spot{{12, 25, blue}, {37, 25, red}, {37, 75, green}}},

		{"size=400,400&rotate=30", 447, 374, []spot{{162, 94, red}, {335, 194, green}, {1, 1, white}}},
		{"layer=0&size=400,400&rotate=30&flip=lr", 447, 374, []spot{{162, 94, green}, {335, 194, red}}},

		{"extend=10,20,30,40&bgColor=1,2,3", 240, 160, []spot{{5, 80, ink}, {60, 45, red}, {160, 95, white}, {235, 155, ink}, {120, 10, ink}}},
		{"extend=10,20,30,40&bgc=1,2,3", 240, 160, []spot{{5, 80, ink}, {60, 45, red}}},
		{"extendN=.5,0,0,1&bgColor=1,2,3", 300, 200, []spot{{50, 50, ink}, {150, 25, red}, {150, 150, ink}}},
		{"extend=-100,0,0,0", 100, 100, []spot{{50, 25, green}, {50, 75, white}}},
		{"extend=-100,0,0,0&rgn=-50,0,150,100&bgc=1,2,3", 150, 100, []spot{{25, 25, ink}, {100, 25, green}}}, // what is cut stays cut
		{"extend=50,0,0,0&bgColor=1,2,3&flip=lr", 250, 100, []spot{{225, 50, ink}, {50, 25, green}, {150, 25, red}}},
		{"layer=0&extend=50,0,0,0&bgColor=1,2,3&flip=lr", 250, 100, []spot{{25, 50, ink}, {100, 25, green}, {200, 25, red}}},
		{"extend=50,0,0,0&bgColor=1,2,3&wid=125", 125, 50, []spot{{10, 25, ink}, {50, 12, red}, {100, 37, white}}},
		{"size=400,0&rotate=90&extend=10,0,0,0&bgColor=1,2,3", 210, 400, []spot{{5, 200, ink}, {60, 100, blue}, {160, 100, red}, {160, 300, green}}},
		{"crop=-20,0,220,100&bgColor=1,2,3&color=9,9,9", 220, 100, []spot{{10, 50, ink}, {70, 25, red}}},

		{"layer=0&rotate=90&flip=lr", 100, 200, []spot{{25, 50, white}, {75, 50, green}, {25, 150, blue}, {75, 150, red}}},
		{"rotate=90&flip=lr", 100, 200, []spot{{25, 50, red}, {75, 50, blue}, {25, 150, green}, {75, 150, white}}},
		{"layer=0&rotate=90&flip=ud&layer=comp&flip=ud", 100, 200, []spot{{25, 50, green}, {75, 50, white}}},

		{"hide=1&bgc=1,2,3", 200, 100, []spot{{50, 25, ink}, {150, 75, ink}}},
		{"opac=50", 200, 100, []spot{{50, 25, []float64{255, 127, 127}}, {150, 75, white}}},
		{"opac=0&bgc=1,2,3", 200, 100, []spot{{50, 25, ink}}},
		{"layer=0&opac=50&color=0,0,0", 200, 100, []spot{{50, 25, []float64{128, 0, 0}}}},
		{"layer=0&opac=50&bgColor=0,0,0&extend=10,0,0,0", 210, 100, []spot{{60, 25, []float64{128, 0, 0}}, {5, 5, []float64{0, 0, 0}}}},

		{"rect=50,25,100,50", 100, 50, []spot{{25, 12, red}, {75, 12, green}, {25, 37, blue}, {75, 37, white}}},
		{"rect=-10,0,50,60&bgc=1,2,3", 50, 60, []spot{{5, 25, ink}, {20, 25, red}, {20, 55, blue}}},
		{"wid=100&hei=100&fit=crop&rect=-50,0,200,100&bgc=1,2,3", 200, 100, []spot{{25, 25, ink}, {75, 25, red}, {125, 25, green}, {175, 25, ink}}},
		{"rect=50,25,100,50,0.5&bgc=1,2,3", 100, 50, []spot{{25, 12, white}, {75, 12, ink}, {25, 40, ink}}}, // of a view of 100x50 a quarter is left
		{"rect=1000,0,10,10&bgc=1,2,3", 10, 10, []spot{{5, 5, ink}}},

		{"perspective=0,0,200,0,200,100,0,100", 200, 100, []spot{{50, 25, red}, {150, 25, green}, {50, 75, blue}, {98, 48, red}, {101, 51, white}}},
		{"perspective=50,25,150,25,150,75,50,75&bgc=1,2,3", 200, 100, []spot{{25, 50, ink}, {75, 37, red}, {125, 37, green}, {75, 62, blue}, {100, 90, ink}}},
		{"perspectiveN=.75,.25,.25,.25,.25,.75,.75,.75&bgc=1,2,3", 200, 100, []spot{{75, 37, green}, {125, 37, red}, {75, 62, white}}},
		// The diagonals of this trapezoid meet at 100, 33.3, which is the middle of the picture.
		{"perspective=50,0,150,0,200,100,0,100&bgc=1,2,3", 200, 100, []spot{{90, 28, red}, {110, 28, green}, {90, 39, blue}, {5, 5, ink}, {10, 95, blue}}},
		{"perspective=50,0,150,0,200,100,0,100,R1&bgc=1,2,3&wid=100", 100, 50, []spot{{45, 14, red}, {55, 14, green}, {45, 20, blue}}},
		{"perspective=50,0,150,0,200,100,0,100,R2&flip=ud&extend=10,0,0,0&bgColor=1,2,3", 210, 100, []spot{{100, 71, red}, {5, 50, ink}, {100, 60, blue}}},
		{"layer=0&flip=lr&perspective=50,0,150,0,200,100,0,100", 200, 100, []spot{{90, 28, green}, {110, 28, red}}},
		{"rotate=30&color=9,9,9&bgc=1,2,3", 224, 187, []spot{{1, 1, ink}}},
		{"rotate=30&bgColor=1,2,3", 224, 187, []spot{{1, 1, ink}}},
		{"rotate=30&rgn=-20,0,100,187&bgColor=1,2,3&bgc=9,9,9", 100, 187, []spot{{10, 1, []float64{9, 9, 9}}, {30, 1, ink}}},
	} {
		t.Run(c.text, func(t *testing.T) {
			p := shot(t, "quad.png", c.text+"&fmt=png")
			p.size(t, c.w, c.h)
			for _, s := range c.spots {
				p.near(t, s.x, s.y, 1, s.want...)
			}
		})
	}
}

func TestMarginsOfATurnedPictureMoveIt(t *testing.T) {
	for _, flip := range []string{"", "&flip=lrud", "&layer=0&flip=lr"} {
		plain := shot(t, "quad.png", "rotate=30&bgc=1,2,3&fmt=png"+flip)
		wide := shot(t, "quad.png", "rotate=30&extend=10,10,10,10&bgColor=1,2,3&fmt=png"+flip)
		wide.size(t, 244, 207)
		for _, at := range [][2]int{{112, 40}, {60, 80}, {112, 93}, {150, 120}, {3, 3}} {
			wide.near(t, at[0]+10, at[1]+10, 1, plain.at(t, at[0], at[1])...)
		}
	}
}

func TestLayersHonourOrientation(t *testing.T) {
	for n := 1; n <= 8; n++ {
		name := fmt.Sprintf("exif%d.jpg", n)
		p := shot(t, name, "size=40,0&extend=4,0,0,0&bgColor=0,0,0&fmt=png")
		p.size(t, 44, 24)
		for _, s := range []spot{{14, 6, red}, {34, 6, green}, {14, 18, blue}, {1, 12, []float64{0, 0, 0}}} {
			p.near(t, s.x, s.y, 3, s.want...)
		}
		p = shot(t, name, "perspective=0,0,40,0,40,24,0,24&bgc=0,0,0&fmt=png")
		p.near(t, 10, 6, 3, red...)
		p.near(t, 30, 6, 3, green...)
		p.near(t, 10, 18, 3, blue...)
		p.near(t, 60, 40, 0, 0, 0, 0)
	}
}

// rgba.png is 160x120: clear on the left, half blue on the right, a red disc.
func TestFillsLieBehindTransparency(t *testing.T) {
	for _, c := range []struct {
		text  string
		spots []spot
	}{
		{"color=0,255,0", []spot{{4, 4, []float64{0, 255, 0, 255}}, {156, 4, []float64{0, 127, 128, 255}}, {80, 60, []float64{255, 0, 0, 255}}}},
		// 128 + 127/255*128 is 191.75; of it 63.75 are red and 128 blue.
		{"color=255,0,0,128", []spot{{4, 4, []float64{255, 0, 0, 128}}, {156, 4, []float64{85, 0, 170, 192}}}},
		{"bgColor=255,0,0,128", []spot{{4, 4, []float64{255, 0, 0, 128}}, {156, 4, []float64{85, 0, 170, 192}}}},
		{"extend=10,0,0,0&color=0,255,0", []spot{{5, 5, []float64{0, 0, 0, 0}}, {14, 4, []float64{0, 255, 0, 255}}}},
		{"extend=10,0,0,0&bgColor=0,255,0&opac=50", []spot{{5, 5, []float64{0, 255, 0, 128}}, {90, 60, []float64{255, 0, 0, 128}}}},
		{"rotate=45&color=0,255,0", []spot{{1, 1, []float64{0, 0, 0, 0}}, {99, 99, []float64{255, 0, 0, 255}}}},
		{"color=0,0,0,0&bgColor=0,0,0,0", []spot{{4, 4, []float64{0, 0, 0, 0}}}},
	} {
		p := shot(t, "rgba.png", c.text+"&fmt=png-alpha")
		for _, s := range c.spots {
			got := p.at(t, s.x, s.y)
			if s.want[3] == 0 {
				if got[3] != 0 {
					t.Errorf("%s: %v is %v, want clear", c.text, s, got)
				}
				continue
			}
			p.near(t, s.x, s.y, 1, s.want...)
		}
	}
	for _, name := range []string{"cmyk.tif", "gray16.png", "gray.png"} {
		shot(t, name, "extend=10,0,0,0&bgColor=255,0,0&fmt=png,rgb").near(t, 5, 5, 0, red...)
	}
	shot(t, "cmyk.tif", "extend=10,0,0,0&bgColor=0,50,100,0k&fmt=tif").near(t, 5, 5, 1, 0, 128, 255, 0)
}

func TestTilesFitWithoutASeam(t *testing.T) {
	path := scene(t, "png", 64, 64, false)
	for _, text := range []string{"wid=40&hei=40&op_sharpen=1", "wid=40", "rotate=20&op_sharpen=1&wid=40"} {
		whole := shot(t, path, text+"&fmt=png")
		for _, tile := range [][2]int{{0, 0}, {16, 16}, {24, 0}} {
			p := shot(t, path, fmt.Sprintf("%s&rect=%d,%d,16,16&fmt=png", text, tile[0], tile[1]))
			for y := 0; y < 16; y += 5 {
				for x := 0; x < 16; x += 5 {
					p.near(t, x, y, 0, whole.at(t, x+tile[0], y+tile[1])...)
				}
			}
		}
	}
}

func TestARecordGivesDensityResolutionAndAnchor(t *testing.T) {
	record := &asset.Asset{Record: asset.Record{PrintResolution: 300, Resolution: 200, Anchor: "10,10"}}
	header := Header{Size: modifier.Size{W: 800, H: 600}}
	for _, c := range []struct {
		text    string
		of      *asset.Asset
		density float64
		view    modifier.Size
	}{
		{"fmt=png", record, 300, modifier.Size{W: 800, H: 600}},
		{"printRes=150", record, 150, modifier.Size{W: 800, H: 600}},
		{"printRes=150", nil, 150, modifier.Size{W: 800, H: 600}},
		{"fmt=png", nil, 0, modifier.Size{W: 800, H: 600}},
		{"res=50", record, 300, modifier.Size{W: 200, H: 150}},
	} {
		ask, err := NewAsk(map[string]any{"modifier": c.text}, modifier.DefaultAttributes())
		if err != nil {
			t.Fatal(err)
		}
		r, _, err := ask.Reply(c.of, header, false)
		if err != nil || r.Density != c.density || r.Geometry.View != c.view {
			t.Errorf("%s: %v %v, %v", c.text, r.Density, r.Geometry.View, err)
		}
	}
	ask, _ := NewAsk(map[string]any{"modifier": "res=50"}, modifier.DefaultAttributes())
	if _, _, err := ask.Reply(nil, header, false); codeOf(err) != diag.CommandValue {
		t.Errorf("res without a Resolution: %v", err)
	}
}

func TestTheDensityOfTheReplyIsPrintRes(t *testing.T) {
	for _, format := range []string{"png", "jpeg", "tif"} {
		m := open(t, "quad.png")
		r := reply(t, m.Header(), "printRes=150&fmt="+format)
		r.Density = 150
		p, err := try(t, m, r)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.decoded(t).ResX() * 25.4; got < 149.9 || got > 150.1 {
			t.Errorf("%s: %v dpi", format, got)
		}
	}
}

// A shrunk load gives layers that a full load gives, but for the filter.
func TestShrunkLayersLookTheSame(t *testing.T) {
	path := scene(t, "jpeg", 800, 1200, false)
	for _, text := range []string{"size=100,0&extend=5,5,5,5&bgColor=0,0,0", "size=90,0&rotate=20", "perspective=10,0,90,0,100,100,0,100", "scale=.5&wid=100&rect=0,0,50,50"} {
		full := shot(t, path, text+"&fmt=png")
		m := open(t, path)
		r := reply(t, m.Header(), text+"&fmt=png")
		f := Shrink(m.Header(), []Reply{r})
		if f == 1 {
			t.Errorf("%s: nothing is shrunk", text)
		}
		if err := m.Shrink(context.Background(), f); err != nil {
			t.Fatal(err)
		}
		quick, err := try(t, m, r)
		if err != nil {
			t.Fatal(err)
		}
		if mean, most := difference(t, full, quick); mean > 1 || most > 24 {
			t.Errorf("%s at 1/%d: differs by %.2f on average, %v at most", text, f, mean, most)
		}
	}
}
