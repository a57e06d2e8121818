package asset

import "strings"

// Type is an asset type of the vendor's catalog, spelled as its API spells it
// (ips-export 5.1); case matters.
type Type string

// The types that exportd treats in a way of their own. Any other type is a file
// that cannot be rendered: Audio, Font, Video, Zip and some forty more.
const (
	TypeImage        Type = "Image"
	TypeAdjustedView Type = "AdjustedView"
	TypeAnimatedGif  Type = "AnimatedGif"
	TypeIllustrator  Type = "Illustrator"
	TypeMask         Type = "Mask"
	TypePdf          Type = "Pdf"
	TypePostScript   Type = "PostScript"
	TypeSvg          Type = "Svg"
	TypeTemplate     Type = "Template"
	TypeWatermark    Type = "Watermark"

	TypeImageSet  Type = "ImageSet"
	TypeRenderSet Type = "RenderSet"
	TypeSpinSet   Type = "SpinSet"
	TypeAssetSet  Type = "AssetSet"
	TypeCatalog   Type = "Catalog"
)

// Renderable reports whether an asset of this type can become a picture:
// images, adjusted images, templates, vector and page formats (ips-export 8).
func (t Type) Renderable() bool {
	switch t {
	case TypeImage, TypeAdjustedView, TypeAnimatedGif, TypeIllustrator, TypeMask, TypePdf, TypePostScript, TypeSvg, TypeTemplate, TypeWatermark:
		return true
	}
	return false
}

// Exportable reports whether an asset of this type has a file at all: all but
// the five set types do (ips-export 5.1, the filter rule).
func (t Type) Exportable() bool {
	switch t {
	case TypeImageSet, TypeRenderSet, TypeSpinSet, TypeAssetSet, TypeCatalog:
		return false
	}
	return true
}

// SetKind names which of the eight kinds that cannot be exported an asset is,
// by its type and, for an AssetSet, its subType in any case (ips-export 5.1). An
// AssetSet whose subType is not known is an "asset set"; a type that can be
// exported gives "".
func SetKind(t Type, subType string) string {
	switch t {
	case TypeImageSet:
		return "Image Set"
	case TypeRenderSet:
		return "Render Set"
	case TypeSpinSet:
		return "Spin Set"
	case TypeCatalog:
		return "eCatalog"
	case TypeAssetSet:
		switch strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(subType)) {
		case "spinset2d", "spinset":
			return "Spin Set"
		case "mediaset", "mixedmediaset":
			return "Media Set"
		case "mbrset", "multibitrateset":
			return "Multi-bitrate Set"
		case "videoset":
			return "Video Set"
		case "offerset":
			return "Offer Set"
		}
		return "asset set"
	}
	return ""
}

// Format is a file format as its first bytes show it, named by the usual short
// name: jpeg, png, gif, webp, tiff, heif (HEIC and AVIF), svg, pdf, psd, jp2,
// jxl, bmp, eps, and so on. "" is a format that nobody recognised.
type Format string

// The formats that libvips' trusted loaders read (libvips.md, Start).
const (
	FormatJPEG Format = "jpeg"
	FormatPNG  Format = "png"
	FormatGIF  Format = "gif"
	FormatWebP Format = "webp"
	FormatTIFF Format = "tiff"
	FormatHEIF Format = "heif"
)

// Trusted reports whether f is read by default. Every other format is off until
// the configuration allows it.
func (f Format) Trusted() bool {
	switch f {
	case FormatJPEG, FormatPNG, FormatGIF, FormatWebP, FormatTIFF, FormatHEIF:
		return true
	}
	return false
}
