package asset

import "strings"

// Colour is the colour ledger of one artifact: which profile its source had or was
// taken to have, how its colours were converted, and what they are now.
type Colour struct {
	// Source and Pixels are the pixel types before and after: rgb, gray or cmyk.
	Source string `json:"source"`
	// Found says where Profile comes from: "embedded" in the source, "assumed"
	// because the source has none that can be used, or "none" where nothing is known.
	Found   string `json:"found"`
	Profile string `json:"profile,omitempty"`
	// Naive is a conversion without profiles, "cmyk to rgb"; "" for none.
	Naive string `json:"naive,omitempty"`
	// Intent is the rendering intent of a conversion between profiles; "" where the
	// numbers stayed, or were converted naively.
	Intent     string `json:"intent,omitempty"`
	BlackPoint bool   `json:"black_point,omitempty"` // black points were matched
	Dither     bool   `json:"dither,omitempty"`      // rounding errors were diffused
	Pixels     string `json:"pixels"`
	Output     string `json:"output,omitempty"` // the profile of the numbers; "" for none
	Embedded   bool   `json:"embedded"`         // the file carries that profile
}

// String is the ledger as one line: "rgb, embedded Adobe RGB (1998), to rgb in
// sRGB: relative".
func (c Colour) String() string {
	var b strings.Builder
	b.WriteString(c.Source)
	if c.Profile == "" {
		b.WriteString(" without a profile")
	} else {
		b.WriteString(", " + c.Found + " " + c.Profile + ",")
	}
	b.WriteString(" to " + c.Pixels)
	if c.Output != "" {
		b.WriteString(" in " + c.Output)
	}
	var how []string
	if c.Naive != "" {
		how = append(how, c.Naive+" naively")
	}
	if c.Intent != "" {
		how = append(how, c.Intent)
	}
	if c.BlackPoint {
		how = append(how, "black points matched")
	}
	if c.Dither {
		how = append(how, "dithered")
	}
	if len(how) == 0 {
		how = append(how, "numbers kept")
	}
	if c.Embedded {
		how = append(how, "embedded")
	}
	return b.String() + ": " + strings.Join(how, ", ")
}
