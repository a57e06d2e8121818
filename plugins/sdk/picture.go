package sdk

import (
	"encoding/binary"
	"fmt"
	"image"
)

// Picture gives one frame, from 0, as Go's image package has it, for encoders
// that take one: Gray, Gray16, NRGBA, NRGBA64 or CMYK. It reads all rows, so it
// works for several frames only where pixels come by file. Float samples, and
// CMYK beyond 8 bits or with alpha, have no such type and are [Unsupported].
func (m *Image) Picture(frame int) (image.Image, error) {
	all, err := m.Pixels()
	if err != nil {
		return nil, err
	}
	if frame < 0 || frame >= m.Frames {
		return nil, fmt.Errorf("frame %d of %d", frame, m.Frames)
	}
	size := m.RowSize() * m.Height
	pix, bounds := all[frame*size:][:size], image.Rect(0, 0, m.Width, m.Height)
	wide := m.Samples == Uint16
	switch {
	case m.Samples == Float32 || m.Space == CMYK && (wide || m.Alpha):
		return nil, Unsupported("%d bands of this depth have no type in Go's image package", m.Bands)
	case m.Space == CMYK:
		return &image.CMYK{Pix: pix, Stride: m.RowSize(), Rect: bounds}, nil
	case m.Bands == 4 && !wide:
		return &image.NRGBA{Pix: pix, Stride: m.RowSize(), Rect: bounds}, nil
	case m.Bands == 1 && !wide:
		return &image.Gray{Pix: pix, Stride: m.RowSize(), Rect: bounds}, nil
	case m.Bands == 1:
		return &image.Gray16{Pix: bigEndian(pix), Stride: m.RowSize(), Rect: bounds}, nil
	case wide:
		out := image.NewNRGBA64(bounds)
		spread(out.Pix, bigEndian(pix), m.Bands, 2)
		return out, nil
	}
	out := image.NewNRGBA(bounds)
	spread(out.Pix, pix, m.Bands, 1)
	return out, nil
}

// bigEndian swaps samples of 16 bits from the machine's order to that of the
// image package.
func bigEndian(pix []byte) []byte {
	out := make([]byte, len(pix))
	for i := 0; i < len(pix); i += 2 {
		binary.BigEndian.PutUint16(out[i:], binary.NativeEndian.Uint16(pix[i:]))
	}
	return out
}

// spread makes pixels of four bands from those of 2 (grey, alpha), 3 or 4, with
// samples of n bytes; alpha that is not there is opaque.
func spread(to, from []byte, bands, n int) {
	source := [4]int{0, 1, 2, 3} // where each of the four comes from, -1: opaque
	switch bands {
	case 2:
		source = [4]int{0, 0, 0, 1}
	case 3:
		source[3] = -1
	}
	for i := 0; i*4*n < len(to); i++ {
		for band, s := range source {
			for b := range n {
				value := byte(0xff)
				if s >= 0 {
					value = from[(i*bands+s)*n+b]
				}
				to[(i*4+band)*n+b] = value
			}
		}
	}
}
