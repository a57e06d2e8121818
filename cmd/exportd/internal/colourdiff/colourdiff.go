// Package colourdiff says how different two pictures look: the mean CIE76 ΔE of
// their pixels in CIE Lab (D65, 2 degrees). About 1 is what a trained eye can
// just tell apart in flat patches; black and white are 100 apart.
//
// Pixels are taken as sRGB. Where a picture is transparent, it is laid on white
// and on black, and the larger difference counts: on one of them alone a wrong
// alpha could hide.
package colourdiff

import (
	"fmt"
	"image"
	_ "image/gif" // the formats that exportd writes
	_ "image/jpeg"
	_ "image/png"
	"math"
	"os"

	_ "golang.org/x/image/tiff"
	_ "golang.org/x/image/webp"
)

// Picture is a decoded file.
type Picture struct {
	image.Image
	Format string // jpeg, png, tiff, gif or webp
}

// Read decodes a file with Go's own decoders, so that libvips does not judge
// itself.
func Read(path string) (Picture, error) {
	f, err := os.Open(path)
	if err != nil {
		return Picture{}, err
	}
	defer f.Close()
	m, format, err := image.Decode(f)
	return Picture{m, format}, err
}

// Mean is the mean ΔE of two pictures of one size; pictures of two sizes are an
// error.
func Mean(a, b image.Image) (float64, error) {
	w, h := a.Bounds().Dx(), a.Bounds().Dy()
	if b.Bounds().Dx() != w || b.Bounds().Dy() != h {
		return 0, fmt.Errorf("one is %dx%d pixels, the other %dx%d", w, h, b.Bounds().Dx(), b.Bounds().Dy())
	}
	if w == 0 || h == 0 {
		return 0, nil
	}
	sum := 0.0
	for y := range h {
		for x := range w {
			sum += pixel(a, b, x, y)
		}
	}
	return sum / float64(w) / float64(h), nil
}

// pixel is the ΔE at one place, counted from the top left of each picture.
func pixel(a, b image.Image, x, y int) float64 {
	ar, ag, ab, aa := a.At(a.Bounds().Min.X+x, a.Bounds().Min.Y+y).RGBA()
	br, bg, bb, ba := b.At(b.Bounds().Min.X+x, b.Bounds().Min.Y+y).RGBA()
	if ar == br && ag == bg && ab == bb && aa == ba {
		return 0
	}
	black := lab(ar, ag, ab).distance(lab(br, bg, bb))
	if aa == opaque && ba == opaque {
		return black
	}
	white := lab(ar+opaque-aa, ag+opaque-aa, ab+opaque-aa).distance(lab(br+opaque-ba, bg+opaque-ba, bb+opaque-ba))
	return max(black, white)
}

const opaque = 0xffff

// Lab is a colour in CIE Lab.
type Lab struct{ L, A, B float64 }

func (c Lab) distance(d Lab) float64 {
	return math.Sqrt((c.L-d.L)*(c.L-d.L) + (c.A-d.A)*(c.A-d.A) + (c.B-d.B)*(c.B-d.B))
}

// lab converts sRGB, 0 to 65535 a channel (IEC 61966-2-1, CIE 15).
func lab(r, g, b uint32) Lab {
	lr, lg, lb := linear(r), linear(g), linear(b)
	x := (0.4124564*lr + 0.3575761*lg + 0.1804375*lb) / 0.95047
	y := 0.2126729*lr + 0.7151522*lg + 0.0721750*lb
	z := (0.0193339*lr + 0.1191920*lg + 0.9503041*lb) / 1.08883
	fx, fy, fz := cube(x), cube(y), cube(z)
	return Lab{L: 116*fy - 16, A: 500 * (fx - fy), B: 200 * (fy - fz)}
}

func linear(v uint32) float64 {
	c := float64(v) / opaque
	if c <= 0.04045 {
		return c / 12.92
	}
	return math.Pow((c+0.055)/1.055, 2.4)
}

func cube(t float64) float64 {
	const d = 6.0 / 29
	if t > d*d*d {
		return math.Cbrt(t)
	}
	return t/(3*d*d) + 4.0/29
}
