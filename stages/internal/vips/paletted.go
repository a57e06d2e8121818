//go:build cgo

package vips

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"io"
	"math"

	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/stages/internal/palette"
)

// keyAlpha is the least alpha that is opaque in a gif-alpha: 50 % (is-protocol
//
const keyAlpha = 128

// savePaletted writes a png8 or gif. The alpha of a png8 stays, with 8 bits, that
// of a gif becomes the key colour, and so does that of a png8 whose palette
// is fixed. Colours that nobody sees do not count.
func (m *Image) savePaletted(w io.Writer, out modifier.Output) error {
	pixels, err := m.fourBytes()
	if err != nil {
		return err
	}
	var key uint8
	switch {
	case out.Format == "gif" && out.Alpha:
		key = keyAlpha
		opaque(pixels, key)
	case out.Alpha && out.Quantize.Palette != modifier.PaletteAdaptive:
		opaque(pixels, keyAlpha)
	case out.Alpha:
		hide(pixels)
	}
	colours := colours(pixels, out, key > 0)
	img := &image.Paletted{
		Pix: palette.Map(pixels, m.Width(), colours, !out.Quantize.NoDither, key), Stride: m.Width(),
		Rect: image.Rect(0, 0, m.Width(), m.Height()),
	}
	for _, c := range colours {
		img.Palette = append(img.Palette, color.NRGBA{R: c[0], G: c[1], B: c[2], A: c[3]})
	}
	if key > 0 {
		img.Palette = append(img.Palette, color.NRGBA{})
	}
	if out.Format == "gif" {
		return gif.EncodeAll(w, &gif.GIF{Image: []*image.Paletted{img}, Delay: []int{0}, LoopCount: -1})
	}
	extra := physChunk(uint32(math.Round(m.work.ResX() * 1000)))
	if m.embeds() {
		extra = append(profileChunk(m.work.GetICCProfile()), extra...)
	}
	return png.Encode(&headedPNG{w: w, extra: extra}, img)
}

// colours finds the palette of pixels; beside the key there is room for 255.
func colours(pixels []byte, out modifier.Output, key bool) []palette.Colour {
	q := out.Quantize
	switch q.Palette {
	case modifier.PaletteWeb:
		list := palette.Web()
		if out.Format == "png8" && out.Alpha {
			list = append(list, palette.Colour{}) // something must be transparent
		}
		return list
	case modifier.PaletteMac:
		return palette.Mac()
	}
	n := q.Colours
	if n == 0 {
		n = 256
	}
	if key {
		n = min(n, 255)
	}
	forced := make([]palette.Colour, 0, len(q.Forced))
	for _, c := range q.Forced {
		forced = append(forced, palette.Colour{c.R, c.G, c.B, 255})
	}
	if key {
		pixels = solid(pixels)
	}
	list := palette.Adaptive(pixels, n, forced[:min(len(forced), n)])
	if len(list) == 0 { // a gif-alpha without an opaque pixel
		list = append(list, palette.Colour{0, 0, 0, 255})
	}
	return list
}

// opaque makes pixels opaque, but those below key fully transparent: they are not
// to cost a colour.
func opaque(pixels []byte, key uint8) {
	for i := 0; i < len(pixels); i += 4 {
		if pixels[i+3] < key {
			clear(pixels[i : i+4])
		} else {
			pixels[i+3] = 255
		}
	}
}

// hide takes the colours off fully transparent pixels: they are not to cost a
// colour, nor be taken for an opaque one.
func hide(pixels []byte) {
	for i := 0; i < len(pixels); i += 4 {
		if pixels[i+3] == 0 {
			clear(pixels[i : i+3])
		}
	}
}

// solid are the pixels that are not transparent.
func solid(pixels []byte) []byte {
	var list []byte
	for i := 0; i < len(pixels); i += 4 {
		if pixels[i+3] > 0 {
			list = append(list, pixels[i:i+4]...)
		}
	}
	return list
}

// fourBytes computes the pixels as red, green, blue and alpha.
func (m *Image) fourBytes() ([]byte, error) {
	bands := m.work.Bands()
	pixels := make([]byte, 0, 4*m.Width()*m.Height())
	err := rows(m.work, func(part []byte) error {
		for ; len(part) > 0; part = part[bands:] {
			switch bands {
			case 1:
				pixels = append(pixels, part[0], part[0], part[0], 255)
			case 2:
				pixels = append(pixels, part[0], part[0], part[0], part[1])
			case 3:
				pixels = append(pixels, part[0], part[1], part[2], 255)
			default:
				pixels = append(pixels, part[:4]...)
			}
		}
		return nil
	})
	return pixels, err
}

// headLength is the signature of a PNG and its IHDR chunk.
const headLength = 8 + 25

// headedPNG puts chunks that Go's encoder does not know behind the head of a PNG.
type headedPNG struct {
	w     io.Writer
	extra []byte
	n     int
}

func (d *headedPNG) Write(p []byte) (int, error) {
	if d.n >= headLength {
		return d.w.Write(p)
	}
	head := min(headLength-d.n, len(p))
	if _, err := d.w.Write(p[:head]); err != nil {
		return 0, err
	}
	if d.n += head; d.n == headLength {
		if _, err := d.w.Write(d.extra); err != nil {
			return 0, err
		}
	}
	if head < len(p) {
		if _, err := d.w.Write(p[head:]); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

// physChunk tells the density.
func physChunk(perMetre uint32) []byte {
	body := binary.BigEndian.AppendUint32(nil, perMetre)
	body = binary.BigEndian.AppendUint32(body, perMetre)
	return chunk("pHYs", append(body, 1))
}

// profileChunk carries a colour profile.
func profileChunk(profile []byte) []byte {
	var body bytes.Buffer
	body.WriteString("icc\x00\x00") // any name will do, and the one method there is
	z := zlib.NewWriter(&body)
	_, _ = z.Write(profile) // a buffer takes everything
	_ = z.Close()
	return chunk("iCCP", body.Bytes())
}

func chunk(kind string, body []byte) []byte {
	c := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	c = append(append(c, kind...), body...)
	return binary.BigEndian.AppendUint32(c, crc32.ChecksumIEEE(c[4:]))
}
