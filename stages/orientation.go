package stages

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/stages/internal/vips"
)

// sideways is an APP1 segment whose one tag says orientation 6: turn the picture
// clockwise (EXIF 2.3, 4.6.4).
const sideways = "\xff\xe1\x00\x22Exif\x00\x00" +
	"MM\x00\x2a\x00\x00\x00\x08" + // big endian, the directory is 8 bytes on
	"\x00\x01" + "\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00" + // one tag: 0x112, a short, 6
	"\x00\x00\x00\x00" // no other directory

// ReadsOrientation reports whether libvips knows how a camera was held: it needs
// libexif for that. Call [StartLibvips] first.
func ReadsOrientation() (bool, error) {
	var picture bytes.Buffer
	if err := jpeg.Encode(&picture, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		return false, fmt.Errorf("make a picture: %w", err)
	}
	const soi = 2 // bytes, behind which segments begin
	text := picture.String()
	img, err := vips.Open(context.Background(), memory{bytes.NewReader([]byte(text[:soi] + sideways + text[soi:]))}, asset.FormatJPEG)
	if err != nil {
		return false, err
	}
	return img.Header().Orientation == 6, img.Close()
}

// memory is a source that is there already.
type memory struct{ *bytes.Reader }

// Close does nothing.
func (memory) Close() error { return nil }
