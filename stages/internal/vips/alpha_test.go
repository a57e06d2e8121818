//go:build cgo

package vips

import "testing"

// rgba.png: clear over a hidden green on the left, half blue on the right, an
// opaque red disc on top.
func TestTransparencyIsFlattenedOverBgc(t *testing.T) {
	for _, name := range []string{"rgba.png", "alpha.webp"} {
		p := shot(t, name, "wid=80&fmt=png")
		p.near(t, 4, 4, 0, white...)
		p.near(t, 76, 4, 1, 127, 127, 255)
		p.near(t, 40, 30, 0, red...)
		p = shot(t, name, "bgc=0,0,0&fmt=png")
		p.near(t, 4, 4, 0, 0, 0, 0)
		p.near(t, 150, 4, 1, 0, 0, 128)
	}
	p := shot(t, "rgba.png", "wid=80&bgc=255,255,0&fmt=png,gray")
	p.near(t, 4, 4, 0, 226) // 0.299*255 + 0.587*255
	p = shot(t, "rgba.png", "wid=80&bgc=255,0,0&fmt=tif,cmyk")
	p.near(t, 4, 4, 0, 0, 255, 255, 0)
}

func TestAlphaFormatsKeepTransparency(t *testing.T) {
	for _, f := range []string{"png-alpha", "webp-alpha,,lossless", "tif-alpha", "tif-alpha,,lzw"} {
		for _, size := range []string{"", "wid=80&", "wid=320&fit=fit,1&"} {
			p := shot(t, "rgba.png", size+"bgc=255,0,255&fmt="+f)
			k := p.as.Width / 80
			if got := p.at(t, 4*k, 4*k)[3]; got != 0 {
				t.Errorf("%s%s: clear has alpha %v", size, f, got)
			}
			p.near(t, 76*k, 4*k, 1, 0, 0, 255, 128)
			p.near(t, 40*k, 30*k, 0, 255, 0, 0, 255)
		}
	}
	p := shot(t, "transparent.gif", "fmt=gif-alpha")
	if got := p.at(t, 10, 50); len(got) != 4 || got[3] != 0 {
		t.Errorf("gif-alpha: blue is %v, it was transparent", got)
	}
	p.near(t, 10, 10, 0, 255, 0, 0, 255)
	p = shot(t, "transparent.gif", "bgc=0,0,0&fmt=gif")
	p.near(t, 10, 50, 0, 0, 0, 0) // no key colour, so no alpha
}

// The hidden green must not bleed into the edges.
func TestHiddenColoursDoNotBleed(t *testing.T) {
	for _, text := range []string{"wid=50", "rotate=30", "rotate=30&wid=50", "op_sharpen=1&wid=70", "resMode=bisharp&wid=70", "rotate=10&resMode=bilin"} {
		p := shot(t, "rgba.png", text+"&fmt=png-alpha")
		pixels, err := p.decoded(t).ToBytes()
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(pixels); i += 4 {
			if v := pixels[i : i+4]; v[3] > 8 && v[1] > 8 {
				t.Fatalf("%s: pixel %d is %v: green shows", text, i/4, v)
			}
		}
	}
}

func TestOpaquePicturesGetAnOpaqueBand(t *testing.T) {
	for _, f := range []string{"png-alpha", "tif-alpha"} {
		shot(t, "quad.png", "wid=50&fmt="+f).near(t, 10, 5, 0, 255, 0, 0, 255)
	}
	shot(t, "gray.png", "fmt=png-alpha").near(t, 100, 5, 0, 100, 255)
	shot(t, "cmyk.tif", "fmt=tif-alpha").near(t, 10, 5, 0, 255, 0, 0, 0, 255)
}

func TestWhatIsNotCoveredIsPaddedOrTransparent(t *testing.T) {
	for _, text := range []string{"wid=100&hei=100", "crop=0,-50,200,200&wid=100", "rgn=0,-50,200,200&wid=100"} {
		p := shot(t, "quad.png", text+"&bgc=1,2,3&fmt=png")
		p.near(t, 10, 10, 0, 1, 2, 3)
		p.near(t, 10, 90, 0, 1, 2, 3)
		p.near(t, 25, 40, 0, red...)
		p = shot(t, "quad.png", text+"&bgc=1,2,3&fmt=png-alpha")
		p.near(t, 10, 10, 0, 0, 0, 0, 0)
		p.near(t, 25, 40, 0, 255, 0, 0, 255)
	}
	p := shot(t, "quad.png", "rotate=30&bgc=1,2,3&fmt=png")
	p.near(t, 1, 1, 0, 1, 2, 3)
	p = shot(t, "quad.png", "rotate=30&fmt=png-alpha")
	p.near(t, 1, 1, 0, 0, 0, 0, 0)
	p = shot(t, "quad.png", "crop=300,300,50,50&bgc=9,9,9&fmt=png")
	p.near(t, 25, 25, 0, 9, 9, 9)
	p = shot(t, "gray.png", "wid=256&hei=256&bgc=255,0,0&fmt=png,gray")
	p.near(t, 10, 10, 0, 76)
	p = shot(t, "gray16.png", "wid=256&hei=256&bgc=255,255,255&fmt=png")
	p.near(t, 10, 10, 0, 255)
	p = shot(t, "cmyk.tif", "wid=240&hei=240&bgc=255,0,0&fmt=tif")
	p.near(t, 10, 10, 0, 0, 255, 255, 0)
}
