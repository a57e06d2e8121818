//go:build cgo

package vips

import (
	"math"

	"github.com/exportd/exportd/engine/modifier"
)

// xmpName announces XMP in an APP1 segment of a JPEG.
const xmpName = "http://ns.adobe.com/xap/1.0/\x00"

// xmpLimit is the longest XMP in bytes that one segment of a JPEG holds.
const xmpLimit = math.MaxUint16 - 2 - len(xmpName)

// jpegHead is what goes behind the first two bytes of a JPEG: its density, and
// the XMP of the source, unchanged (r-xmpembed). XMP that is too long for a
// segment stays out.
func (m *Image) jpegHead(out modifier.Output) []byte {
	var head []byte
	switch dpi := m.density(); {
	case dpi == 0:
	case m.header.Space == SpaceCMYK:
		head = exifDensity(dpi)
	default:
		head = jfif(dpi)
	}
	if !out.EmbedXMP || len(m.xmp) == 0 || len(m.xmp) > xmpLimit {
		return head
	}
	n := 2 + len(xmpName) + len(m.xmp)
	head = append(head, 0xFF, 0xE1, byte(n>>8), byte(n))
	head = append(head, xmpName...)
	return append(head, m.xmp...)
}

// putXMP gives the picture the XMP of the source where it is asked for.
func (m *Image) putXMP(out modifier.Output) error {
	if !out.EmbedXMP || len(m.xmp) == 0 {
		return nil
	}
	return setXMP(m.work, m.xmp)
}
