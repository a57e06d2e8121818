package modifier

import "slices"

// Settings is what one image needs: every command interpreted, every default
// filled in. It is made by [Resolve] and read by the transform and encode stages.
type Settings struct {
	// Src is the asset that src= names in the place of the one the job names, ""
	// for none. It may hold $object$; see [WithObject].
	Src string
	// DefaultImage is the asset that stands in where the source is missing, "" for
	// none. OnlyImage says that it replaces the picture alone, and not the whole
	// request but for what [Program.Retained] keeps (DefaultImageMode).
	DefaultImage string
	OnlyImage    bool

	// Source and layer geometry, applied in this order (is-protocol 5.1, 5.2;
	// at comp rotate and extend come before flip, in layer 0 flip comes first).
	Crop *Crop // nil: the whole source
	// Size, Scale and Res scale the crop to the layer: the first that is given
	// decides, 0 is not given. Resolution is the record's, which Res counts by.
	Size            [2]int
	Scale           float64
	Res, Resolution float64
	Anchor          *Anchor      // nil: the centre; invisible for a single picture
	BaseLR, BaseUD  bool         // flip in layer=0
	Perspective     *Perspective // takes the place of size, res and rotate
	Rotate          float64      // clockwise degrees, 0 <= Rotate < 360
	Extend          *Extend
	FlipLR          bool
	FlipUD          bool
	Color, BgColor  *Colour // fills behind the layer: before rotate, after extend
	BaseFade        float64 // what opac in layer=0 takes off the picture's alpha, 0..1
	Fade            float64 // what opac at comp takes off the composite's alpha, 0..1
	Hide            bool    // keep the canvas, show nothing
	// CropPaths are names of embedded paths that the composite is cropped to
	// (cropPathE).
	CropPaths []string
	Mask      Mask
	Clip      Clip
	Base      Base
	// Embedded are the paths of the source. Who knows the source sets them, before
	// [Settings.Geometry] is asked.
	Embedded []EmbeddedPath

	// View geometry (is-protocol 5.3). 0 means not given.
	Wid, Hei int     // reply pixels
	Scl      float64 // inverse factor: 2 is half the size
	Fit      Fit
	Align    [2]float64 // h, v in -1..1
	Rgn      *Rect      // pixels of the composite; nil: all of it
	Rect     *ViewRect  // the part of the view that is the reply; nil: all of it
	DPR      float64    // multiplies Wid and Hei; 0 is off
	Bgc      Colour     // fill of the view, opaque
	ResMode  ResMode

	Output Output
	// PrintRes is the density of the reply in dots per inch; 0 is not given.
	// PrintResolution is that of sources whose record says none, likewise.
	PrintRes, PrintResolution float64
	// MaskReply asks for the alpha of the reply, as gray, instead of its colours
	// (req=mask).
	MaskReply bool
	// MaxPix bounds the reply, 0 = unlimited (attribute MaxPix).
	MaxPix [2]int
	// DefaultPix bounds the reply when no size is given, 0 = unlimited.
	DefaultPix [2]int
	Filters    Filters
	ICC        ICC
	// Sizing are the commands that decide the size of the picture, each with its
	// origin, for messages about it: "wid=400 (macro card)".
	Sizing []string
}

// Rect is a rectangle in pixels. X and Y may be negative.
type Rect struct{ X, Y, W, H int }

// Size is a size in pixels.
type Size struct{ W, H int }

// Crop is a crop of the full-resolution source. Normalised values are fractions
// of the source, 0..1 from its top left; pixel values may reach outside.
type Crop struct {
	X, Y, W, H float64
	Normalised bool
}

// RGB is an opaque colour, 0..255 each.
type RGB struct{ R, G, B uint8 }

// FitMode says how an image is brought into the view (is-protocol 5.3).
type FitMode string

// The modes of fit=. FitNone is not written: it is the absence of any size.
const (
	FitFit       FitMode = "fit"
	FitConstrain FitMode = "constrain"
	FitCrop      FitMode = "crop"
	FitWrap      FitMode = "wrap"
	FitStretch   FitMode = "stretch"
	FitHfit      FitMode = "hfit"
	FitVfit      FitMode = "vfit"
)

// Fit is the fit command. Upscale allows factors over 1.
type Fit struct {
	Mode    FitMode
	Upscale bool
	Given   bool
}

// ResMode is a resampling kernel (is-protocol 7.1, A-24).
type ResMode string

// The four resampling modes.
const (
	ResBilin   ResMode = "bilin"
	ResBicub   ResMode = "bicub"
	ResSharp2  ResMode = "sharp2"
	ResBisharp ResMode = "bisharp"
)

// PixelType is the colour model of the reply.
type PixelType string

// The pixel types. TypeSource keeps the type of the source where the format
// holds it, else rgb (is-protocol A-16).
const (
	TypeSource PixelType = ""
	TypeRGB    PixelType = "rgb"
	TypeGray   PixelType = "gray"
	TypeCMYK   PixelType = "cmyk"
)

// Compression is the third part of fmt=.
type Compression string

