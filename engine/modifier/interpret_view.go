package modifier

import (
	"math"
	"slices"
	"strings"
)

// setter interprets the value of the command with index i into r.set.
type setter func(r *resolver, i int, a args) *fault

// setters are the interpreters of the supported commands, and of req. It never
// changes; a test holds that it and the table agree.
var setters = map[string]setter{
	"wid": setWid, "hei": setHei, "scl": setScl, "fit": setFit, "align": setAlign, "rgn": setRgn, "bgc": setBgc,
	"crop": setCrop, "rotate": setRotate, "flip": setFlip,
	"size": setSize, "scale": setScale, "res": setRes, "anchor": setAnchor, "extend": setExtend, "perspective": setPerspective,
	"rect": setRect, "dpr": setDPR, "printRes": setPrintRes,
	"layer": setLayer, "hide": setHide, "color": setColor, "bgColor": setBgColor, "opac": setOpac,
	"origin": setIgnoredHere, "pos": setIgnoredHere, "blendMode": setIgnoredHere,
	"fmt": setFmt, "qlt": setQlt, "resMode": setResMode, "req": setReq,
	"src": setSrc, "defaultImage": setDefaultImage,
	"mask": setMask, "maskUse": setMaskUse, "cropPathE": setCropPathE,
	"clipPath": setClipPath, "clipPathE": setClipPathE, "clipXPath": setClipXPath, "clipXPathE": setClipXPathE,
	"quantize": setQuantize, "jpegSize": setJPEGSize, "pscan": setPscan, "xmpEmbed": setXMPEmbed, "pathEmbed": setPathEmbed,
}

// setterOf finds the interpreter of a supported command, nil for any other.
func setterOf(name string) setter {
	for _, family := range []map[string]setter{setters, filterSetters, iccSetters} {
		if f, ok := family[name]; ok {
			return f
		}
	}
	return nil
}

// one takes the only argument of a command.
func (a args) one(allowed string) (string, *fault) {
	if len(a) != 1 {
		return "", wrong(allowed, "%d arguments are given", len(a))
	}
	if a[0] == "" {
		return "", wrong(allowed, "the value is missing")
	}
	return a[0], nil
}

// side reads a side of the reply in pixels. Zero and negative sizes are errors
// how large the reply may become is for [Settings.Geometry] to say.
func side(a args) (int, *fault) {
	const allowed = "a whole number of pixels above 0"
	text, f := a.one(allowed)
	if f != nil {
		return 0, f
	}
	return whole(text, 1, coordLimit, allowed)
}

func setWid(r *resolver, _ int, a args) (f *fault) {
	r.set.Wid, f = side(a)
	return f
}

func setHei(r *resolver, _ int, a args) (f *fault) {
	r.set.Hei, f = side(a)
	return f
}

func setScl(r *resolver, _ int, a args) *fault {
	const allowed = "a number above 0; 2 is half the size"
	text, f := a.one(allowed)
	if f != nil {
		return f
	}
	r.set.Scl, f = positive(text, allowed)
	return f
}

// fits are the modes of fit=, in the order of is-protocol 5.3.
var fits = []string{string(FitFit), string(FitConstrain), string(FitCrop), string(FitWrap), string(FitStretch), string(FitHfit), string(FitVfit)}

func setFit(r *resolver, _ int, a args) *fault {
	if len(a) > 2 {
		return wrong("mode[,0|1]", "%d arguments are given", len(a))
	}
	mode := strings.ToLower(a[0])
	if !slices.Contains(fits, mode) {
		return keyword(a[0], fits...)
	}
	fit := Fit{Mode: FitMode(mode), Given: true}
	if len(a) == 2 {
		up, f := flag(a[1])
		if f != nil {
			return f
		}
		fit.Upscale = up
	}
	r.set.Fit = fit
	return nil
}

func setAlign(r *resolver, _ int, a args) *fault {
	const allowed = "h,v, each from -1 to 1"
	if len(a) != 2 {
		return wrong(allowed, "%d of 2 numbers are given", len(a))
	}
	var align [2]float64
	for i, text := range a {
		v, f := number(text, -1, 1, allowed)
		if f != nil {
			return f
		}
		align[i] = v
	}
	r.set.Align = align
	return nil
}

