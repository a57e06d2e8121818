//go:build cgo

package vips

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"math"
	"os"
	"strings"
	"testing"
)

var outputs = []string{
	"jpeg", "pjpeg", "jpeg,gray", "jpeg,cmyk", "png", "png-alpha", "png,gray", "tif", "tif,,lzw", "tif,,zip", "tif,,jpeg",
	"tif,cmyk,jpeg", "tif,gray,jpeg", "tif-alpha", "tif-alpha,,zip", "tif-alpha,cmyk", "gif", "gif-alpha", "webp", "webp-alpha", "webp,,lossless",
	"png8", "png8-alpha", "avif", "avif-alpha", "avif,,lossless", "heic",
}

func TestEveryOutputIsWhatItSaysAndTheSameTwice(t *testing.T) {
	for _, f := range outputs {
		t.Run(f, func(t *testing.T) {
			p, q := shot(t, "rgba.png", "wid=99&fmt="+f), shot(t, "rgba.png", "wid=99&fmt="+f)
			data, err := os.ReadFile(p.path)
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256(data)
			if p.as.SHA256 != hex.EncodeToString(sum[:]) || p.as.Size != int64(len(data)) {
				t.Errorf("%+v is not of the %d bytes written", p.as, len(data))
			}
			if p.as != q.as {
				t.Errorf("the second time it was %+v, not %+v", q.as, p.as)
			}
			if got := string(formatOf(p.decoded(t).Format())); got != p.as.Format && (got != "heif" || p.as.Format != "avif" && p.as.Format != "heic") {
				t.Errorf("the file is %s, said was %s", got, p.as.Format)
			}
			p.size(t, 99, 74)
		})
	}
}

// scans and sampling of a JPEG, from its markers.
func TestJPEGIsBaselineUnlessAskedAndSampledAsAsked(t *testing.T) {
	for _, c := range []struct {
		text     string
		sof      byte
		sampling byte
	}{
		{"fmt=jpeg", 0xC0, 0x22}, {"fmt=pjpeg", 0xC2, 0x22},
		{"fmt=jpeg&qlt=95", 0xC0, 0x22}, {"fmt=jpeg&qlt=50,1", 0xC0, 0x11}, {"fmt=pjpeg&qlt=95,1", 0xC2, 0x11},
	} {
		data, err := os.ReadFile(shot(t, "odd.jpg", c.text).path)
		if err != nil {
			t.Fatal(err)
		}
		at := bytes.Index(data, []byte{0xFF, c.sof, 0, 17, 8})
		if at < 0 {
			t.Errorf("%s: no frame of kind %x", c.text, c.sof)
			continue
		}
		if got := data[at+11]; got != c.sampling {
			t.Errorf("%s: sampling %x, want %x", c.text, got, c.sampling)
		}
	}
}

func TestMetadataGoesAndDensityStays(t *testing.T) {
	for _, f := range []string{"jpeg", "pjpeg", "png", "tif", "webp", "gif"} {
		p := shot(t, "meta.jpg", "wid=32&fmt="+f)
		data, _ := os.ReadFile(p.path)
		for _, secret := range []string{"A. Tester", "nobody", "described", "made by", "a comment", "acsp", "exif", "vips"} {
			if bytes.Contains(bytes.ToLower(data), []byte(strings.ToLower(secret))) {
				t.Errorf("%s: the reply holds %q", f, secret)
			}
		}
		ref := p.decoded(t)
		if d := ref.ResX() * 25.4; f != "gif" && f != "webp" && math.Abs(d-300) > 0.1 {
			t.Errorf("%s: density is %v, want 300", f, d)
		}
		t.Log(f, ref.GetFields())
	}
	m := open(t, "lossy.webp")
	r := reply(t, m.Header(), "fmt=jpeg")
	r.Density = 150
	p, err := try(t, m, r)
	if err != nil {
		t.Fatal(err)
	}
	if d := p.decoded(t).ResX() * 25.4; math.Abs(d-150) > 0.1 {
		t.Errorf("density is %v, want 150", d)
	}
}

func TestQualityCounts(t *testing.T) {
	for _, f := range []string{"jpeg", "webp", "tif,,jpeg"} {
		low, high := shot(t, "odd.jpg", "qlt=20&fmt="+f), shot(t, "odd.jpg", "qlt=95&fmt="+f)
		if low.as.Size*3/2 > high.as.Size {
			t.Errorf("%s: %d bytes at 20, %d at 95", f, low.as.Size, high.as.Size)
		}
	}
}
