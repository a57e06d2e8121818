package main

import (
	"bufio"
	"encoding/binary"
	"io"
)

// The chunks of the format, https://qoiformat.org/qoi-specification.pdf.
const (
	opIndex = 0x00 // 00iiiiii: a pixel seen before
	opDiff  = 0x40 // 01rrggbb: small differences
	opLuma  = 0x80 // 10gggggg rrrrbbbb: differences that follow the green one
	opRun   = 0xc0 // 11nnnnnn: the last pixel again, 1 to 62 times
	opRGB   = 0xfe // and three bytes
	opRGBA  = 0xff // and four
	maxRun  = 62
)

type pixel struct{ r, g, b, a byte }

// slot is where the format keeps a pixel for later.
func (p pixel) slot() int { return (int(p.r)*3 + int(p.g)*5 + int(p.b)*7 + int(p.a)*11) % 64 }

// writer writes one picture. The first error of the underlying writer is kept,
// and given by close.
type writer struct {
	out  *bufio.Writer
	last pixel
	seen [64]pixel
	run  int
}

func newWriter(w io.Writer) *writer {
	return &writer{out: bufio.NewWriterSize(w, 64<<10), last: pixel{a: 255}}
}

// header writes the 14 bytes at the start; bands is 3 or 4.
func (w *writer) header(width, height, bands int, linear bool) {
	var head [14]byte
	copy(head[:], "qoif")
	binary.BigEndian.PutUint32(head[4:], uint32(width))
	binary.BigEndian.PutUint32(head[8:], uint32(height))
	head[12] = byte(bands)
	if linear {
		head[13] = 1
	}
	w.write(head[:]...)
}

// pixel writes the next pixel, in the shortest chunk that holds it.
func (w *writer) pixel(p pixel) {
	if p == w.last {
		if w.run++; w.run == maxRun {
			w.endRun()
		}
		return
	}
	w.endRun()
	slot, last := p.slot(), w.last
	w.last = p
	if w.seen[slot] == p {
		w.write(opIndex | byte(slot))
		return
	}
	w.seen[slot] = p
	if p.a != last.a {
		w.write(opRGBA, p.r, p.g, p.b, p.a)
		return
	}
	// Differences wrap around, as the format's do.
	dr, dg, db := int8(p.r-last.r), int8(p.g-last.g), int8(p.b-last.b)
	dr2, db2 := dr-dg, db-dg
	switch {
	case within(dr, 2) && within(dg, 2) && within(db, 2):
		w.write(opDiff | byte(dr+2)<<4 | byte(dg+2)<<2 | byte(db+2))
	case within(dg, 32) && within(dr2, 8) && within(db2, 8):
		w.write(opLuma|byte(dg+32), byte(dr2+8)<<4|byte(db2+8))
	default:
		w.write(opRGB, p.r, p.g, p.b)
	}
}

// within reports whether -n <= d < n.
func within(d int8, n int8) bool { return -n <= d && d < n }

func (w *writer) endRun() {
	if w.run > 0 {
		w.write(opRun | byte(w.run-1))
		w.run = 0
	}
}

// close ends the picture.
func (w *writer) close() error {
	w.endRun()
	w.write(0, 0, 0, 0, 0, 0, 0, 1)
	return w.out.Flush()
}

func (w *writer) write(b ...byte) { _, _ = w.out.Write(b) } // Flush gives the error
