//go:build cgo

package vips

import (
	"bytes"
	"encoding/binary"
	"image/jpeg"
	"testing"
)

// tags reads the directory of a TIFF: the values of shorts and longs, and how many
// bytes of the others there are.
func tags(t *testing.T, data []byte) map[uint16][]int {
	t.Helper()
	o := binary.LittleEndian
	at := o.Uint32(data[4:])
	if string(data[:4]) != "II*\x00" || at%2 != 0 {
		t.Fatalf("no TIFF: %x", data[:8])
	}
	got, last := map[uint16][]int{}, uint16(0)
	for i := range uint32(o.Uint16(data[at:])) {
		e := data[at+2+12*i:]
		number, kind, n, value := o.Uint16(e), o.Uint16(e[2:]), o.Uint32(e[4:]), e[8:]
		if number <= last {
			t.Errorf("tag %d stands behind %d", number, last)
		}
		last = number
		size := map[uint16]uint32{1: 1, 3: 2, 4: 4, 5: 8, 7: 1}[kind]
		if n*size > 4 {
			value = data[o.Uint32(value):][:n*size]
		}
		for range n {
			switch kind {
			case 3:
				got[number] = append(got[number], int(o.Uint16(value)))
			case 4:
				got[number] = append(got[number], int(o.Uint32(value)))
			case 5:
				got[number] = append(got[number], int(o.Uint32(value))/int(o.Uint32(value[4:])))
			default:
				got[number] = append(got[number], int(value[0]))
			}
			value = value[size:]
		}
	}
	return got
}

// qlt=q,1 switches the sub-sampling of chroma off in a TIFF too (r-is-http-qlt),
// whatever the quality.
func TestATIFFOfJPEGIsSampledAsAsked(t *testing.T) {
	for text, sampling := range map[string]int{"qlt=60,0": 2, "qlt=60,1": 1, "qlt=95,0": 2, "qlt=95,1": 1, "qlt=95": 2} {
		p := shot(t, "quad.png", "wid=99&fmt=tif,,jpeg&"+text)
		data := p.read(t)
		got := tags(t, data)
		if got[530][0] != sampling || got[530][1] != sampling || got[259][0] != 7 || got[262][0] != 6 || got[282][0] != 72 || got[296][0] != 2 {
			t.Errorf("%s: tags %v", text, got)
		}
		// The strip is a JPEG that another decoder reads, and as long as is said.
		strip := data[got[273][0]:][:got[279][0]]
		img, err := jpeg.Decode(bytes.NewReader(strip))
		if err != nil || img.Bounds().Dx() != 99 || img.Bounds().Dy() != got[257][0] {
			t.Fatalf("%s: the strip is %v", text, err)
		}
		p.size(t, 99, 50)
		p.near(t, 20, 12, 6, red...)
		p.near(t, 80, 40, 6, 255, 255, 255)
	}
}

func TestATIFFOfJPEGCarriesWhatIsAskedFor(t *testing.T) {
	m := open(t, withPaths(t, "meta.jpg"))
	r := reply(t, m.Header(), "fmt=tif,,jpeg&iccEmbed=1&xmpEmbed=1&pathEmbed=1")
	r.Settings.Embedded = m.Header().Paths
	p, err := try(t, m, r)
	if err != nil {
		t.Fatal(err)
	}
	got := tags(t, p.read(t))
	if len(got[34675]) < 128 || len(got[34377]) == 0 || len(got[700]) != len(m.xmp) {
		t.Errorf("profile of %d bytes, paths of %d, XMP of %d, want %d", len(got[34675]), len(got[34377]), len(got[700]), len(m.xmp))
	}
	if found := embedded(t, p); len(found.List) != 2 {
		t.Errorf("paths %v", found)
	}
	bare := tags(t, shot(t, "meta.jpg", "fmt=tif,,jpeg").read(t))
	if bare[34675] != nil || bare[34377] != nil || bare[700] != nil {
		t.Errorf("nobody asked for %v", bare)
	}
	gray := shot(t, "gray.png", "fmt=tif,,jpeg").decoded(t)
	if gray.Bands() != 1 {
		t.Errorf("gray becomes %d bands", gray.Bands())
	}
}
