//go:build cgo

package vips

import (
	"bytes"
	"context"
	"encoding/binary"
	"testing"
)

// associatedTIFF is an uncompressed RGBA TIFF of 8 by 8 pixels, whose extra band
// is what extra says: 1 is associated alpha, 2 is not.
func associatedTIFF(t *testing.T, extra uint32, pixel [4]byte) *Image {
	t.Helper()
	le := binary.LittleEndian
	pix := bytes.Repeat(pixel[:], 64)
	entries := [][4]uint32{
		{256, 3, 1, 8}, {257, 3, 1, 8}, {258, 3, 4, 0}, {259, 3, 1, 1}, {262, 3, 1, 2}, {273, 4, 1, 0}, {277, 3, 1, 4},
		{278, 3, 1, 8}, {279, 4, 1, uint32(len(pix))}, {284, 3, 1, 1}, {338, 3, 1, extra},
	}
	after := uint32(8 + 2 + 12*len(entries) + 4)
	entries[2][3], entries[5][3] = after, after+8
	file := append([]byte("II*\x00\x08\x00\x00\x00"), byte(len(entries)), 0)
	for _, e := range entries {
		file = le.AppendUint16(file, uint16(e[0]))
		file = le.AppendUint16(file, uint16(e[1]))
		file = le.AppendUint32(file, e[2])
		file = le.AppendUint32(file, e[3])
	}
	file = append(file, 0, 0, 0, 0, 8, 0, 8, 0, 8, 0, 8, 0)
	m, err := Open(context.Background(), &bytesSource{Reader: bytes.NewReader(append(file, pix...))}, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return m
}

// The table of r-maskuse: associated alpha against alpha of its own.
func TestAssociatedAlpha(t *testing.T) {
	pixel := [4]byte{100, 50, 25, 128} // the colours of 200,100,50 at half
	for _, c := range []struct {
		extra uint32
		text  string
		want  []float64
	}{
		{1, "fmt=png-alpha", []float64{199, 100, 50, 128}},
		{1, "fmt=png-alpha&maskUse=off", []float64{100, 50, 25, 255}}, // over black
		{1, "fmt=png-alpha&maskUse=invert", []float64{0, 0, 0, 127}},  // the background, black
		{2, "fmt=png-alpha", []float64{100, 50, 25, 128}},
		{2, "fmt=png-alpha&maskUse=off", []float64{100, 50, 25, 255}},
		{2, "fmt=png-alpha&maskUse=invert", []float64{100, 50, 25, 127}},
	} {
		m := associatedTIFF(t, c.extra, pixel)
		if got := m.Header().Premultiplied; got != (c.extra == 1) {
			t.Errorf("extra %d: premultiplied is %v", c.extra, got)
		}
		rendered(t, m, c.text).near(t, 4, 4, 1, c.want...)
	}
}
