package modifier

import (
	"math"
	"slices"
	"strings"
)

// Palette is how the colours of a png8 or gif are found.
type Palette string

// The palettes of quantize=. PaletteAdaptive is the default.
const (
	PaletteAdaptive Palette = ""
	PaletteWeb      Palette = "web" // the 216 colours of multiples of 51
	PaletteMac      Palette = "mac" // the Macintosh system palette
)

// maxColours is the largest palette.
const maxColours = 256

// Quantize is the quantize command (r-is-http-quantize). Its zero value is the
// default: adaptive, diffuse, 256.
type Quantize struct {
	Palette  Palette
	NoDither bool
	// Colours is the size of an adaptive palette, 2..256, or 0 for 256. The entry
	// that a gif-alpha needs for transparency is not among them.
	Colours int
	// Forced colours come first in an adaptive palette.
	Forced []RGB
}

// setQuantize reads quantize=type[,dither[,n[,colours]]] (r-is-http-quantize).
func setQuantize(r *resolver, _ int, a args) *fault {
	var q Quantize
	switch strings.ToLower(a[0]) {
	case "adaptive":
	case "web", "mac":
		q.Palette = Palette(strings.ToLower(a[0]))
	default:
		return keyword(a[0], "adaptive", "web", "mac")
	}
	if len(a) > 1 && a[1] != "" {
		switch strings.ToLower(a[1]) {
		case "diffuse":
		case "off":
			q.NoDither = true
		default:
			return keyword(a[1], "diffuse", "off")
		}
	}
	size := maxColours
	if len(a) > 2 && a[2] != "" {
		var f *fault
		if q.Colours, f = whole(a[2], 2, maxColours, "2..256 colours"); f != nil {
			return f
		}
		size = q.Colours
	}
	if len(a) > 3 {
		var f *fault
		if q.Forced, f = forced(a[3:], size); f != nil {
			return f
		}
	}
	r.set.Output.Quantize = q
	return nil
}

// forced reads the colours that must be in a palette of size entries: hex6 alone,
// without 0x.
func forced(a args, size int) ([]RGB, *fault) {
	const allowed = "RRGGBB, at most as many as the palette has colours"
	if len(a) > size {
		return nil, wrong(allowed, "%d colours are forced into a palette of %d", len(a), size)
	}
	list := make([]RGB, 0, len(a))
	for _, text := range a {
		if strings.HasPrefix(strings.ToLower(text), "0x") {
			return nil, wrong(allowed, "%s has a 0x", quote(text))
		}
		c, f := hexRGB(args{text})
		if f != nil {
			return nil, wrong(allowed, "%s is not six hex digits", quote(text))
		}
		if !slices.Contains(list, c) {
			list = append(list, c)
		}
	}
	return list, nil
}

// setJPEGSize reads jpegSize=kilobytes of 1024 bytes; 0 is no bound
// (r-jpegsize).
func setJPEGSize(r *resolver, _ int, a args) *fault {
	const allowed = "kilobytes, 0 for no bound"
	text, f := a.one(allowed)
	if f != nil {
		return f
	}
	kilobytes, f := number(text, 0, coordLimit, allowed)
	if f != nil {
		return f
	}
	r.set.Output.MaxBytes = int64(math.Floor(kilobytes * 1024))
	return nil
}

// setPscan checks pscan=auto|3|4|5 (r-pscan). libvips writes the standard
// progression whatever is asked, which is what auto says; the others differ in
// the number of passes, not in the picture.
func setPscan(_ *resolver, _ int, a args) *fault {
	text, f := a.one("auto, 3, 4, 5")
	if f != nil {
		return f
	}
	if !slices.Contains([]string{"auto", "3", "4", "5"}, strings.ToLower(text)) {
		return keyword(text, "auto", "3", "4", "5")
	}
	return nil
}

// setXMPEmbed reads xmpEmbed=0|1 (r-xmpembed).
func setXMPEmbed(r *resolver, _ int, a args) *fault {
	text, f := a.one("0 or 1")
	if f != nil {
		return f
	}
	r.set.Output.EmbedXMP, f = flag(text)
	return f
}

// setPathEmbed reads pathEmbed=0|1 (r-pathembed).
func setPathEmbed(r *resolver, _ int, a args) *fault {
	text, f := a.one("0 or 1")
	if f != nil {
		return f
	}
	r.set.Output.EmbedPaths, f = flag(text)
	return f
}

// optionNeedsFormat: options that the format of the reply has no use for are
// ignored, but the mac palette beside alpha, which the vendor's page excludes
//
func (r *resolver) optionNeedsFormat() {
	if !r.formatKnown() {
		return
	}
	out := r.set.Output
	paletted := out.Format == "gif" || out.Format == "png8"
	if i, ok := r.applied("quantize"); ok && !paletted {
		r.ignore(i, out.Format+" has no palette")
	} else if ok && out.Alpha && out.Quantize.Palette == PaletteMac {
		r.verdicts[i] = verdict{spelling: "invalid"}
		r.errs.Add(wrong("adaptive, web", "%s-alpha does not take the mac palette", out.Format).at(r.commands[i]))
	}
	jpeg := out.Format == "jpeg" || out.Format == "pjpeg"
	if i, ok := r.applied("jpegSize"); ok && out.MaxBytes > 0 && !jpeg {
		r.ignore(i, out.Format+" is no JPEG")
	}
	if i, ok := r.applied("pscan"); ok && out.Format != "pjpeg" {
		r.ignore(i, out.Format+" is no progressive JPEG")
	}
	if i, ok := r.applied("xmpEmbed"); ok && out.EmbedXMP && !jpeg && out.Format != "tif" {
		r.ignore(i, out.Format+" takes no XMP")
	}
	if i, ok := r.applied("pathEmbed"); ok && out.EmbedPaths && !out.HoldsPaths() {
		r.set.Output.EmbedPaths = false
		r.ignore(i, out.Format+" takes no paths")
	}
}

// maskIsGray: a mask is gray when fmt= is absent (r-is-http-fmt).
func (r *resolver) maskIsGray() {
	if _, given := r.winner["fmt"]; r.set.MaskReply && !given {
		r.set.Output.Type = TypeGray
	}
}

// maskRequest is the one other reply of req= that is a picture (r-mask-req).
func maskRequest(r *resolver, a args) *fault {
	if len(a) > 1 {
		return wrong("img, mask", "%d arguments are given", len(a))
	}
	r.set.MaskReply = true
	return nil
}
