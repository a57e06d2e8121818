package modifier

import (
	"slices"
	"strings"

	"github.com/exportd/exportd/engine/diag"
)

// format is a token of fmt= (is-protocol 6).
type format struct {
	token string // folded
	// name and alpha are what the token means; an empty name is a format that
	// exportd cannot write, for the reason given.
	name         string
	alpha        bool
	types        []PixelType
	compressions []Compression
	reason       string
}

var (
	anyType  = []PixelType{TypeRGB, TypeGray, TypeCMYK}
	noCMYK   = []PixelType{TypeRGB, TypeGray}
	onlyRGB  = []PixelType{TypeRGB}
	tifKinds = []Compression{CompressionNone, CompressionLZW, CompressionZip, CompressionJPEG}
	pdfKinds = []Compression{CompressionNone, CompressionZip, CompressionJPEG}
	lossless = []Compression{CompressionLossless}
)

// Why tokens are refused.
const (
	noJPEGXR = "there is no free library for JPEG XR that libvips knows; an encoder plugin that declares this fmt token could provide it"
	noSWF    = "a Flash container is no picture format that anything still plays; an encoder plugin that declares this fmt token could provide it"
	noVideo  = "a manifest of a streamed video is no reply for a picture; choose a picture format"
)

// formats are all tokens that exist, in the order of is-protocol 6. It never
// changes. web-alpha is a slip of the vendor's page for webp-alpha.
var formats = []format{
	{token: "jpeg", name: "jpeg", types: anyType},
	{token: "jpg", name: "jpeg", types: anyType},
	{token: "pjpeg", name: "pjpeg", types: anyType},
	{token: "png", name: "png", types: noCMYK},
	{token: "png-alpha", name: "png", alpha: true, types: noCMYK},
	{token: "png8", name: "png8", types: onlyRGB},
	{token: "png8-alpha", name: "png8", alpha: true, types: onlyRGB},
	{token: "gif", name: "gif", types: noCMYK},
	{token: "gif-alpha", name: "gif", alpha: true, types: noCMYK},
	{token: "tif", name: "tif", types: anyType, compressions: tifKinds},
	{token: "tiff", name: "tif", types: anyType, compressions: tifKinds},
	{token: "tif-alpha", name: "tif", alpha: true, types: anyType, compressions: tifKinds[:3]},
	{token: "webp", name: "webp", types: onlyRGB, compressions: lossKinds},
	{token: "webp-alpha", name: "webp", alpha: true, types: onlyRGB, compressions: lossKinds},
	{token: "web-alpha", name: "webp", alpha: true, types: onlyRGB, compressions: lossKinds},
	{token: "avif", name: "avif", types: onlyRGB, compressions: lossKinds},
	{token: "avif-alpha", name: "avif", alpha: true, types: onlyRGB, compressions: lossKinds},
	{token: "heic", name: "heic", types: onlyRGB, compressions: lossless},
	{token: "jpeg2000", name: "jpeg2000", types: noCMYK, compressions: lossKinds},
	{token: "jpeg2000-alpha", name: "jpeg2000", alpha: true, types: noCMYK, compressions: lossKinds},
	{token: "jpegxr", reason: noJPEGXR}, {token: "jpegxr-alpha", reason: noJPEGXR},
	{token: "pdf", name: "pdf", types: anyType, compressions: pdfKinds},
	{token: "eps", name: "eps", types: anyType},
	{token: "swf", reason: noSWF}, {token: "swf-alpha", reason: noSWF},
	{token: "swf3", reason: noSWF}, {token: "swf3-alpha", reason: noSWF}, {token: "swf-alpha3", reason: noSWF},
	{token: "f4m", reason: noVideo}, {token: "m3u8", reason: noVideo},
}

var lossKinds = []Compression{compressionLossy, CompressionLossless}

// compressionLossy is the default of those that have it, so [Output] has it as
// CompressionDefault.
const compressionLossy Compression = "lossy"

