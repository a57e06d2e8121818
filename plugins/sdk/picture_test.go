package sdk

import (
	"encoding/binary"
	"image/color"
	"testing"
)

// Pixels become what Go's image package calls them; the expected colours are
// the samples themselves.
func TestPictures(t *testing.T) {
	wide := func(samples ...uint16) []byte {
		var b []byte
		for _, s := range samples {
			b = binary.NativeEndian.AppendUint16(b, s)
		}
		return b
	}
	for name, c := range map[string]struct {
		m    Image
		want color.Color // of the pixel at 1, 0 in frame 1
	}{
		"grey":        {Image{Bands: 1, Samples: Uint8, Space: Grey, pixels: []byte{1, 2, 3, 4}}, color.Gray{4}},
		"grey, alpha": {Image{Bands: 2, Samples: Uint8, Space: Grey, Alpha: true, pixels: []byte{0, 0, 0, 0, 0, 0, 9, 8}}, color.NRGBA{9, 9, 9, 8}},
		"rgb":         {Image{Bands: 3, Samples: Uint8, Space: RGB, pixels: []byte{9: 1, 10: 2, 11: 3}}, color.NRGBA{1, 2, 3, 255}},
		"rgb, alpha":  {Image{Bands: 4, Samples: Uint8, Space: RGB, Alpha: true, pixels: []byte{12: 1, 13: 2, 14: 3, 15: 4}}, color.NRGBA{1, 2, 3, 4}},
		"cmyk":        {Image{Bands: 4, Samples: Uint8, Space: CMYK, pixels: []byte{12: 1, 13: 2, 14: 3, 15: 4}}, color.CMYK{1, 2, 3, 4}},
		"wide grey":   {Image{Bands: 1, Samples: Uint16, Space: Grey, pixels: wide(1, 2, 3, 0x1234)}, color.Gray16{0x1234}},
		"wide rgb":    {Image{Bands: 3, Samples: Uint16, Space: RGB, pixels: wide(0, 0, 0, 0, 0, 0, 0, 0, 0, 0x102, 0x304, 0x506)}, color.NRGBA64{0x102, 0x304, 0x506, 0xffff}},
	} {
		c.m.Width, c.m.Height, c.m.Frames = 2, 1, 2
		c.m.stride = c.m.RowSize()
		got, err := c.m.Picture(1)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got.At(1, 0) != c.want {
			t.Errorf("%s: %v, want %v", name, got.At(1, 0), c.want)
		}
	}
}

func TestPicturesThatGoHasNoTypeFor(t *testing.T) {
	for _, m := range []Image{{Bands: 3, Samples: Float32, Space: RGB}, {Bands: 4, Samples: Uint16, Space: CMYK}, {Bands: 5, Samples: Uint8, Space: CMYK, Alpha: true}} {
		m.Width, m.Height, m.Frames = 1, 1, 1
		m.stride = m.RowSize()
		m.pixels = make([]byte, m.size())
		if _, err := m.Picture(0); err == nil {
			t.Errorf("%+v has a type", m)
		}
	}
}
