//go:build cgo

package vips

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	govips "github.com/davidbyttow/govips/v2/vips"
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

// retagged saves a picture as format with EXIF orientation o, its pixels as stored.
func retagged(t *testing.T, path, format string, o int) string {
	t.Helper()
	ref, err := govips.LoadImageFromFile(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ref.Close()
	if err := ref.SetOrientation(o); err != nil {
		t.Fatal(err)
	}
	var data []byte
	switch format {
	case "png":
		data, _, err = ref.ExportPng(&govips.PngExportParams{Compression: 1})
	case "webp":
		data, _, err = ref.ExportWebp(&govips.WebpExportParams{Lossless: true})
	case "tiff":
		data, _, err = ref.ExportTiff(nil)
	case "jpeg":
		data, _, err = ref.ExportJpeg(&govips.JpegExportParams{Quality: 95})
	case "avif":
		data, _, err = ref.ExportAvif(&govips.AvifExportParams{Quality: 95, Effort: 1})
	}
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "retagged."+format)
	if err := os.WriteFile(out, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestOrientationIsHonouredInEveryFormat(t *testing.T) {
	for _, format := range []string{"png", "webp", "tiff", "jpeg"} {
		for o := 1; o <= 8; o++ {
			path := retagged(t, fmt.Sprintf("%sexif%d.jpg", made, o), format, o)
			p := shot(t, path, "wid=40&fmt=png")
			p.size(t, 40, 24)
			p.near(t, 10, 6, 3, red...)
			p.near(t, 30, 6, 3, green...)
			p.near(t, 10, 18, 3, blue...)
		}
	}
}

func TestAVIF(t *testing.T) {
	p := shot(t, retagged(t, made+"quad.png", "avif", 1), "rotate=90&wid=50&fmt=png")
	p.size(t, 50, 100)
	p.near(t, 37, 25, 12, red...)
}

func TestSharpeningKeepsFlatAreasAndOvershootsAtEdges(t *testing.T) {
	path := scene(t, "png", 64, 64, false)
	for name, text := range map[string]string{"grad.png": "crop=0,0,200,64", path: "wid=64"} {
		plain, sharp := shot(t, name, text+"&fmt=png"), shot(t, name, text+"&op_sharpen=1&fmt=png")
		if mean, most := difference(t, plain, sharp); mean > 6 || most > 60 {
			t.Errorf("%s changed by %.2f, at most %v", name, mean, most)
		}
	}
	sharp := shot(t, "bilevel.tif", "crop=0,0,8,8&wid=8&hei=12&bgc=100,100,100&op_sharpen=1&fmt=png")
	sharp.near(t, 4, 6, 0, 255)
	sharp.near(t, 4, 0, 0, 100)
	sharp.near(t, 4, 1, 0, 42) // 100 - 3*(255-100)/8
}
