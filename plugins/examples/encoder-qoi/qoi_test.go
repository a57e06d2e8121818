package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
)

// decode reads a picture by the specification, chunk by chunk.
func decode(t *testing.T, data []byte) (width, height, bands int, pixels []pixel) {
	t.Helper()
	if string(data[:4]) != "qoif" {
		t.Fatalf("it begins with %q", data[:4])
	}
	width, height, bands = int(binary.BigEndian.Uint32(data[4:])), int(binary.BigEndian.Uint32(data[8:])), int(data[12])
	at, p := 14, pixel{a: 255}
	var seen [64]pixel
	next := func() byte { at++; return data[at-1] }
	for len(pixels) < width*height {
		times := 1
		switch b := next(); {
		case b == 0xff:
			p = pixel{next(), next(), next(), next()}
		case b == 0xfe:
			p = pixel{next(), next(), next(), p.a}
		case b>>6 == 0:
			p = seen[b]
		case b>>6 == 1:
			p.r, p.g, p.b = p.r+b>>4&3-2, p.g+b>>2&3-2, p.b+b&3-2
		case b>>6 == 2:
			c, dg := next(), b&63-32
			p.r, p.g, p.b = p.r+dg+c>>4-8, p.g+dg, p.b+dg+c&15-8
		default:
			times = int(b&63) + 1
		}
		seen[(int(p.r)*3+int(p.g)*5+int(p.b)*7+int(p.a)*11)%64] = p
		for range times {
			pixels = append(pixels, p)
		}
	}
	if !bytes.Equal(data[at:], []byte{0, 0, 0, 0, 0, 0, 0, 1}) {
		t.Errorf("it ends with % x", data[at:])
	}
	return width, height, bands, pixels
}

func encodePixels(width, height, bands int, pixels []pixel) []byte {
	var out bytes.Buffer
	w := newWriter(&out)
	w.header(width, height, bands, false)
	for _, p := range pixels {
		w.pixel(p)
	}
	if err := w.close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

func TestChunksAreThoseOfTheSpecification(t *testing.T) {
	black := pixel{a: 255}
	for _, c := range []struct {
		behaviour string
		pixels    []pixel
		want      []byte // between head and end
	}{
		{"the pixel before is a run", []pixel{black, black, black}, []byte{0xc2}},
		{"a run ends at 62", slices.Repeat([]pixel{black}, 63), []byte{0xfd, 0xc0}},
		{"small differences take a byte", []pixel{{1, 0, 255, 255}}, []byte{0x40 | 3<<4 | 2<<2 | 1}},
		{"green leads", []pixel{{10, 12, 14, 255}}, []byte{0x80 | 44, 6<<4 | 10}},
		{"anything else is written out", []pixel{{200, 100, 50, 255}}, []byte{0xfe, 200, 100, 50}},
		{"another alpha needs four bytes", []pixel{{0, 0, 0, 254}}, []byte{0xff, 0, 0, 0, 254}},
		{"what was seen is an index", []pixel{{200, 100, 50, 255}, {0, 200, 0, 255}, {200, 100, 50, 255}}, []byte{0xfe, 200, 100, 50, 0xfe, 0, 200, 0, (200*3 + 100*5 + 50*7 + 255*11) % 64}},
	} {
		data := encodePixels(len(c.pixels), 1, 4, c.pixels)
		if got := data[14 : len(data)-8]; !bytes.Equal(got, c.want) {
			t.Errorf("%s: % x, want % x", c.behaviour, got, c.want)
		}
	}
}

func TestEveryPictureComesBack(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 50 {
		width, height := 1+random.IntN(40), 1+random.IntN(40)
		step := 1 << random.IntN(8)
		pixels := make([]pixel, width*height)
		p := pixel{a: 255}
		for i := range pixels {
			if random.IntN(3) > 0 {
				p.r, p.g, p.b = p.r+byte(random.IntN(step)), p.g-byte(random.IntN(step)), p.b+byte(random.IntN(step))
				if round%2 == 1 {
					p.a = byte(random.IntN(256))
				}
			}
			pixels[i] = p
		}
		w, h, bands, back := decode(t, encodePixels(width, height, 4, pixels))
		if w != width || h != height || bands != 4 || !slices.Equal(back, pixels) {
			t.Fatalf("round %d: a picture of %dx%d came back as %dx%d, bands %d, or with other pixels", round, width, height, w, h, bands)
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("full") }

func TestAnErrorOfTheWriterIsGiven(t *testing.T) {
	w := newWriter(full{})
	w.header(1, 1, 3, true)
	w.pixel(pixel{1, 2, 3, 255})
	if err := w.close(); err == nil {
		t.Error("no error")
	}
}
