package modifier

// Filters are the colour operations and filters of a picture (is-protocol 7.4).
// They act in the order of A-11, which is that of the fields: on the composite, or
// on the picture of layer 0. At comp Sharpen, USM and USMR act on the view, after
// all scaling. The zero value does nothing.
type Filters struct {
	Brightness int // -100..100 (op_brightness)
	Contrast   int // -100..100 (op_contrast)
	Hue        int // -180..180 degrees (op_hue)
	Saturation int // -100..100 (op_saturation)
	// Balance is added to red, green and blue, -100..100 each (op_colorbalance).
	Balance  [3]int
	Colorize *Colorize // nil: none (op_colorize)
	Invert   bool      // op_invert
	Noise    Noise     // op_noise
	Grow     int       // -100..100 pixels of the composite (op_grow)
	Blur     float64   // 0..100, radius in pixels of the composite (op_blur)

	// GrowMask and GrowMaskR dilate alpha, or erode it below 0: -100..100 pixels
	// of the full-resolution source, or of the reply (op_growMask, op_growMaskR).
	GrowMask, GrowMaskR int

	Sharpen bool // op_sharpen

	USM  USM // radius in pixels of the full-resolution picture (op_usm, A-23)
	USMR USM // radius in pixels of the reply (op_usmR)
}

// Colorize gives every pixel the hue and saturation of Color.
type Colorize struct {
	Color RGB
	// Norm moves the median luminance to 50 % first; Contrast, 1..100 percent, is
	// then the range that luminance is stretched to, 0 keeps the range.
	Norm     bool
	Contrast float64
}

// Noise is added to the colours. The zero value adds none.
type Noise struct {
	Amount   int // 0..100 percent
	Gaussian bool
	Mono     bool
	// Seed follows from the text of the request, so the same request gives the
	// same bytes.
	Seed uint64
}

// USM is an unsharp mask. It acts when Amount and Radius are both above 0.
type USM struct {
	Amount    float64 // 0..5
	Radius    float64 // 0..250 pixels
	Threshold int     // 0..255 levels
	Mono      bool    // of the brightness alone
}

// Acts reports whether u changes any pixel.
func (u USM) Acts() bool { return u.Amount > 0 && u.Radius > 0 }

// NeedsRGB reports whether an operation of f works on RGB alone, so that CMYK is
// converted naively before it (r-op-brightness and its kin).
func (f Filters) NeedsRGB() bool {
	return f.Brightness != 0 || f.Contrast != 0 || f.Hue != 0 || f.Saturation != 0 || f.MakesRGB()
}

// MakesRGB reports whether an operation of f makes gray pictures RGB
// (r-op-colorbalance, r-op-colorize).
func (f Filters) MakesRGB() bool { return f.Balance != [3]int{} || f.Colorize != nil }

// Points reports whether f has an operation that looks at one pixel at a time.
func (f Filters) Points() bool { return f.NeedsRGB() || f.Invert || f.Noise.Amount > 0 }

// Acts reports whether f changes any colour; growing a mask is apart.
func (f Filters) Acts() bool {
	return f.Points() || f.Grow != 0 || f.Blur > 0 || f.Sharpen || f.USM.Acts() || f.USMR.Acts()
}

// Intent is a rendering intent, numbered as the attribute IccRenderIntent is.
type Intent int

// The rendering intents of r-iccrenderintent.
const (
	IntentPerceptual Intent = iota
	IntentRelative
	IntentSaturation
	IntentAbsolute
)

// String is the intent as icc= writes it.
func (i Intent) String() string {
	if i < 0 || int(i) >= len(intents) {
		return "unknown"
	}
	return intents[i]
}

var intents = []string{"perceptual", "relative", "saturation", "absolute"}

// Profiles names a colour profile for each pixel type; "" is none.
type Profiles struct{ RGB, Gray, CMYK string }

// For gives the profile for pixels of type t.
func (p Profiles) For(t PixelType) string {
	switch t {
	case TypeGray:
		return p.Gray
	case TypeCMYK:
		return p.CMYK
	}
	return p.RGB
}

// ICC is the colour management of a reply (is-protocol 7.5, the vendor's page
// r-color-management). Profiles go by name; which ones there are is for the
// pixel stages to say.
type ICC struct {
	Profile string // of the reply (icc=); "" is that of its pixel type
	Intent  Intent
	// BlackPoint asks for black point compensation.
	BlackPoint bool
	Dither     bool // diffuses what 8 bits cannot hold of converted colours
	Embed      bool // iccEmbed
	Out        Profiles
	In         Profiles
}
