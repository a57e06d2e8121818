package resolve

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"github.com/exportd/exportd/engine/asset"
)

// formats gives the short names of MIME types whose usual extension is not one.
var formats = map[string]asset.Format{
	"image/jpeg":                    asset.FormatJPEG,
	"image/vnd.mozilla.apng":        asset.FormatPNG,
	"image/heic":                    asset.FormatHEIF,
	"image/heic-sequence":           asset.FormatHEIF,
	"image/heif-sequence":           asset.FormatHEIF,
	"image/avif":                    asset.FormatHEIF,
	"image/jpx":                     "jp2",
	"image/jpm":                     "jp2",
	"image/x-portable-bitmap":       "pnm",
	"image/x-portable-graymap":      "pnm",
	"image/x-portable-pixmap":       "pnm",
	"image/x-portable-arbitrarymap": "pnm",
	"audio/mp4":                     "m4a",
}

// magic are beginnings that the MIME library does not know.
var magic = []struct {
	head   string
	format asset.Format
}{
	{"II\x2b\x00", asset.FormatTIFF}, // BigTIFF
	{"MM\x00\x2b", asset.FormatTIFF},
	{"\xff\x4f\xff\x51", "jp2"}, // a bare JPEG 2000 codestream
	{"\xc5\xd0\xd3\xc6", "eps"}, // EPS with a preview
	{"\x06\x06\xed\xf5\xd8\x1d\x46\xe5", "indd"},
}

// sniff names the format of a file by its first bytes; the name of the file
// only tells camera files from the TIFF they are wrapped in.
func sniff(head []byte, file string) asset.Format {
	for _, m := range magic {
		if bytes.HasPrefix(head, []byte(m.head)) {
			return m.format
		}
	}
	ext := strings.ToLower(strings.TrimPrefix(path.Ext(file), "."))
	format := byMIME(head)
	switch {
	case format == asset.FormatTIFF && slices.Contains(cameraRaw, ext):
		return asset.Format(ext)
	case format == "ps" && bytes.Contains(firstLine(head), []byte("EPSF")):
		return "eps"
	case format == "gz" && ext == "svgz":
		return "svgz"
	}
	return format
}

func byMIME(head []byte) asset.Format {
	m := mimetype.Detect(head)
	name, _, _ := strings.Cut(m.String(), ";")
	if f, ok := formats[name]; ok {
		return f
	}
	return asset.Format(strings.TrimPrefix(m.Extension(), "."))
}

func firstLine(head []byte) []byte {
	if i := bytes.IndexAny(head, "\r\n"); i >= 0 {
		return head[:i]
	}
	return head
}
