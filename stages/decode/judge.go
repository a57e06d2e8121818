package decode

import (
	"path"
	"slices"
	"strings"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/stages/internal/vips"
)

// families are the formats that a name promises, by its extension. A name that
// is not listed promises nothing: its bytes are trusted.
var families = map[string][]asset.Format{
	"jpg": {"jpeg"}, "jpeg": {"jpeg"}, "jpe": {"jpeg"}, "jfif": {"jpeg"},
	"png": {"png"}, "apng": {"png"}, "gif": {"gif"}, "webp": {"webp"}, "tif": {"tiff"}, "tiff": {"tiff"},
	"heic": {"heif"}, "heif": {"heif"}, "hif": {"heif"}, "avif": {"heif"},
	"svg": {"svg"}, "svgz": {"svgz"}, "pdf": {"pdf"}, "ai": {"pdf", "eps", "ps", "ai"},
	"eps": {"eps", "ps"}, "epsf": {"eps", "ps"}, "ps": {"ps", "eps"},
	"psd": {"psd"}, "psb": {"psd", "psb"}, "jp2": {"jp2"}, "j2k": {"jp2"}, "jpf": {"jp2"}, "jpx": {"jp2"}, "jpm": {"jp2"}, "j2c": {"jp2"}, "jpc": {"jp2"},
	"jxl": {"jxl"}, "bmp": {"bmp"}, "dib": {"bmp"}, "ico": {"ico"},
}

// promised are the formats that a record's type promises.
var promised = map[asset.Type][]asset.Format{
	asset.TypeAnimatedGif: {"gif"}, asset.TypeSvg: {"svg", "svgz"}, asset.TypePdf: {"pdf"},
}

// notPictures are formats that catalogs find in the place of pictures. Whatever
// else is no readable format is taken for a picture without a loader.
var notPictures = []asset.Format{"txt", "html", "xml", "json", "csv", "zip", "gz", "wav", "mp3", "mp4", "mov", "doc", "docx", "xls", "xlsx", "rtf", "js", "css"}

// judge decides by the record alone, before the source is opened.
func (d *decode) judge(a *asset.Asset) error {
	switch {
	case a.Type == asset.TypeTemplate:
		return diag.New(diag.TemplateNotBuilt, "%s is a template, and templates cannot be rendered yet", a.File)
	case a.Type != "" && !a.Type.Renderable():
		return diag.New(diag.NotConvertible, "%s is of type %s, which cannot be rendered", a.File, a.Type)
	case d.env.Limits.Bytes > 0 && a.Size > d.env.Limits.Bytes:
		return tooManyBytes(a.Size, d.env.Limits.Bytes)
	case a.Format == "":
		return nil // the header will tell
	}
	if !fits(a, a.Format) || slices.Contains(notPictures, a.Format) {
		return mismatch(a, a.Format)
	}
	if a.Format.Trusted() || slices.Contains(d.env.Loaders, a.Format) {
		return nil
	}
	return loaderOff(a)
}

func loaderOff(a *asset.Asset) error {
	if slices.Contains(vips.Optional(), a.Format) {
		return diag.New(diag.LoaderOff, "%s is %s, and that loader is off", a.File, a.Format).
			WithHint("if you trust your sources, name it in the configuration: [loaders] allow = [%q]", a.Format)
	}
	return diag.New(diag.LoaderOff, "%s is %s, for which this version has no loader that [loaders] allow could switch on", a.File, a.Format).
		WithHint(`convert the source, or export it with fmt = "orig"`)
}

// fits reports whether f is what the name of a, or else its type, promises. The
// name of a missing asset promises nothing about what stands in for it.
func fits(a *asset.Asset, f asset.Format) bool {
	if a.StandIn != nil {
		return true
	}
	want := families[strings.ToLower(a.Ext())]
	if want == nil {
		want = promised[a.Type]
	}
	return want == nil || slices.Contains(want, f)
}

// mismatch says what the bytes are and what they should be.
func mismatch(a *asset.Asset, found asset.Format) error {
	what := string(found)
	if found == "" {
		what = "of no format that exportd knows"
	}
	ext := strings.ToLower(path.Ext(a.File))
	if want := families[strings.TrimPrefix(ext, ".")]; want != nil {
		return diag.New(diag.SourceMismatch, "the name of %s says %s, but its bytes are %s", a.File, want[0], what).
			WithHint("give the file its right extension, or replace it")
	}
	return diag.New(diag.SourceMismatch, "the record of %s says %s, but its bytes are %s", a.File, a.Type, what).
		WithHint("correct the record, or replace the file")
}

// within checks the header against the promise and the limits.
func within(l stage.Limits, a *asset.Asset, h vips.Header) error {
	if h.Format.Trusted() && !fits(a, h.Format) {
		return mismatch(a, h.Format)
	}
	w, hgt := h.Size.W, h.Size.H
	switch {
	case l.Frames > 0 && h.Pages > l.Frames:
		return diag.New(diag.LimitFrames, "%s has %d frames; allowed are %d", a.File, h.Pages, l.Frames).
			WithHint("raise limits.frames, if you trust your sources")
	case l.Edge > 0 && max(w, hgt) > l.Edge:
		return diag.New(diag.LimitPixels, "%s is %dx%d pixels; allowed are %d a side", a.File, w, hgt, l.Edge).
			WithHint("raise limits.edge, if you trust your sources")
	case l.Pixels > 0 && int64(w)*int64(hgt) > l.Pixels:
		return diag.New(diag.LimitPixels, "%s has %d pixels (%dx%d); allowed are %d", a.File, int64(w)*int64(hgt), w, hgt, l.Pixels).
			WithHint("raise limits.pixels, if you trust your sources")
	}
	return nil
}
