package modifier

import (
	"strings"

	"github.com/exportd/exportd/engine/diag"
)

// Validate reports every attribute with a value that is not allowed, as a
// [diag.List] of E-KEY-VALUE. An empty attribute has its default, except
// IccProfileRgb, where empty means unmanaged colour.
func (a Attributes) Validate() error {
	_, err := a.settings()
	return err
}

// settings gives the settings that hold without any command.
func (a Attributes) settings() (*Settings, error) {
	s := &Settings{
		Fit:    Fit{Mode: FitFit},
		Output: Output{Format: "jpeg", Type: TypeRGB}, // is-protocol 6: fmt absent
	}
	def := DefaultAttributes()
	r := &resolver{set: s}
	var wrong diag.List
	for _, attribute := range []struct {
		name, value, fallback string
		set                   func(args) *fault
	}{
		{"DefaultPix", a.DefaultPix, def.DefaultPix, func(v args) (f *fault) { s.DefaultPix, f = pixels(v); return f }},
		{"MaxPix", a.MaxPix, def.MaxPix, func(v args) (f *fault) { s.MaxPix, f = pixels(v); return f }},
		{"BkgColor", a.BkgColor, def.BkgColor, func(v args) (f *fault) { s.Bgc, f = background(v); return f }},
		{"JpegQuality", a.JpegQuality, def.JpegQuality, func(v args) (f *fault) {
			s.Output.Quality, s.Output.Chroma444, f = quality(v, true)
			return f
		}},
		{"ResMode", a.ResMode, def.ResMode, func(v args) *fault { return setResMode(r, 0, numbered(v)) }},
	} {
		value := attribute.value
		if value == "" {
			value = attribute.fallback
		}
		if f := attribute.set(split(value)); f != nil {
			d := diag.New(diag.KeyValue, "attribute %s = %s: %w", attribute.name, quote(value), f)
			d.Hint = f.hint
			wrong.Add(d)
		}
	}
	wrong.Add(a.icc(s)...)
	wrong.Add(a.object(s)...)
	return s, wrong.Err()
}

// object reads the attributes that stand in for what an asset's record does not
// say, or for the asset itself (r-resolution, r-printresolution,
// r-is-cat-defaultimage, r-defaultimagemode).
func (a Attributes) object(s *Settings) diag.List {
	var list diag.List
	read := func(name, value string, set func(string) *fault) {
		if value == "" {
			return
		}
		if f := set(value); f != nil {
			list.Add(diag.New(diag.KeyValue, "attribute %s = %s: %w", name, quote(value), f))
		}
	}
	read("Resolution", a.Resolution, func(v string) (f *fault) {
		s.Resolution, f = positive(v, "a number above 0")
		return f
	})
	read("PrintResolution", a.PrintResolution, func(v string) (f *fault) {
		s.PrintResolution, f = density(v)
		return f
	})
	read("DefaultImage", a.DefaultImage, func(v string) (f *fault) {
		s.DefaultImage, f = asset(v)
		return f
	})
	read("DefaultImageMode", a.DefaultImageMode, func(v string) (f *fault) {
		s.OnlyImage, f = flag(v)
		return f
	})
	return list
}

// pixels reads "w,h", 0 meaning unlimited.
func pixels(a args) (v [2]int, f *fault) {
	const allowed = "w,h in whole pixels, 0 for unlimited"
	if len(a) != 2 {
		return v, wrong(allowed, "%d of 2 numbers are given", len(a))
	}
	for i, text := range a {
		if v[i], f = whole(text, 0, coordLimit, allowed); f != nil {
			return [2]int{}, f
		}
	}
	return v, nil
}

// hexRGB reads the hex colour of an attribute.
func hexRGB(a args) (RGB, *fault) {
	text := strings.Join(a, ",")
	c, f := colour(text)
	if digits := strings.TrimPrefix(strings.ToLower(text), "0x"); f == nil && (c.Space != SpaceRGB || len(digits) != 6) {
		f = wrong("", "not six hex digits")
	}
	if f != nil {
		return RGB{}, wrong("RRGGBB", "%s is not a colour", quote(text))
	}
	return c.RGB(), nil
}

// numbered turns the vendor's numbers of a resampling mode into names
// (is-protocol 2.4: 2 bilin, 3 bicub, 4 sharp2, 1 the old sharp).
func numbered(a args) args {
	switch a[0] {
	case "1":
		return args{"sharp"}
	case "2":
		return args{string(ResBilin)}
	case "3":
		return args{string(ResBicub)}
	case "4":
		return args{string(ResSharp2)}
	}
	return a
}
