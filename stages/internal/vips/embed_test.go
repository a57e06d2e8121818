//go:build cgo

package vips

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"encoding/hex"
	"io"
	"os"
	"strings"
	"testing"
)

// read is the file of a picture.
func (p picture) read(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile(p.path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// carried finds the profile of sRGB in a file, whatever way the format packs it.
func carried(t *testing.T, data []byte) bool {
	t.Helper()
	isProfile := func(b []byte) bool { return len(b) > 40 && string(b[36:40]) == "acsp" && string(b[16:20]) == "RGB " }
	if at := bytes.Index(data, []byte("iCCP")); at >= 0 {
		_, packed, _ := bytes.Cut(data[at:], []byte{0, 0}) // behind the name, and deflate
		z, err := zlib.NewReader(bytes.NewReader(packed))
		if err != nil {
			t.Fatal(err)
		}
		profile, err := io.ReadAll(z)
		return err == nil && isProfile(profile)
	}
	if _, after, ok := bytes.Cut(data, []byte("%%BeginICCProfile: ")); ok {
		body, _, _ := bytes.Cut(after, []byte("%%EndICCProfile"))
		_, body, _ = bytes.Cut(body, []byte("\n"))
		profile, err := hex.DecodeString(strings.NewReplacer("% ", "", "\n", "").Replace(string(body)))
		return err == nil && isProfile(profile)
	}
	at := bytes.Index(data, []byte("acsp"))
	return at >= 36 && isProfile(data[at-36:])
}

// The column ICC of r-is-http-fmt.
func TestEveryFormatThatHoldsAProfileCarriesIt(t *testing.T) {
	for format, want := range map[string]bool{
		"jpeg": true, "pjpeg": true, "png": true, "png-alpha": true, "png8": true, "png8-alpha": true, "tif": true, "tif,,lzw": true,
		"pdf": true, "pdf,,zip": true, "pdf,,jpeg": true, "eps": true,
		"gif": false, "webp": false, "avif": false, "jpeg2000": false,
	} {
		if got := carried(t, shot(t, "quad.png", "iccEmbed=1&fmt="+format).read(t)); got != want {
			t.Errorf("%s: profile %v, want %v", format, got, want)
		}
		if carried(t, shot(t, "quad.png", "fmt="+format).read(t)) {
			t.Errorf("%s carries a profile that nobody asked for", format)
		}
	}
}

func TestAPDFDrawsInItsProfile(t *testing.T) {
	text := string(shot(t, "quad.png", "iccEmbed=1&fmt=pdf").read(t))
	for _, want := range []string{"/ColorSpace [/ICCBased 7 0 R]", "<< /N 3 /Alternate /DeviceRGB", "/Size 8 "} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing", want)
		}
	}
}

// JFIF knows no CMYK, so the density stands in an Exif block (r-printres).
func TestACMYKJPEGTellsItsDensity(t *testing.T) {
	m := open(t, "quad.png")
	r := reply(t, m.Header(), "fmt=jpeg,cmyk")
	r.Density = 300
	p, err := try(t, m, r)
	if err != nil {
		t.Fatal(err)
	}
	data := p.read(t)
	_, body, ok := bytes.Cut(data, []byte("Exif\x00\x00"))
	if !ok || bytes.Contains(data, []byte("JFIF")) {
		t.Fatal("the density is not where it belongs")
	}
	got := map[uint16]uint32{}
	for i := range int(binary.BigEndian.Uint16(body[8:])) {
		tag := body[10+12*i:]
		value := binary.BigEndian.Uint32(tag[8:])
		switch binary.BigEndian.Uint16(tag[2:]) {
		case 5:
			value = binary.BigEndian.Uint32(body[value:]) / binary.BigEndian.Uint32(body[value+4:])
		case 3:
			value >>= 16
		}
		got[binary.BigEndian.Uint16(tag)] = value
	}
	if got[0x011A] != 300 || got[0x011B] != 300 || got[0x0128] != 2 {
		t.Errorf("got %v, want 300 pixels an inch both ways", got)
	}
}

// r-bgc: the colour belongs to the output's space, and where it is of the output's
// type its numbers are taken as they are.
func TestBgcOfTheOutputsTypeKeepsItsNumbers(t *testing.T) {
	for _, c := range []struct {
		fmt, bgc string
		want     []float64
	}{
		{"tif,cmyk", "10,20,30,40k", []float64{26, 51, 77, 102}},
		{"tif,cmyk", "0x10203040k", []float64{16, 32, 48, 64}},
		{"tif,cmyk", "100,100,100,100k", []float64{255, 255, 255, 255}},
		{"tif,cmyk", "255,0,0", []float64{0, 255, 255, 0}},
		{"png,gray", "0x40g", []float64{64}},
		{"png", "0,100,100,0ks", []float64{255, 0, 0}},
		{"png", "10,20,30,0", []float64{10, 20, 30}},
	} {
		shot(t, "quad.png", "wid=40&hei=80&fmt="+c.fmt+"&bgc="+c.bgc).near(t, 20, 1, 0, c.want...)
	}
}

func TestADensityThatAPNGCutsOffIsWholeAgain(t *testing.T) {
	for perMM, want := range map[float64]float64{2.834: 72, 2.835: 72, 11.811: 300, 3.779: 96, 2: 50.8} {
		if got := perInch(perMM); got != want {
			t.Errorf("%v a millimetre is %v an inch, want %v", perMM, got, want)
		}
	}
}