// setFmt reads fmt=format[,[pixelType][,compression]]. Combinations that the
// vendor's page calls invalid are errors. Without a type the source's is
// kept where the format holds it.
func setFmt(r *resolver, _ int, a args) *fault {
	const form = "format[,[pixelType][,compression]]"
	if len(a) > 3 {
		return wrong(form, "%d arguments are given", len(a))
	}
	i := slices.IndexFunc(formats, func(f format) bool { return strings.EqualFold(f.token, a[0]) })
	others := r.sources.Attributes.Foreign
	if i < 0 || formats[i].name == "" {
		if f, alpha, ok := foreign(others, a[0]); ok {
			return r.setForeign(f, alpha, a)
		}
	}
	if i < 0 {
		f := wrong(strings.Join(append(tokens(true), foreignTokens(others)...), ", "), "%s is no format", quote(a[0]))
		f.hint = diag.DidYouMean(a[0], append(tokens(false), foreignTokens(others)...), "a plugin could provide it: see exportd plugin ls")
		return f
	}
	f := formats[i]
	if f.name == "" {
		bad := unsupported("exportd cannot write %s: %s", f.token, f.reason)
		bad.hint = "choose another format"
		return bad
	}
	out := r.set.Output
	out.Format, out.Foreign, out.Alpha, out.Type, out.Compression = f.name, nil, f.alpha, TypeSource, CompressionDefault
	if len(a) > 1 && a[1] != "" {
		out.Type = PixelType(strings.ToLower(a[1]))
		if !slices.Contains(anyType, out.Type) {
			return keyword(a[1], "rgb", "gray", "cmyk")
		}
		if !slices.Contains(f.types, out.Type) {
			return wrong(join(f.types), "%s cannot hold %s", f.token, out.Type)
		}
	}
	if len(a) > 2 && a[2] != "" {
		out.Compression = Compression(strings.ToLower(a[2]))
		switch {
		case len(f.compressions) == 0 && out.Compression == CompressionNone:
			// The page spells the default itself as jpeg,rgb,none.
			out.Compression = CompressionDefault
		case len(f.compressions) == 0:
			return wrong(f.token+" alone", "%s takes no compression", f.token)
		case !slices.Contains(f.compressions, out.Compression):
			bad := keyword(a[2], strings.Split(join(f.compressions), ", ")...)
			bad.problem = f.token + " does not take the compression " + quote(a[2])
			return bad
		case out.Compression == compressionLossy:
			out.Compression = CompressionDefault
		}
	}
	r.set.Output = out
	return nil
}

// tokens lists the tokens of fmt=, all of them or those that can be written.
func tokens(written bool) []string {
	var list []string
	for _, f := range formats {
		if !written || f.name != "" && f.token != "web-alpha" {
			list = append(list, f.token)
		}
	}
	return list
}

func join[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, w := range list {
		words[i] = string(w)
	}
	return strings.Join(words, ", ")
}

// setQlt reads qlt=q[,c]. A quality out of 1..100 is clamped, for the vendor's
// own sample says 750. Without c the chroma is sub-sampled: omitted
// arguments are not taken from a weaker command (is-protocol 2.1).
func setQlt(r *resolver, i int, a args) *fault {
	q, chroma, f := quality(a, false)
	if f != nil {
		return f
	}
	if clamped := min(max(q, 1), 100); clamped != q {
		c := r.commands[i]
		r.note(i, "used", diag.New(diag.CommandClamped, "%s (%s): the quality is brought to %d; allowed: 1 to 100", c.written(), c.Origin, clamped))
		q = clamped
	}
	r.set.Output.Quality, r.set.Output.Chroma444 = q, chroma
	return nil
}

// quality reads q[,c]; c is 1 for full chroma. Strict refuses what qlt= clamps.
func quality(a args, strict bool) (q int, chroma bool, f *fault) {
	const allowed = "1..100[,0|1]"
	if len(a) > 2 {
		return 0, false, wrong(allowed, "%d arguments are given", len(a))
	}
	lo, hi := -coordLimit, coordLimit
	if strict {
		lo, hi = 1, 100
	}
	if q, f = whole(a[0], lo, hi, allowed); f == nil && len(a) == 2 {
		chroma, f = flag(a[1])
	}
	return q, chroma, f
}
