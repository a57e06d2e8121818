//go:build cgo

package vips

import (
	"testing"

	"github.com/exportd/exportd/engine/diag"
)

func TestTaggedRGBBecomesSRGB(t *testing.T) {
	want := [][]float64{{227, 100, 42}, {129, 129, 129}, {0, 121, 184}, {173, 201, 80}, {0, 255, 0}}
	p := shot(t, "adobergb.jpg", "fmt=png")
	for i, w := range want {
		p.near(t, 20+40*i, 20, 3, w...)
	}
	if p.decoded(t).HasICCProfile() {
		t.Error("the reply carries a profile")
	}
	p = shot(t, "adobergb.jpg", "fmt=png-alpha&rotate=90")
	p.near(t, 20, 20, 3, 227, 100, 42, 255)
}

func TestUnmanagedColoursKeepTheirNumbers(t *testing.T) {
	m := open(t, "adobergb.jpg")
	r := reply(t, m.Header(), "fmt=png")
	r.Settings.ICC.Out.RGB = ""
	p, err := try(t, m, r)
	if err != nil {
		t.Fatal(err)
	}
	p.near(t, 20, 20, 3, 200, 100, 50)
	m = open(t, "cmyk.tif")
	r = reply(t, m.Header(), "fmt=png")
	r.Settings.ICC.Out.RGB = ""
	if p, err = try(t, m, r); err != nil {
		t.Fatal(err)
	}
	for i, w := range [][]float64{{0, 255, 255}, {255, 0, 255}, {255, 255, 0}, {0, 0, 0}, {255, 255, 255}, {127, 191, 223}} {
		p.near(t, 20+40*i, 20, 1, w...)
	}
	if len(p.notes) > 0 {
		t.Errorf("unexpected %v", p.notes)
	}
}

func TestCMYKStaysOrIsConvertedWithAWarning(t *testing.T) {
	for _, name := range []string{"cmyk.jpg", "cmyk.tif"} {
		for _, f := range []string{"tif", "tif,cmyk,lzw", "tif,,zip", "jpeg", "jpeg,cmyk", "pjpeg,,"} {
			p := shot(t, name, "qlt=95&fmt="+f)
			p.near(t, 20, 20, 3, 255, 0, 0, 0)
			p.near(t, 140, 20, 3, 0, 0, 0, 255)
			p.near(t, 220, 20, 3, 128, 64, 32, 0)
			if len(p.notes) > 0 {
				t.Errorf("%s: unexpected %v", f, p.notes)
			}
		}
		for _, f := range []string{"png", "webp,,lossless", "jpeg,rgb"} {
			p := shot(t, name, "qlt=95&fmt="+f)
			p.near(t, 20, 20, 12, 0, 157, 228)
			p.near(t, 180, 20, 3, white...)
			p.near(t, 220, 20, 12, 118, 155, 185)
			if len(p.notes) != 1 || p.notes[0].Code != diag.ColourAssumed {
				t.Errorf("%s: notes %v", f, p.notes)
			}
		}
	}
	shot(t, "cmyk.tif", "fmt=png,gray").near(t, 180, 20, 1, 255)
}

func TestRGBBecomesCMYKNaively(t *testing.T) {
	p := shot(t, "quad.png", "fmt=tif,cmyk")
	p.near(t, 50, 25, 0, 0, 255, 255, 0)
	p.near(t, 150, 25, 0, 255, 0, 255, 0)
	p.near(t, 150, 75, 0, 0, 0, 0, 0)
	shot(t, "one.png", "fmt=tif,cmyk").near(t, 0, 0, 1, 170, 85, 0, 225) // 10,20,30: top 30
	shot(t, "gray.png", "fmt=tif,cmyk").near(t, 100, 5, 0, 0, 0, 0, 155)
	shot(t, "gray.png", "fmt=tif,cmyk").near(t, 0, 5, 0, 0, 0, 0, 255)
}

func TestGray(t *testing.T) {
	p := shot(t, "gray.png", "fmt=png")
	p.near(t, 100, 5, 0, 100)
	p = shot(t, "gray.png", "fmt=png,rgb")
	p.near(t, 100, 5, 0, 100, 100, 100)
	p = shot(t, "gray.png", "fmt=webp,,lossless")
	p.near(t, 100, 5, 0, 100, 100, 100)
	p = shot(t, "grad.png", "fmt=jpeg,gray")
	p.near(t, 100, 5, 2, 100)
	p = shot(t, "quad.png", "fmt=png,gray")
	p.near(t, 50, 25, 0, 76)
	p.near(t, 150, 75, 0, 255)
	p = shot(t, "gray.png", "fmt=gif")
	p.near(t, 100, 5, 2, 100, 100, 100)
}

func TestNeverMoreThanEightBits(t *testing.T) {
	for _, c := range []struct {
		name string
		want []float64
	}{
		{"gray16.png", []float64{100}},
		{"rgb16.png", []float64{100, 155, 120}},
	} {
		for _, f := range []string{"png", "tif"} {
			p := shot(t, c.name, "fmt="+f)
			p.near(t, 100, 30, 1, c.want...)
			if b := bitsOf(p.decoded(t)); b != 8 {
				t.Errorf("%s as %s has %d bits", c.name, f, b)
			}
		}
	}
	p := shot(t, "photo16.tif", "fmt=png-alpha&rotate=90")
	p.near(t, 95, 0, 1, 32768>>8, 54826>>8, 56604>>8, 255)
	p = shot(t, "photo16.tif", "fmt=jpeg,cmyk&wid=64&qlt=100")
	if b := bitsOf(p.decoded(t)); b != 8 {
		t.Errorf("%d bits", b)
	}
}

func TestPaletteAndBilevel(t *testing.T) {
	shot(t, "palette.png", "fmt=png").near(t, 50, 10, 1, 127, 255, 127)
	shot(t, "palette.gif", "fmt=png").near(t, 10, 50, 0, blue...)
	p := shot(t, "bilevel.tif", "fmt=png")
	p.near(t, 4, 4, 0, 255)
	p.near(t, 12, 4, 0, 0)
}
