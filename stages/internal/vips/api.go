package vips

import (
	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/modifier"
)

// Space is the colour model of pixels.
type Space string

// The colour models. Everything else that libvips reads (Lab, scRGB, float, …)
// becomes sRGB as soon as it is loaded.
const (
	SpaceRGB  Space = "rgb"
	SpaceGray Space = "gray"
	SpaceCMYK Space = "cmyk"
)

// bands is the number of colour bands, alpha not counted.
func (s Space) bands() int {
	switch s {
	case SpaceGray:
		return 1
	case SpaceCMYK:
		return 4
	}
	return 3
}

// Header is what a source says about itself before any pixel is decoded.
type Header struct {
	Format      asset.Format
	Size        modifier.Size // upright: after EXIF orientation (is-protocol A-21)
	Stored      modifier.Size // as the file holds it
	Orientation int           // EXIF, 1..8
	Space       Space
	Alpha       bool
	// Premultiplied says that the file has its colours multiplied with alpha; they
	// are divided again as soon as they are loaded (r-maskuse, associated alpha).
	Premultiplied bool
	Bits          int // per component
	Pages         int // frames of an animation, pages of a document; at least 1
	Profile       bool
	colours       sourceColours // at decode; of a rendition its colour model alone
	Progressive   bool
	Density       float64 // pixels per inch; 0 when the source does not say
	// Paths are the embedded paths of a JPEG or TIFF, or of the rendition of one.
	Paths []modifier.EmbeddedPath
}

// Loader says whether a format can be read.
type Loader struct {
	Format asset.Format `json:"format"`
	// Present says that this libvips was built with it.
	Present bool `json:"present"`
	// Trusted loaders are always on, the others when the configuration names them.
	Trusted bool `json:"trusted"`
	On      bool `json:"on"`
}

// Reply is what one transform asks of one asset.
type Reply struct {
	Settings *modifier.Settings
	Geometry modifier.Geometry
	// Density of the reply in pixels per inch; 0 keeps that of the source
	// (is-protocol 6, printRes).
	Density float64
	// Profiles are those that icc= can name; nil has libvips' own.
	Profiles *Profiles
	// Mask is the picture that mask= or the record's MaskPath names, nil for none.
	// The caller closes it after Render.
	Mask *Image
}

// Encoded describes the bytes of an encoded reply.
type Encoded struct {
	Format string       // jpeg, png, tiff, gif, webp, avif, heic, jp2, pdf, eps
	Ext    string       // jpg, png, tiff, gif, webp, avif, heic, jp2, pdf, eps
	Width  int          // pixels
	Height int          // pixels
	Size   int64        // bytes
	SHA256 string       // lower-case hex
	Colour asset.Colour // what became of its colours
}

// Pixels is what somebody else needs to encode a rendered image, beside the pixels
// themselves: see [Image.Fill].
type Pixels struct {
	Type    modifier.PixelType
	Alpha   bool
	Profile []byte  // nil where none is to be embedded
	XMP     []byte  // nil where none is asked for
	DPI     float64 // 0 for not said
	Colour  asset.Colour
}

// formatName is the short name of an output format's encoding.
func formatName(format string) string {
	switch format {
	case "pjpeg":
		return "jpeg"
	case "tif":
		return "tiff"
	case "png8":
		return "png"
	case "jpeg2000":
		return "jp2"
	}
	return format
}

// edgeLimit is the largest side in pixels that a format's file can have: 65500
// is libjpeg's, 16383 WebP's; 16384 is what decoders of AVIF and HEIC take; 0 is
// no limit of its own.
func edgeLimit(format string) int {
	switch format {
	case "jpeg", "pjpeg":
		return 65_500
	case "webp":
		return 16_383
	case "gif":
		return 65_535
	case "avif", "heic":
		return 16_384
	}
	return 0
}

// coordLimit is libvips' largest coordinate (VIPS_MAX_COORD).
const coordLimit = 10_000_000

// WriteError says that the encoded bytes could not be written.
type WriteError struct{ Err error }

func (e *WriteError) Error() string { return e.Err.Error() }

// Unwrap gives the operating system's error.
func (e *WriteError) Unwrap() error { return e.Err }
