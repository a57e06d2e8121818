//go:build cgo

package vips

import (
	"context"
	"math"
	"testing"

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
		if got := Shrink(c.h, replies); got != c.want {
			t.Errorf("%s: shrink %d, want %d", c.name, got, c.want)
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
		f := Shrink(m.Header(), []Reply{r})
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
