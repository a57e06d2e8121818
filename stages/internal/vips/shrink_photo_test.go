//go:build cgo

package vips

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	govips "github.com/davidbyttow/govips/v2/vips"
)

// With shrink-on-load no photograph looks different than without: less than 2 CIE
// Delta E on average. Single pixels at hard edges differ by more, and what sharpens
// them (op_usm, op_sharpen) makes that larger on both sides.
func TestShrunkPhotographsLookTheSame(t *testing.T) {
	var photos []string
	for _, pattern := range []string{"../../../testdata/photos/*.jpg", "../../../testdata/photos/*/*.jpg"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		photos = append(photos, found...)
	}
	if len(photos) < 8 {
		t.Fatalf("%d photographs", len(photos))
	}
	for _, photo := range photos {
		path, err := filepath.Abs(photo)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"scl=3.2&fmt=png", "scl=5&rotate=90&fmt=png", "scl=9&fmt=png"} {
			full := open(t, path)
			r := reply(t, full.Header(), text)
			want, err := try(t, full, r)
			if err != nil {
				t.Fatal(err)
			}
			small := open(t, path)
			f := Shrink(small.Header(), []Reply{r})
			if f < 2 {
				t.Errorf("%s %s: nothing is shrunk", photo, text)
			}
			if err := small.Shrink(t.Context(), f); err != nil {
				t.Fatal(err)
			}
			got, err := try(t, small, r)
			if err != nil {
				t.Fatal(err)
			}
			mean, high := deltaE(t, want, got)
			if mean >= 2 || math.IsNaN(mean) {
				t.Errorf("%s %s at 1/%d: %.2f on average, %.2f in 1 of 100", photo, text, f, mean, high)
			}
			t.Logf("%s %s at 1/%d: Delta E %.2f, 1 of 100 above %.2f", strings.TrimPrefix(photo, "../../../testdata/photos/"), text, f, mean, high)
		}
	}
}

// deltaE is the mean colour difference of two replies of the same size (CIE 1976),
// and what 99 of 100 pixels stay below.
func deltaE(t *testing.T, a, b picture) (mean, high float64) {
	t.Helper()
	p, q := lab(t, a), lab(t, b)
	if len(p) != len(q) || len(p) == 0 {
		t.Fatalf("%d numbers against %d", len(p), len(q))
	}
	all := make([]float64, 0, len(p)/3)
	for i := 0; i < len(p); i += 3 {
		d := math.Sqrt(square(p[i]-q[i]) + square(p[i+1]-q[i+1]) + square(p[i+2]-q[i+2]))
		mean += d
		all = append(all, d)
	}
	slices.Sort(all)
	return mean / float64(len(all)), all[len(all)*99/100]
}

func square(v float64) float64 { return v * v }

// lab are the pixels of a PNG in CIE Lab, by the formulas of sRGB and D65.
func lab(t *testing.T, p picture) []float64 {
	t.Helper()
	data, err := os.ReadFile(p.path)
	if err != nil {
		t.Fatal(err)
	}
	ref, err := govips.NewImageFromBuffer(data)
	if err != nil {
		t.Fatal(err)
	}
	defer ref.Close()
	pix, err := ref.ToBytes()
	if err != nil {
		t.Fatal(err)
	}
	var light [256]float64
	for v := range light {
		light[v] = linear(float64(v) / 255)
	}
	f := func(v float64) float64 {
		if v > 216./24389 {
			return math.Cbrt(v)
		}
		return (24389./27*v + 16) / 116
	}
	out := make([]float64, 0, len(pix))
	for i := 0; i+2 < len(pix); i += ref.Bands() {
		r, g, b := light[pix[i]], light[pix[i+1]], light[pix[i+2]]
		x, y, z := f((0.4124*r+0.3576*g+0.1805*b)/0.9505), f(0.2126*r+0.7152*g+0.0722*b), f((0.0193*r+0.1192*g+0.9505*b)/1.089)
		out = append(out, 116*y-16, 500*(x-y), 200*(y-z))
	}
	return out
}
