package modifier

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/exportd/exportd/engine/diag"
)

func TestFiltersAreRead(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Filters
	}{
		{"op_brightness=-10", Filters{Brightness: -10}},
		{"op_contrast=+22", Filters{Contrast: 22}},
		{"op_saturation=-100", Filters{Saturation: -100}},
		{"op_hue=%2B180", Filters{Hue: 180}},
		{"op_hue=20.5", Filters{Hue: 21}}, // halves up
		{"op_colorBalance=100,0,-7", Filters{Balance: [3]int{100, 0, -7}}},
		{"op_colorize=a0b0c0", Filters{Colorize: &Colorize{Color: RGB{0xa0, 0xb0, 0xc0}, Norm: true}}},
		{"op_colorize=a0b0c0,norm,50", Filters{Colorize: &Colorize{Color: RGB{0xa0, 0xb0, 0xc0}, Norm: true, Contrast: 50}}},
		{"op_colorize=255,0,128,OFF", Filters{Colorize: &Colorize{Color: RGB{255, 0, 128}}}},
		{"op_invert=1", Filters{Invert: true}},
		{"op_invert=0", Filters{}},
		{"op_noise=0", Filters{}},
		{"op_grow=-3", Filters{Grow: -3}},
		{"op_blur=2.5", Filters{Blur: 2.5}},
		{"op_growMask=-1&op_growMaskR=2", Filters{GrowMask: -1, GrowMaskR: 2}},
		{"op_usm=0,0,0,0", Filters{}},
		{"op_usm=1.5,2.5,10,1", Filters{USM: USM{Amount: 1.5, Radius: 2.5, Threshold: 10, Mono: true}}},
		{"op_usmR=1,3", Filters{USMR: USM{Amount: 1, Radius: 3}}},
	} {
		s, notes := resolved(t, c.in)
		if !cmp.Equal(s.Filters, c.want) || len(notes) > 0 {
			t.Errorf("%s: %s %v", c.in, cmp.Diff(c.want, s.Filters), notes)
		}
	}
}

func TestFiltersOutOfRangeAreClampedWithAWarning(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Filters
	}{
		{"op_brightness=101", Filters{Brightness: 100}},
		{"op_contrast=-1000", Filters{Contrast: -100}},
		{"op_saturation=200", Filters{Saturation: 100}},
		{"op_hue=-181", Filters{Hue: -180}},
		{"op_colorbalance=300,0,0", Filters{Balance: [3]int{100}}},
		{"op_colorize=ffffff,norm,101", Filters{Colorize: &Colorize{Color: RGB{255, 255, 255}, Norm: true, Contrast: 100}}},
		{"op_grow=101", Filters{Grow: 100}},
		{"op_growMask=-101", Filters{GrowMask: -100}},
		{"op_growMaskR=101", Filters{GrowMaskR: 100}},
		{"op_blur=-1", Filters{}},
		{"op_blur=100.5", Filters{Blur: 100}},
		{"op_noise=-1", Filters{}},
		{"op_usm=6,1", Filters{USM: USM{Amount: 5, Radius: 1}}},
		{"op_usmR=1,251", Filters{USMR: USM{Amount: 1, Radius: 250}}},
		{"op_usmR=1,1,256", Filters{USMR: USM{Amount: 1, Radius: 1, Threshold: 255}}},
	} {
		s, notes := resolved(t, c.in)
		if !cmp.Equal(s.Filters, c.want) || codes(notes) != "W-COMMAND-CLAMPED" {
			t.Errorf("%s: %s %v", c.in, cmp.Diff(c.want, s.Filters), notes)
		}
	}
}

func TestFiltersThatAreWrong(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"op_brightness=x", "not a number"},
		{"op_brightness", "the value is missing"},
		{"op_contrast=1,2", "2 arguments"},
		{"op_saturation=", "missing"},
		{"op_hue=1e2", "not a number"},
		{"op_colorbalance=1,2", "2 of 3"},
		{"op_colorbalance=1,2,x", "not a number"},
		{"op_colorize=", "is not a colour"},
		{"op_colorize=50", "the colour is gray"},
		{"op_colorize=0,0,0,0k", "the colour is cmyk"},
		{"op_colorize=red", "is not a colour"},
		{"op_colorize=ff0000,nrm", "not known"},
		{"op_colorize=ff0000,norm,1,2", "3 arguments follow"},
		{"op_invert=2", "neither"},
		{"op_invert", "missing"},
		{"op_noise=5,normal", "not known"},
		{"op_noise=5,uniform,2", "neither"},
		{"op_noise=x", "not a number"},
		{"op_grow=1,1", "2 arguments"},
		{"op_growMask=x", "not a number"},
		{"op_growMaskR=", "missing"},
		{"op_blur=x", "not a number"},
		{"op_usm=", "not a number"},
		{"op_usm=1,2,3,4", "neither"},
		{"op_usmR=1,2,3,1,5", "5 arguments"},
	} {
		d := refusal(t, c.in)
		if d.Code != diag.CommandValue || !strings.Contains(d.Message, c.want) {
			t.Errorf("%s: got %s %q", c.in, d.Code, d.Message)
		}
	}
}

func TestAnUnsharpMaskWithoutARadiusWarns(t *testing.T) {
	s, notes := resolved(t, "op_usm=1")
	if s.Filters.USM.Acts() || codes(notes) != "W-COMMAND-NO-EFFECT" {
		t.Errorf("%+v %v", s.Filters.USM, notes)
	}
}

