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

// jpegHead is what goes behind the first two bytes of a JPEG: its density, the
// paths of the source (r-pathembed), and its XMP, unchanged (r-xmpembed). XMP that
// is too long for a segment stays out.
func (m *Image) jpegHead(out modifier.Output) []byte {
	var head []byte
	switch dpi := m.density(); {
	case dpi == 0:
	case m.header.Space == SpaceCMYK:
		head = exifDensity(dpi)
	default:
		head = jfif(dpi)
	}
	if out.EmbedPaths {
		head = append(head, photoshopSegments(resources(m.header.Paths))...)
	}
	if !out.EmbedXMP || len(m.xmp) == 0 || len(m.xmp) > xmpLimit {
		return head
	}
	n := 2 + len(xmpName) + len(m.xmp)
	head = append(head, 0xFF, 0xE1, byte(n>>8), byte(n))
	head = append(head, xmpName...)
	return append(head, m.xmp...)
}

// photoshopSegments are the segments of a JPEG that carry image resources; they go
// on in the next one where one is too short.
func photoshopSegments(resources []byte) []byte {
	const name = "Photoshop 3.0\x00"
	var b []byte
	for len(resources) > 0 {
		part := min(len(resources), math.MaxUint16-2-len(name))
		n := 2 + len(name) + part
		b = append(b, 0xFF, 0xED, byte(n>>8), byte(n))
		b = append(append(b, name...), resources[:part]...)
		resources = resources[part:]
	}
	return b
}

// putMetadata gives the picture the XMP and the paths of the source where they are
// asked for, for an encoder that writes them itself.
func (m *Image) putMetadata(out modifier.Output) error {
	if out.EmbedXMP && len(m.xmp) > 0 {
		if err := setBlob(m.work, "xmp-data", m.xmp); err != nil {
			return err
		}
	}
	if !out.EmbedPaths {
		return nil
	}
	if data := resources(m.header.Paths); len(data) > 0 {
		return setBlob(m.work, "photoshop-data", data)
	}
	return nil
}
