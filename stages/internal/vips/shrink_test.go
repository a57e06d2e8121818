//go:build cgo

package vips

import (
	"bytes"
	"context"
	"math"
	"os"
	"path/filepath"
	"testing"

	govips "github.com/davidbyttow/govips/v2/vips"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/modifier"
)

func TestShrinkIsLegalOnlyWhereNobodyCanTell(t *testing.T) {
	jpeg := func(w, h, o int) Header {
		stored := modifier.Size{W: w, H: h}
		return Header{Format: asset.FormatJPEG, Stored: stored, Size: orientationPose(o).size(stored), Orientation: o, Pages: 1}
	}
	webp, png, alpha := jpeg(800, 800, 1), jpeg(800, 800, 1), jpeg(800, 800, 1)
	webp.Format, alpha.Format, png.Format = asset.FormatWebP, asset.FormatWebP, asset.FormatPNG
	alpha.Alpha = true
	for _, c := range []struct {
		name  string
		h     Header
		texts []string
		want  int
	}{
		{"a tenth", jpeg(1000, 1000, 1), []string{"wid=100"}, 8},
		{"exactly an eighth", jpeg(800, 800, 1), []string{"wid=100"}, 8},
		{"just over an eighth", jpeg(800, 800, 1), []string{"wid=101"}, 4},
		{"half", jpeg(800, 800, 1), []string{"wid=400"}, 2},
		{"over half", jpeg(800, 800, 1), []string{"wid=401"}, 1},
		{"as it is", jpeg(800, 800, 1), []string{"fmt=jpeg"}, 1},
		{"odd, the floor decides", jpeg(1999, 1333, 1), []string{"wid=1000"}, 1},
		{"odd, just under", jpeg(1999, 1333, 1), []string{"wid=999&hei=666&fit=stretch"}, 2},
		{"the larger consumer decides", jpeg(800, 800, 1), []string{"wid=100", "wid=390"}, 2},
		{"one consumer takes all", jpeg(800, 800, 1), []string{"wid=100", "fmt=png"}, 1},
		{"stretched on one axis", jpeg(800, 800, 1), []string{"wid=100&hei=800&fit=stretch"}, 1},
		{"crop on the grid", jpeg(800, 800, 1), []string{"crop=80,80,640,640&wid=80"}, 8},
		{"crop off the grid of 8", jpeg(800, 800, 1), []string{"crop=84,80,640,640&wid=80"}, 4},
		{"crop off every grid", jpeg(800, 800, 1), []string{"crop=81,80,640,640&wid=80"}, 1},
		{"crop in a source that does not divide", jpeg(801, 800, 1), []string{"crop=80,80,640,640&wid=80"}, 1},
		{"crop reaching out", jpeg(800, 800, 1), []string{"crop=-80,0,960,800&wid=80"}, 8},
		{"rgn on the grid", jpeg(800, 800, 1), []string{"rgn=80,80,640,640&wid=80"}, 8},
		{"turned", jpeg(800, 400, 1), []string{"rotate=90&wid=50"}, 8},
		{"turned a little", jpeg(800, 400, 1), []string{"rotate=10&wid=100"}, 8},
		{"turned a little, not scaled", jpeg(800, 400, 1), []string{"rotate=10"}, 1},
		{"lying", jpeg(400, 800, 6), []string{"wid=100"}, 8},
		{"lying, by the stored axes", jpeg(400, 800, 6), []string{"wid=100&hei=400&fit=stretch"}, 1},
		{"sharpened", jpeg(800, 800, 1), []string{"wid=100&op_sharpen=1"}, 8},
		{"webp", webp, []string{"wid=100"}, 8},
		{"webp with alpha", alpha, []string{"wid=100"}, 1},
		{"png", png, []string{"wid=100"}, 1},
		{"a layer of an eighth", jpeg(800, 800, 1), []string{"size=100,0"}, 8},
		{"a layer of half, scaled on", jpeg(800, 800, 1), []string{"scale=0.5&wid=100"}, 8},
		{"an enlarged layer", jpeg(800, 800, 1), []string{"size=1600,0"}, 1},
		{"a layer of an eighth with margins", jpeg(800, 800, 1), []string{"size=100,0&extend=5,5,5,5&bgColor=0"}, 8},
		{"margins on the grid", jpeg(800, 800, 1), []string{"extend=80,80,80,80&wid=120"}, 8},
		{"margins off the grid", jpeg(800, 800, 1), []string{"extend=5,5,5,5&wid=100"}, 1},
		{"a crop off the grid that margins complete", jpeg(800, 800, 1), []string{"crop=1,0,799,800&extend=1,0,0,0&wid=100"}, 1},
		{"perspective into a small place", jpeg(800, 800, 1), []string{"perspective=0,0,100,0,100,100,0,100"}, 4},
		{"perspective over all", jpeg(800, 800, 1), []string{"perspectiveN=0,0,1,0,1,1,0,1"}, 1},
		{"layer 0 flipped and turned", jpeg(800, 800, 1), []string{"layer=0&flip=lr&rotate=90&wid=100"}, 8},
		{"a tile of the view", jpeg(800, 800, 1), []string{"wid=100&rect=0,0,50,50"}, 8},
		{"a tile of a larger view", jpeg(800, 800, 1), []string{"wid=100&rect=0,0,50,50,4"}, 2},
		{"a layer turned a little", jpeg(800, 800, 1), []string{"size=100,0&rotate=10&extend=3,3,3,3"}, 8},
		{"nobody asks", jpeg(800, 800, 1), nil, 1},
	} {
		var replies []Reply
		for _, text := range c.texts {
			replies = append(replies, reply(t, c.h, text))
		}
		if got := largestLegal(c.h, replies); got != c.want {
			t.Errorf("%s: shrink %d, want %d", c.name, got, c.want)
		}
	}
}