// The compressions of tif and pdf, and lossless for webp, avif and jpeg2000.
// CompressionDefault is the format's own: none for tif and pdf, else lossy, but
// for heic, which is always lossless.
const (
	CompressionDefault  Compression = ""
	CompressionNone     Compression = "none"
	CompressionLZW      Compression = "lzw"
	CompressionZip      Compression = "zip"
	CompressionJPEG     Compression = "jpeg"
	CompressionLossless Compression = "lossless"
)

// Output is how the reply is encoded (is-protocol 6).
type Output struct {
	// Format is the canonical token without -alpha: jpeg, pjpeg, png, png8, tif,
	// gif, webp, avif, heic, jpeg2000, pdf, eps.
	// Of a foreign encoder it is that encoder's token.
	Format string
	// Foreign writes the reply; nil where exportd does.
	Foreign *Foreign
	// Alpha is true for the -alpha forms: the reply keeps its transparency.
	Alpha       bool
	Type        PixelType
	Compression Compression
	Quality     int  // 1..100
	Chroma444   bool // true: no chroma sub-sampling
	// MaxBytes bounds a JPEG, by lowering its quality; 0 is no bound (jpegSize).
	MaxBytes int64
	Quantize Quantize // for png8 and gif
	EmbedXMP bool     // copy the XMP of the source (jpeg, pjpeg, tif)
	// EmbedPaths carries the closed paths of the source along (jpeg, pjpeg, tif,
	// eps).
	EmbedPaths bool
}

// Ext is the extension of an exported file, without the dot: jpg png tiff gif
// webp avif heic jp2 pdf eps (is-protocol 6).
func (o Output) Ext() string {
	if o.Foreign != nil {
		return o.Foreign.Ext
	}
	switch o.Format {
	case "jpeg", "pjpeg":
		return "jpg"
	case "tif":
		return "tiff"
	case "png8":
		return "png"
	case "jpeg2000":
		return "jp2"
	}
	return o.Format
}

// HoldsPaths reports whether the format can carry Photoshop's paths
// (r-is-http-fmt, the column Options).
func (o Output) HoldsPaths() bool {
	switch o.Format {
	case "jpeg", "pjpeg", "tif", "eps":
		return true
	}
	return false
}

// Holds reports whether the format can hold pixels of type t.
func (o Output) Holds(t PixelType) bool {
	if o.Foreign != nil {
		return slices.Contains(o.Foreign.Types, t)
	}
	switch o.Format {
	case "jpeg", "pjpeg", "tif", "pdf", "eps":
		return true
	case "png", "gif", "jpeg2000":
		return t == TypeRGB || t == TypeGray
	default:
		return t == TypeRGB
	}
}

// Attributes are the Image Serving attributes that the configuration sets
// (is-protocol 2.4, defaults A-8).
type Attributes struct {
	DefaultPix    string `toml:"DefaultPix"`    // "w,h", 0 = unlimited
	MaxPix        string `toml:"MaxPix"`        // "w,h", 0 = unlimited
	BkgColor      string `toml:"BkgColor"`      // a colour
	JpegQuality   string `toml:"JpegQuality"`   // "q,chroma"
	ResMode       string `toml:"ResMode"`       // bilin bicub sharp2 bisharp, or 2 3 4 1
	IccProfileRgb string `toml:"IccProfileRgb"` // a profile's name; "" switches colour management off

	// The names of profiles; "" is none.
	IccProfileGray    string `toml:"IccProfileGray"`
	IccProfileCmyk    string `toml:"IccProfileCmyk"`
	IccProfileSrcRgb  string `toml:"IccProfileSrcRgb"`
	IccProfileSrcGray string `toml:"IccProfileSrcGray"`
	IccProfileSrcCmyk string `toml:"IccProfileSrcCmyk"`

	IccRenderIntent           string `toml:"IccRenderIntent"`           // 0 perceptual 1 relative 2 saturation 3 absolute; "" is 1
	IccBlackPointCompensation string `toml:"IccBlackPointCompensation"` // 0 or 1; "" is 0
	IccDither                 string `toml:"IccDither"`                 // 0 or 1; "" is 0

	Resolution       string `toml:"Resolution"`       // of assets whose record has none; "" is unknown
	PrintResolution  string `toml:"PrintResolution"`  // pixels per inch, likewise; "" is the source's
	DefaultImage     string `toml:"DefaultImage"`     // the asset that stands in for a missing one; "" is none
	DefaultImageMode string `toml:"DefaultImageMode"` // 0 replaces the whole request, 1 the picture; "" is 0

	// Foreign are the tokens of fmt= beyond exportd's own. They are no attributes of
	// the vendor, and nobody writes them: they come with the plugins.
	Foreign []Foreign `toml:"-"`
}

// DefaultAttributes are those of is-protocol A-8.
func DefaultAttributes() Attributes {
	return Attributes{DefaultPix: "0,0", MaxPix: "0,0", BkgColor: "ffffff", JpegQuality: "80,0", ResMode: "sharp2", IccProfileRgb: "sRGB"}
}
