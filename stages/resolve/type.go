package resolve

import (
	"path"
	"slices"
	"strings"

	"github.com/exportd/exportd/engine/asset"
)

// types are the vendor's asset types (ips-export 5.1).
var types = []asset.Type{
	"Aco", "AdjustedView", "AnimatedGif", "Asset", "AssetSet", "Audio", "Cabinet", "Catalog", "ColorSwatch", "CuePoint", "Css",
	"Excel", "Flash", "Font", "Fxg", "IccProfile", "Illustrator", "Image", "ImageMap", "ImageSet", "InDesign", "Javascript",
	"LayerView", "Mask", "MasterVideo", "Pdf", "PDFSettings", "PostScript", "PowerPoint", "PremierExpressRemix", "PsdTemplate",
	"RenderScene", "RenderSet", "Rtf", "SpinSet", "Svg", "Swc", "Template", "Video", "VideoCaption", "ViewerPreset", "ViewerSwf",
	"Vignette", "Watermark", "WindowCovering", "Word", "Xml", "Xsl", "Zip", "ZoomTarget",
}

// typeUnknown is the type of a file that nothing recognises.
const typeUnknown asset.Type = "Asset"

// renderable are the extensions of what can become a picture. Such a name keeps
// its type whatever the bytes are: decode reports the mismatch.
var renderable = map[asset.Type][]string{
	asset.TypeImage: append([]string{
		"jpg", "jpeg", "jpe", "jfif", "png", "apng", "gif", "webp", "tif", "tiff", "heic", "heif", "hif", "avif", "psd", "psb",
		"jp2", "j2k", "jpf", "jpx", "jpm", "j2c", "jpc", "jxl", "jxr", "wdp", "hdp", "bmp", "dib", "ico", "tga", "pct", "pict",
		"pnm", "pbm", "pgm", "ppm", "pam", "hdr", "exr", "pcx", "sgi",
	}, cameraRaw...),
	asset.TypePdf:         {"pdf"},
	asset.TypePostScript:  {"eps", "ps", "epsf"},
	asset.TypeSvg:         {"svg", "svgz"},
	asset.TypeIllustrator: {"ai"},
}

// cameraRaw are TIFF containers whose first picture is a preview: to read them
// as TIFF would export the preview.
var cameraRaw = []string{"dng", "nef", "nrw", "cr2", "arw", "srf", "sr2", "orf", "rw2", "pef", "srw", "3fr", "iiq", "kdc", "erf", "mef", "mos", "raf", "cr3"}

// others are the extensions that decide where the bytes do not.
var others = map[asset.Type][]string{
	"Video":        {"mp4", "m4v", "mov", "avi", "wmv", "asf", "flv", "f4v", "mkv", "webm", "mpg", "mpeg", "m2v", "3gp", "3g2", "ogv", "mxf", "mts", "m2ts", "vob"},
	"Audio":        {"mp3", "wav", "aif", "aiff", "m4a", "aac", "ogg", "oga", "flac", "wma", "mid", "midi", "au", "amr"},
	"Font":         {"ttf", "otf", "ttc", "woff", "woff2", "eot", "pfb", "pfm", "afm", "dfont"},
	"Zip":          {"zip"},
	"Cabinet":      {"cab"},
	"Xml":          {"xml"},
	"Xsl":          {"xsl", "xslt"},
	"Css":          {"css"},
	"Javascript":   {"js", "mjs"},
	"Word":         {"doc", "docx", "docm", "dot", "dotx"},
	"Excel":        {"xls", "xlsx", "xlsm"},
	"PowerPoint":   {"ppt", "pptx", "pptm", "pps", "ppsx"},
	"Rtf":          {"rtf"},
	"Flash":        {"swf"},
	"InDesign":     {"indd", "indt"},
	"Fxg":          {"fxg"},
	"Aco":          {"aco"},
	"IccProfile":   {"icc", "icm"},
	"VideoCaption": {"vtt", "srt"},
	"Vignette":     {"vnt"},
}

// byFormat are the types that the bytes alone decide.
var byFormat = map[asset.Type][]asset.Format{
	asset.TypeImage:      {"jpeg", "png", "gif", "webp", "tiff", "heif", "psd", "jp2", "jxl", "jxs", "jxr", "bmp", "ico", "pnm", "hdr", "xcf", "bpg"},
	asset.TypePdf:        {"pdf"},
	asset.TypePostScript: {"eps", "ps"},
	asset.TypeSvg:        {"svg"},
	"Video":              {"mp4", "m4v", "mov", "avi", "flv", "mkv", "webm", "mpeg", "3gp", "3g2", "ogv", "asf", "mj2", "mqv", "dvb", "rmvb"},
	"Audio":              {"mp3", "wav", "aiff", "m4a", "oga", "flac", "midi", "au", "amr", "ape", "mpc", "aac", "qcp"},
	"Font":               {"ttf", "otf", "ttc", "woff", "woff2", "eot"},
	"Word":               {"doc", "docx"},
	"Excel":              {"xls", "xlsx"},
	"PowerPoint":         {"ppt", "pptx"},
	"Rtf":                {"rtf"},
	"Flash":              {"swf"},
	"InDesign":           {"indd"},
	"Javascript":         {"js"},
	"Cabinet":            {"cab"},
}

// containers are formats that hold many kinds of files: the extension decides
// first.
var containers = map[asset.Type][]asset.Format{"Zip": {"zip"}, "Xml": {"xml"}}

// typeOf gives the type of a file by its name and its format.
func typeOf(file string, format asset.Format) asset.Type {
	ext := strings.ToLower(strings.TrimPrefix(path.Ext(file), "."))
	for _, t := range []asset.Type{
		find(renderable, ext), find(byFormat, format), find(others, ext), find(containers, format),
	} {
		if t != "" {
			return t
		}
	}
	return typeUnknown
}

// find gives the type under which v is listed, "" for none.
func find[T comparable](table map[asset.Type][]T, v T) asset.Type {
	for t, values := range table {
		if slices.Contains(values, v) {
			return t
		}
	}
	return ""
}