// The decoder's own shrink is blunter than the resize, so the resize keeps
// something to do; on both axes.
func TestShrinkLeavesTheResizeEnoughToDo(t *testing.T) {
	for _, c := range []struct {
		wide, high int
		text       string
		want       int
	}{
		{800, 800, "wid=89", 4},
		{800, 800, "wid=88", 8},
		{800, 800, "wid=100", 4},
		{800, 800, "wid=160", 4},
		{800, 800, "wid=161", 2},
		{800, 800, "wid=266", 2},
		{800, 800, "wid=267", 1},
		{800, 800, "wid=400", 1},
		{800, 400, "wid=88&hei=80&fit=stretch", 4},
		{4352, 2448, "wid=1000", 2},
		{5120, 2880, "wid=1000", 4},
		{8000, 8000, "crop=0,0,4000,4000&wid=800", 4},
	} {
		stored := modifier.Size{W: c.wide, H: c.high}
		h := Header{Format: asset.FormatJPEG, Stored: stored, Size: stored, Orientation: 1, Pages: 1}
		if got := Shrink(h, []Reply{reply(t, h, c.text)}); got != c.want {
			t.Errorf("%dx%d, %s: shrink %d, want %d", c.wide, c.high, c.text, got, c.want)
		}
	}
}

// A picture whose size the shrink does not divide is not stretched: a line lies
// where it lies in a full load. It is at 8/10 of the width; a stretch by the part
// of a pixel that is lost at the edge would move it by 0.4 pixels of the reply.
func TestShrinkDoesNotStretch(t *testing.T) {
	const w, h, at = 1207, 1207, 960
	pixels := bytes.Repeat([]byte{230}, w*h*3)
	for y := range h {
		for x := at; x < at+24; x++ {
			copy(pixels[3*(y*w+x):], []byte{20, 20, 20})
			copy(pixels[3*(x*w+y):], []byte{20, 20, 20})
		}
	}
	ref, err := govips.NewImageFromMemory(pixels, w, h, 3, govips.BandFormatUchar, govips.InterpretationSRGB)
	if err != nil {
		t.Fatal(err)
	}
	defer ref.Close()
	data, _, err := ref.ExportJpeg(&govips.JpegExportParams{Quality: 95})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "line.jpg")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, f := range []int{2, 4, 8} {
		m := open(t, path)
		r := reply(t, m.Header(), "wid=120&hei=120&fit=stretch&fmt=png")
		if err := m.Shrink(t.Context(), f); err != nil {
			t.Fatal(err)
		}
		p, err := try(t, m, r)
		if err != nil {
			t.Fatal(err)
		}
		row, err := p.decoded(t).ToBytes()
		if err != nil {
			t.Fatal(err)
		}
		for axis, step := range map[string]int{"across": 3, "down": 3 * 120} {
			from := 3 * 60 * 120 // the middle row
			if axis == "down" {
				from = 3 * 60
			}
			var weight, sum float64
			for i := range 120 {
				dark := 230 - float64(row[from+i*step])
				if dark > 8 {
					weight, sum = weight+dark, sum+dark*(float64(i)+0.5)
				}
			}
			want := (at + 12.0) * 120 / w
			if got := sum / weight; math.Abs(got-want) > 0.1 {
				t.Errorf("at 1/%d the line %s is at %.2f, want %.2f", f, axis, got, want)
			}
		}
	}
}

// A shrunk load gives the picture that a full load gives, but for the filter.
func TestShrunkPicturesLookTheSame(t *testing.T) {
	for i, c := range []struct{ format, text string }{
		{"jpeg", "wid=100"}, {"jpeg", "wid=190"}, {"jpeg", "wid=390"}, {"jpeg", "rotate=90&wid=90"}, {"jpeg", "rotate=20&wid=150"},
		{"jpeg", "crop=80,160,640,400&wid=80"}, {"jpeg", "crop=-80,-80,960,1400&wid=80"}, {"jpeg", "flip=ud&wid=50&hei=60&fit=crop"}, {"webp", "wid=100"}, {"pjpeg", "wid=100"},
	} {
		path := scene(t, c.format, 800, 1200, false)
		if c.format == "jpeg" {
			path = retagged(t, path, "jpeg", 1+i%8)
		}
		full := shot(t, path, c.text+"&fmt=png")
		m := open(t, path)
		r := reply(t, m.Header(), c.text+"&fmt=png")
		f := largestLegal(m.Header(), []Reply{r})
		if f == 1 {
			t.Errorf("%v: nothing is shrunk", c)
		}
		if err := m.Shrink(context.Background(), f); err != nil {
			t.Fatal(err)
		}
		quick, err := try(t, m, r)
		if err != nil {
			t.Fatal(err)
		}
		if mean, most := difference(t, full, quick); mean > 1 || most > 24 {
			t.Errorf("%v at 1/%d: differs by %.2f on average, %v at most", c, f, mean, most)
		} else {
			t.Logf("%v at 1/%d: differs by %.2f on average, %v at most", c, f, mean, most)
		}
	}
}

// difference is the mean and the largest difference of two replies, in levels.
func difference(t *testing.T, a, b picture) (mean, most float64) {
	t.Helper()
	p, err := a.decoded(t).ToBytes()
	if err != nil {
		t.Fatal(err)
	}
	q, err := b.decoded(t).ToBytes()
	if err != nil {
		t.Fatal(err)
	}
	if len(p) != len(q) {
		t.Fatalf("%d bytes against %d", len(p), len(q))
	}
	for i := range p {
		d := math.Abs(float64(p[i]) - float64(q[i]))
		mean, most = mean+d, max(most, d)
	}
	return mean / float64(len(p)), most
}
