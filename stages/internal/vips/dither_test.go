//go:build cgo

package vips

import (
	"math"
	"testing"

	govips "github.com/davidbyttow/govips/v2/vips"
)

// Dithered, the average of a flat area is the exact colour, and every pixel one of
// its two neighbours; without, all pixels are the nearest (r-icc).
func TestDitheringKeepsTheAverage(t *testing.T) {
	colour := []float64{200, 100, 50}
	exact := transicc(t, embeddedIn(t, "fmt=png&icc=sRGB"), embeddedIn(t, "fmt=png&icc=AdobeRGB"), 1, false, [][]float64{colour}, 255)[0]
	m := kept(t, drawRGB(t, 64, 64, flat(200, 100, 50)))
	if v := mustManage(t, m, "fmt=png&icc=AdobeRGB,relative,0,0", nil).at(t, 9, 9); v[0] != math.Round(exact[0]) {
		t.Errorf("plain: %v, exact %v", v, exact)
	}
	p := mustManage(t, m, "fmt=png&icc=AdobeRGB,relative,0,1", nil)
	if got := ledger(p); got[len(got)-len("relative, dithered"):] != "relative, dithered" {
		t.Error(got)
	}
	pix, err := p.decoded(t).ToBytes()
	if err != nil {
		t.Fatal(err)
	}
	for b, want := range exact {
		sum, seen := 0., map[byte]bool{}
		for i := b; i < len(pix); i += 3 {
			sum += float64(pix[i])
			seen[pix[i]] = true
			if d := math.Abs(float64(pix[i]) - want); d > 1.01 {
				t.Fatalf("band %d: %d is %.2f away", b, pix[i], d)
			}
		}
		if mean := sum / (64 * 64); math.Abs(mean-want) > 0.06 {
			t.Errorf("band %d: %.3f on average, want %.3f", b, mean, want)
		}
		if b == 0 && len(seen) != 2 {
			t.Errorf("%d levels stand for %.2f", len(seen), want)
		}
	}
}

func TestDitheringKeepsAlphaAndCMYK(t *testing.T) {
	p := mustManage(t, draw(t, 8, 8, 4, govips.InterpretationSRGB, flat(200, 100, 50, 77)), "fmt=png-alpha&icc=AdobeRGB,relative,0,1", nil)
	p.near(t, 3, 3, 1, 177, 100, 56, 77)
	p = mustManage(t, drawRGB(t, 8, 8, flat(255, 255, 255)), "fmt=tif&icc=cmyk,relative,1,1", nil)
	p.near(t, 3, 3, 0, 0, 0, 0, 0)
	// Shrunk while it is loaded, straight from the file.
	p = mustManage(t, open(t, "../photos/rocket.jpg"), "fmt=jpeg&wid=100&icc=sRGB,relative,0,1&rotate=90", nil)
	p.size(t, 100, 150)
}
