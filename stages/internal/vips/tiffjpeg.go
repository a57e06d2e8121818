//go:build cgo

package vips

import (
	"bufio"
	"encoding/binary"
	"io"
	"math"
	"slices"

	"github.com/exportd/exportd/engine/modifier"
)

// saveTIFFJPEG writes a TIFF whose one strip is a JPEG of YCbCr (TIFF Technical
// Note 2). libvips cannot be told whether to sub-sample the chroma of one: it goes
// by the quality alone, where qlt=q,1 forbids it (r-is-http-qlt).
func (m *Image) saveTIFFJPEG(w *sink, out modifier.Output) error {
	file := bufio.NewWriter(w.file)
	strip := &counter{w: file}
	if _, err := file.Write(make([]byte, tiffHead)); err != nil {
		return w.note(err)
	}
	if err := m.work.SaveToWriterJpeg(strip, jpegParams(out)); err != nil {
		return err
	}
	at := tiffHead + strip.n
	tail, directory := tiffTail(at+at%2, m.tiffTags(out, strip.n))
	if at%2 == 1 {
		tail = append([]byte{0}, tail...)
	}
	if _, err := file.Write(tail); err != nil {
		return w.note(err)
	}
	if err := file.Flush(); err != nil {
		return w.note(err)
	}
	head := binary.LittleEndian.AppendUint32([]byte("II*\x00"), uint32(directory))
	if _, err := w.file.WriteAt(head, 0); err != nil {
		return w.note(err)
	}
	return w.finish(nil)
}

// tiffHead is the size of a TIFF's header, behind which the strip lies.
const tiffHead = 8

// counter counts what goes through.
type counter struct {
	w io.Writer
	n int
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += n
	return n, err
}

// The types of tags.
const (
	tiffByte     = 1
	tiffShort    = 3
	tiffLong     = 4
	tiffFraction = 5
	tiffAny      = 7
)

// tiffTag is one tag; data is its values in little endian.
type tiffTag struct {
	number, kind uint16
	count        int
	data         []byte
}

func shorts(number uint16, values ...int) tiffTag {
	var b []byte
	for _, v := range values {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return tiffTag{number, tiffShort, len(values), b}
}

func long(number uint16, v int) tiffTag {
	return tiffTag{number, tiffLong, 1, binary.LittleEndian.AppendUint32(nil, uint32(v))}
}

func fractions(number uint16, below int, values ...float64) tiffTag {
	var b []byte
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, uint32(math.Round(v*float64(below))))
		b = binary.LittleEndian.AppendUint32(b, uint32(below))
	}
	return tiffTag{number, tiffFraction, len(values), b}
}

// tiffTags are those of the picture, by number, as TIFF wants them.
func (m *Image) tiffTags(out modifier.Output, strip int) []tiffTag {
	density, sampling := m.work.ResX()*25.4, 2
	if out.Chroma444 {
		sampling = 1
	}
	tags := []tiffTag{
		long(256, m.Width()), long(257, m.Height()), shorts(258, 8, 8, 8),
		shorts(259, 7), shorts(262, 6), // JPEG, YCbCr
		long(273, tiffHead), shorts(277, 3), long(278, m.Height()), long(279, strip),
		fractions(282, 1000, density), fractions(283, 1000, density), shorts(284, 1), shorts(296, 2), // an inch
		shorts(530, sampling, sampling), fractions(532, 1, 0, 255, 128, 255, 128, 255),
	}
	if out.EmbedXMP && len(m.xmp) > 0 {
		tags = append(tags, tiffTag{700, tiffByte, len(m.xmp), m.xmp})
	}
	if out.EmbedPaths {
		if blocks := resources(m.header.Paths); len(blocks) > 0 {
			tags = append(tags, tiffTag{34377, tiffByte, len(blocks), blocks})
		}
	}
	if m.embeds() {
		profile := slices.Clone(m.work.GetICCProfile())
		tags = append(tags, tiffTag{34675, tiffAny, len(profile), profile})
	}
	return tags
}

// tiffTail is what follows the strip at an even offset: the directory, at that
// offset, and behind it the values that do not fit into it.
func tiffTail(at int, tags []tiffTag) (tail []byte, directory int) {
	const entry, inside = 12, 4
	values := at + 2 + entry*len(tags) + 4
	tail = binary.LittleEndian.AppendUint16(nil, uint16(len(tags)))
	var behind []byte
	for _, t := range tags {
		tail = binary.LittleEndian.AppendUint16(tail, t.number)
		tail = binary.LittleEndian.AppendUint16(tail, t.kind)
		tail = binary.LittleEndian.AppendUint32(tail, uint32(t.count))
		if len(t.data) <= inside {
			tail = append(tail, t.data...)
			tail = append(tail, make([]byte, inside-len(t.data))...)
			continue
		}
		tail = binary.LittleEndian.AppendUint32(tail, uint32(values+len(behind)))
		behind = append(behind, t.data...)
		if len(behind)%2 == 1 {
			behind = append(behind, 0)
		}
	}
	tail = append(tail, 0, 0, 0, 0) // no other picture
	return append(tail, behind...), at
}