func setRgn(r *resolver, _ int, a args) *fault {
	v, f := rectangle(a, "x,y,w,h in whole pixels, w and h above 0")
	if f != nil {
		return f
	}
	rect := edges(v)
	r.set.Rgn = &rect
	return nil
}

// setBgc reads bgc=colour (r-bgc).
func setBgc(r *resolver, _ int, a args) (f *fault) {
	r.set.Bgc, f = background(a)
	return f
}

// background reads the fill of the view. Its alpha and its s are ignored: it is
// opaque, and always of the output's colours (r-bgc, is-protocol 3).
func background(a args) (Colour, *fault) {
	c, f := colour(strings.Join(a, ","))
	if f != nil {
		return Colour{}, f
	}
	c.Alpha, c.Source = 1, false
	return c, nil
}

func setCrop(r *resolver, i int, a args) *fault {
	normalised := r.commands[i].Name == "cropN"
	allowed := "x,y,w,h in whole pixels of the source, w and h above 0"
	if normalised {
		allowed = "x,y,w,h in fractions of the source, w and h above 0"
	}
	if len(a) == 4 && a[0] == "0" && a[1] == "0" && a[2] == "0" && a[3] == "0" {
		// Shops write it for no crop; a size of 0,0 may stand for the default (r-size).
		r.ignore(i, "it is the whole picture")
		return nil
	}
	v, f := rectangle(a, allowed)
	if f != nil {
		return f
	}
	r.set.Crop = &Crop{X: v[0], Y: v[1], W: v[2], H: v[3], Normalised: normalised}
	return nil
}

func setRotate(r *resolver, _ int, a args) *fault {
	const allowed = "degrees, clockwise"
	text, f := a.one(allowed)
	if f != nil {
		return f
	}
	v, f := number(text, -math.MaxFloat64, math.MaxFloat64, allowed)
	if f != nil {
		return f
	}
	if v = math.Mod(v, 360); v < 0 {
		v += 360
	}
	if v >= 360 { // a tiny negative angle, rounded up
		v = 0
	}
	r.set.Rotate = v
	return nil
}

func setFlip(r *resolver, i int, a args) *fault {
	flip := ""
	if len(a) == 1 {
		flip = strings.ToLower(a[0])
	}
	switch flip {
	case "lr", "ud", "lrud":
		lr, ud := flip != "ud", flip != "lr"
		if r.scopes[i] == scopeBase {
			r.set.BaseLR, r.set.BaseUD = lr, ud
		} else {
			r.set.FlipLR, r.set.FlipUD = lr, ud
		}
		return nil
	}
	return keyword(strings.Join(a, ","), "lr", "ud", "lrud")
}

// resModes are the spellings of resMode=; sharp is the old name of bisharp.
var resModes = []string{string(ResBilin), string(ResBicub), string(ResSharp2), string(ResBisharp)}

func setResMode(r *resolver, _ int, a args) *fault {
	mode := strings.ToLower(strings.Join(a, ","))
	if mode == "sharp" {
		mode = string(ResBisharp)
	}
	if !slices.Contains(resModes, mode) {
		return keyword(strings.Join(a, ","), resModes...)
	}
	r.set.ResMode = ResMode(mode)
	return nil
}

// requests are the replies that Image Serving can be asked for (is-protocol 7.10).
var requests = []string{"img", "mask", "tmb", "saveToFile", "props", "imageprops", "catalogprops", "exists", "userdata", "xmp", "set", "imageset", "mbrSet", "targets", "map", "loadcache", "message", "resolve", "validate", "xlate"}

func setReq(r *resolver, _ int, a args) *fault {
	switch known := slices.ContainsFunc(requests, func(s string) bool { return strings.EqualFold(s, a[0]) }); {
	case !known:
		f := keyword(a[0], requests...)
		f.allowed = "img, mask"
		return f
	case strings.EqualFold(a[0], "mask"):
		return maskRequest(r, a)
	case !strings.EqualFold(a[0], "img"):
		return unsupported("the reply would not be a picture of the asset; an export gives req=img or req=mask")
	case len(a) > 1:
		return wrong("img", "%d arguments are given", len(a))
	}
	return nil
}
