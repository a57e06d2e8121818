//go:build cgo

package vips

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	govips "github.com/davidbyttow/govips/v2/vips"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
)

// plain writes a picture of one colour whose left half, in its last band, has
// another value; it gives the file's path.
func plain(t *testing.T, w, h int, left, right []byte) string {
	t.Helper()
	pix := make([]byte, 0, w*h*len(left))
	for i := range w * h {
		if i%w < w/2 {
			pix = append(pix, left...)
		} else {
			pix = append(pix, right...)
		}
	}
	space := govips.InterpretationSRGB
	if len(left) < 3 {
		space = govips.InterpretationBW
	}
	ref, err := govips.NewImageFromMemory(pix, w, h, len(left), govips.BandFormatUchar, space)
	if err != nil {
		t.Fatal(err)
	}
	defer ref.Close()
	data, _, err := ref.ExportPng(govips.NewPngExportParams())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "plain.png")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// masked renders a source with a mask, "" for none.
func masked(t *testing.T, source, mask, text string, paths ...modifier.EmbeddedPath) picture {
	t.Helper()
	m := open(t, source)
	r := reply(t, m.Header(), text)
	r.Settings.Embedded = paths
	var err error
	if r.Geometry, _, err = r.Settings.Geometry(m.Header().Size); err != nil {
		t.Fatal(err)
	}
	if mask != "" {
		r.Mask = open(t, mask)
	}
	p, err := try(t, m, r)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return p
}

func TestMasks(t *testing.T) {
	teal := []byte{10, 200, 150}
	opaque := plain(t, 64, 32, teal, teal)
	own := plain(t, 64, 32, []byte{10, 200, 150, 255}, []byte{10, 200, 150, 51})
	gray := plain(t, 64, 32, []byte{255}, []byte{0})
	small := plain(t, 16, 8, []byte{255}, []byte{0})
	alpha := plain(t, 64, 32, []byte{0, 0, 0, 102}, []byte{255, 255, 255, 204})
	colour := plain(t, 64, 32, []byte{255, 255, 255}, []byte{0, 0, 0})
	for _, c := range []struct {
		name, source, mask, text string
		left, right              float64 // alpha at a quarter and three quarters of the width
	}{
		{"none", opaque, "", "", 255, 255},
		{"gray of the mask", opaque, gray, "", 255, 0},
		{"colour becomes gray", opaque, colour, "", 255, 0},
		{"alpha of the mask wins over its gray", opaque, alpha, "", 102, 204},
		{"a mask replaces the own alpha", own, gray, "", 255, 0},
		{"own alpha", own, "", "", 255, 51},
		{"a smaller mask is scaled", opaque, small, "", 255, 0},
		{"crop takes both", opaque, gray, "crop=0,0,32,32", 255, 255},
		{"flip takes both", opaque, gray, "flip=lr", 0, 255},
		{"scale takes both", opaque, gray, "wid=16", 255, 0},
		{"enlarged", opaque, small, "wid=128&fit=fit,1", 255, 0},
		{"crop outside stays transparent", opaque, gray, "crop=-64,0,128,32", 0, 255 /* 64..96 of 128 is the left half */},
		{"invert", own, "", "maskUse=invert", 0, 204},
		{"invert a mask", opaque, gray, "maskUse=invert", 0, 255},
		{"invert without a mask hides", opaque, "", "maskUse=invert", 0, 0},
		{"off", own, "", "maskUse=off", 255, 255},
		{"off with a mask", opaque, gray, "maskUse=off", 255, 255},
		{"invert and crop outside", own, "", "maskUse=invert&crop=0,0,128,32", 0, 0}, // 96 is outside, 32 is on the right
	} {
		t.Run(c.name, func(t *testing.T) {
			p := masked(t, c.source, c.mask, "fmt=png-alpha&"+c.text)
			w, h := p.as.Width, p.as.Height
			left, right := p.at(t, w/4, h/2), p.at(t, w*3/4-1, h/2)
			if c.name == "invert and crop outside" {
				left = p.at(t, 10, h/2)
				right = p.at(t, 100, h/2)
			}
			if left[3] != c.left || right[3] != c.right {
				t.Errorf("alpha is %v and %v, want %v and %v", left[3], right[3], c.left, c.right)
			}
			for i, v := range teal {
				if left[3] == 255 && left[i] != float64(v) || right[3] == 255 && right[i] != float64(v) {
					t.Errorf("colours are %v and %v", left, right)
				}
			}
		})
	}
	// Flattened over the background: half of the picture is white.
	p := masked(t, opaque, gray, "fmt=png")
	p.near(t, 8, 8, 0, 10, 200, 150)
	p.near(t, 56, 8, 0, 255, 255, 255)
	// What the mask hides does not bleed into what it shows.
	p = masked(t, plain(t, 64, 32, teal, []byte{255, 0, 0}), gray, "fmt=png-alpha&wid=9")
	if v := p.at(t, 4, 2); v[3] < 1 || v[0] > 30 {
		t.Errorf("the edge is %v", v)
	}
	// 16 bits are masked like 8.
	m16 := masked(t, "rgb16.png", alpha, "fmt=png-alpha")
	if v := m16.at(t, 0, 0); v[3] != 102 {
		t.Errorf("16 bits have alpha %v", v)
	}
}

func TestACorruptMaskIsNamed(t *testing.T) {
	m := open(t, "quad.png")
	r := reply(t, m.Header(), "fmt=png")
	r.Mask = open(t, "truncated.png")
	_, _, err := m.Render(context.Background(), r)
	if codeOf(err) != diag.ImageCorrupt {
		t.Errorf("got %v", err)
	}
}

// TestMasksLieLikeUprightPictures lays an unturned mask over turned JPEGs.
func TestMasksLieLikeUprightPictures(t *testing.T) {
	for o := '1'; o <= '8'; o++ {
		name := "exif" + string(o) + ".jpg"
		size := open(t, name).Header().Size
		mask := plain(t, size.W, size.H, []byte{255}, []byte{0})
		p := masked(t, name, mask, "fmt=png-alpha")
		l, r := p.at(t, size.W/4, size.H/2), p.at(t, size.W*3/4, size.H/2)
		if l[3] != 255 || r[3] != 0 {
			t.Errorf("%s: alpha %v and %v", name, l[3], r[3])
		}
	}
}
