//go:build cgo

package vips

import (
	"bytes"
	"image"
	_ "image/jpeg"
	"os"
	"testing"

	"github.com/exportd/exportd/engine/diag"
)

func TestJPEGSizeBoundsTheFile(t *testing.T) {
	free := shot(t, "odd.jpg", "qlt=95,1").as.Size
	for _, kb := range []string{"2", "3"} {
		p := shot(t, "odd.jpg", "qlt=95,1&jpegSize="+kb)
		limit := int64(kb[0]-'0') * 1024
		if p.as.Size > limit || p.as.Size < limit/3 && free > limit {
			t.Errorf("jpegSize=%s gives %d bytes, unbounded %d", kb, p.as.Size, free)
		}
	}
	if p := shot(t, "odd.jpg", "qlt=95,1&jpegSize=1000"); p.as.Size != free {
		t.Errorf("a bound that is wide enough changes %d to %d", free, p.as.Size)
	}
	m := open(t, "odd.jpg")
	if _, err := try(t, m, reply(t, m.Header(), "jpegSize=0.1")); diag.From(err, "none").Code != diag.OutputSize {
		t.Errorf("an unreachable size gives %v", err)
	}
}

func TestTheHighestQualityThatFits(t *testing.T) {
	for _, c := range []struct{ most, bound, want int }{{80, 80, 80}, {80, 41, 41}, {80, 1, 1}, {80, 0, 0}, {1, 0, 0}} {
		got, err := highest(c.most, func(q int) (bool, error) { return q <= c.bound, nil })
		if got != c.want || err != nil {
			t.Errorf("%+v gives %d, %v", c, got, err)
		}
	}
}

// What lies left of the picture of a mask request is black, the picture white.
func TestMaskIsAlphaAsGray(t *testing.T) {
	data, err := os.ReadFile(shot(t, "quad.png", "req=mask&crop=-100,0,200,100&fmt=png").path)
	if err != nil {
		t.Fatal(err)
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	g, ok := img.(*image.Gray)
	if !ok {
		t.Fatalf("got a %T", img)
	}
	if g.GrayAt(50, 50).Y != 0 || g.GrayAt(150, 50).Y != 255 {
		t.Errorf("outside %d, inside %d", g.GrayAt(50, 50).Y, g.GrayAt(150, 50).Y)
	}
}

// These have no loader that is on, so their bytes are looked at; that the loader
// of JPEG 2000 is blocked does not matter to its saver.
func TestOutputsWithoutALoaderAreTheSameTwice(t *testing.T) {
	for f, head := range map[string]string{
		"jpeg2000": "\x00\x00\x00\x0cjP  \r\n", "jpeg2000,gray": "\x00\x00\x00\x0cjP  \r\n", "jpeg2000-alpha,,lossless": "\x00\x00\x00\x0cjP  \r\n",
		"pdf": "%PDF-1.6", "pdf,cmyk,jpeg": "%PDF-1.6", "pdf,gray,zip": "%PDF-1.6", "eps": "%!PS-Adobe-3.0 EPSF", "eps,cmyk": "%!PS-Adobe-3.0 EPSF",
	} {
		p, q := shot(t, "rgba.png", "wid=99&fmt="+f), shot(t, "rgba.png", "wid=99&fmt="+f)
		data, err := os.ReadFile(p.path)
		if err != nil || !bytes.HasPrefix(data, []byte(head)) || p.as != q.as {
			t.Errorf("%s: %+v, then %+v, begins %q (%v)", f, p.as, q.as, data[:min(20, len(data))], err)
		}
	}
}
