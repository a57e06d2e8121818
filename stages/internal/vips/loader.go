package vips

import "github.com/exportd/exportd/engine/asset"

// loader ties a format to libvips' loader and to the class that blocking goes by.
type loader struct {
	format      asset.Format
	nick, class string
	// whole loaders cannot read a stream: they get the file in memory.
	whole bool
}

// loaders are the formats that can be read at all, trusted ones first. Psd and
// bmp go through ImageMagick, which tells formats by their bytes and knows two
// hundred: it is only ever given bytes that were found to be the one asked for.
var loaders = []loader{
	{asset.FormatJPEG, "jpegload_source", "VipsForeignLoadJpeg", false},
	{asset.FormatPNG, "pngload_source", "VipsForeignLoadPng", false},
	{asset.FormatGIF, "gifload_source", "VipsForeignLoadNsgif", false},
	{asset.FormatWebP, "webpload_source", "VipsForeignLoadWebp", false},
	{asset.FormatTIFF, "tiffload_source", "VipsForeignLoadTiff", false},
	{asset.FormatHEIF, "heifload_source", "VipsForeignLoadHeif", false},
	{"svg", "svgload_source", "VipsForeignLoadSvg", false},
	{"svgz", "svgload_source", "VipsForeignLoadSvg", false},
	{"pdf", "pdfload_source", "VipsForeignLoadPdf", false},
	{"jp2", "jp2kload_source", "VipsForeignLoadJp2k", false},
	{"jxl", "jxlload_source", "VipsForeignLoadJxl", false},
	{"psd", "magickload_buffer", "VipsForeignLoadMagick", true},
	{"bmp", "magickload_buffer", "VipsForeignLoadMagick", true},
}

// readWhole reports whether a format's loader needs the file in memory.
func readWhole(f asset.Format) bool {
	for _, l := range loaders {
		if l.format == f {
			return l.whole
		}
	}
	return false
}