func TestNoiseIsSeededByTheRequest(t *testing.T) {
	a, _ := resolved(t, "wid=9&op_noise=5,gaussian,1")
	b, _ := resolved(t, "wid=9&op_noise=5,gaussian,1")
	c, _ := resolved(t, "wid=8&op_noise=5,gaussian,1")
	n := a.Filters.Noise
	if n.Amount != 5 || !n.Gaussian || !n.Mono || n.Seed == 0 || n != b.Filters.Noise || n.Seed == c.Filters.Noise.Seed {
		t.Errorf("%+v %+v %+v", n, b.Filters.Noise, c.Filters.Noise)
	}
}

func TestICC(t *testing.T) {
	for _, c := range []struct {
		in, codes string
		want      ICC
	}{
		{"icc=AdobeRGB", "", ICC{Profile: "AdobeRGB", Intent: IntentRelative}},
		{"icc=Adobe%20RGB%20(1998),Perceptual,1", "", ICC{Profile: "Adobe RGB (1998)", Intent: IntentPerceptual, BlackPoint: true}},
		{"icc=x,,,0", "", ICC{Profile: "x", Intent: IntentRelative}},
		{"icc=x,absolute,0,1", "", ICC{Profile: "x", Intent: IntentAbsolute, Dither: true}},
		{"iccEmbed=1", "", ICC{Intent: IntentRelative, Embed: true}},
		{"iccEmbed=1&fmt=gif", "N-COMMAND-IGNORED", ICC{Intent: IntentRelative}},
		{"iccEmbed=0&fmt=gif", "", ICC{Intent: IntentRelative}},
	} {
		c.want.Out.RGB = "sRGB"
		s, notes := resolved(t, c.in)
		if !cmp.Equal(s.ICC, c.want) || codes(notes) != c.codes {
			t.Errorf("%s: %s %v", c.in, cmp.Diff(c.want, s.ICC), notes)
		}
	}
	if s, _ := resolved(t, "fmt=jpeg,gray&icc=x"); s.Output.Type != TypeSource {
		t.Errorf("the profile does not decide over %s", s.Output.Type)
	}
	for _, c := range []struct{ in, want string }{
		{"icc=", "the profile is missing"},
		{"icc=x,relatve", "not known"},
		{"icc=x,relative,2", "neither"},
		{"icc=x,relative,1,yes", "neither"},
		{"icc=x,relative,1,1,1", "5 arguments"},
		{"iccEmbed=2", "neither"},
		{"iccEmbed", "missing"},
	} {
		if d := refusal(t, c.in); d.Code != diag.CommandValue || !strings.Contains(d.Message, c.want) {
			t.Errorf("%s: got %s %q", c.in, d.Code, d.Message)
		}
	}
}

func TestColourAttributes(t *testing.T) {
	a := Attributes{
		IccProfileRgb: "AdobeRGB", IccProfileGray: "g", IccProfileCmyk: "c", IccProfileSrcRgb: "sr", IccProfileSrcGray: "sg", IccProfileSrcCmyk: "sc",
		IccRenderIntent: "0", IccBlackPointCompensation: "1", IccDither: "1",
	}
	s, _, err := Resolve(Sources{Attributes: a, Request: parsed(t, "icc=x", nil)})
	if err != nil {
		t.Fatal(err)
	}
	want := ICC{Profile: "x", BlackPoint: true, Dither: true, Out: Profiles{"AdobeRGB", "g", "c"}, In: Profiles{"sr", "sg", "sc"}}
	if !cmp.Equal(s.ICC, want) {
		t.Error(cmp.Diff(want, s.ICC))
	}
	bad := Attributes{IccRenderIntent: "relative", IccBlackPointCompensation: "2", IccDither: "x"}
	if all := diag.All(bad.Validate(), diag.InternalError); codes(all) != "E-KEY-VALUE E-KEY-VALUE E-KEY-VALUE" {
		t.Errorf("got %v", all)
	}
}

// Layer 0 and the composite each have their operations and clips; growing a mask
// is always layer 0's (is-protocol 4).
func TestLayerZeroSharesNoOperationWithComp(t *testing.T) {
	s, notes := resolved(t, "op_usm=2,3&op_growMask=1&layer=0&op_usm=1,2&op_invert=1&op_growMask=4&clipPath=M0,0L1,1&layer=comp&clipXPath=M0,0L1,1&op_sharpen=1")
	want := Filters{USM: USM{Amount: 2, Radius: 3}, GrowMask: 4, Sharpen: true}
	if !cmp.Equal(s.Filters, want) {
		t.Error(cmp.Diff(want, s.Filters))
	}
	if base := (Filters{USM: USM{Amount: 1, Radius: 2}, Invert: true}); !cmp.Equal(s.Base.Filters, base) {
		t.Error(cmp.Diff(base, s.Base.Filters))
	}
	if len(s.Base.Clip.Path) == 0 || s.Clip.Acts() || len(s.Clip.Cut) > 0 {
		t.Errorf("clips: comp %v, layer 0 %v", s.Clip, s.Base.Clip)
	}
	if got := codes(notes); got != "N-COMMAND-IGNORED" { // the cut at comp has nothing to cut out of
		t.Errorf("notes %s", got)
	}
}
