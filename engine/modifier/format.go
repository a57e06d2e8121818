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
	// this version cannot write.
	name         string
	alpha        bool
	types        []PixelType
	compressions []Compression
}

var (
	anyType  = []PixelType{TypeRGB, TypeGray, TypeCMYK}
	noCMYK   = []PixelType{TypeRGB, TypeGray}
	onlyRGB  = []PixelType{TypeRGB}
	tifKinds = []Compression{CompressionNone, CompressionLZW, CompressionZip, CompressionJPEG}
)

// formats are all tokens that exist, in the order of is-protocol 6. It never
// changes. web-alpha is a slip of the vendor's page for webp-alpha.
var formats = []format{
	{token: "jpeg", name: "jpeg", types: anyType},
	{token: "jpg", name: "jpeg", types: anyType},
	{token: "pjpeg", name: "pjpeg", types: anyType},
	{token: "png", name: "png", types: noCMYK},
	{token: "png-alpha", name: "png", alpha: true, types: noCMYK},
	{token: "png8"}, {token: "png8-alpha"},
	{token: "gif", name: "gif", types: noCMYK},
	{token: "gif-alpha", name: "gif", alpha: true, types: noCMYK},
	{token: "tif", name: "tif", types: anyType, compressions: tifKinds},
	{token: "tiff", name: "tif", types: anyType, compressions: tifKinds},
	{token: "tif-alpha", name: "tif", alpha: true, types: anyType, compressions: tifKinds[:3]},
	{token: "webp", name: "webp", types: onlyRGB, compressions: webpKinds},
	{token: "webp-alpha", name: "webp", alpha: true, types: onlyRGB, compressions: webpKinds},
	{token: "web-alpha", name: "webp", alpha: true, types: onlyRGB, compressions: webpKinds},
	{token: "avif"}, {token: "avif-alpha"}, {token: "heic"},
	{token: "jpeg2000"}, {token: "jpeg2000-alpha"}, {token: "jpegxr"}, {token: "jpegxr-alpha"},
	{token: "pdf"}, {token: "eps"},
	{token: "swf"}, {token: "swf-alpha"}, {token: "swf3"}, {token: "swf3-alpha"}, {token: "swf-alpha3"},
	{token: "f4m"}, {token: "m3u8"},
}

var webpKinds = []Compression{compressionLossy, CompressionLossless}

// compressionLossy is webp's own, so [Output] has it as CompressionDefault.
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
	if i < 0 {
		f := wrong(strings.Join(tokens(true), ", "), "%s is no format", quote(a[0]))
		f.hint = diag.DidYouMean(a[0], tokens(false), "")
		return f
	}
	f := formats[i]
	if f.name == "" {
		return unsupported("this version of exportd cannot write %s", f.token)
	}
	out := Output{Format: f.name, Alpha: f.alpha, Type: TypeSource, Quality: r.set.Output.Quality, Chroma444: r.set.Output.Chroma444}
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
