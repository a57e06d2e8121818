package modifier

import (
	"strings"
	"testing"
)

// listed are the commands of is-protocol 7 by section, in its order. Counting
// them here keeps a row from being lost.
var listed = map[string]string{
	"7.1":  "fmt qlt jpegSize pscan quantize printRes pathEmbed xmpEmbed resMode defaultImage template bfc network dpr",
	"7.2":  "wid hei scl fit align rgn rect bgc",
	"7.3":  "src crop cropN cropPathE size sizeN scale res anchor anchorN flip rotate extend extendN perspective perspectiveN",
	"7.4":  "op_brightness op_contrast op_saturation op_hue op_colorbalance op_colorize op_invert op_blur op_sharpen op_usm op_usmR op_noise op_grow op_growMask op_growMaskR",
	"7.5":  "icc iccEmbed",
	"7.6":  "layer origin originN pos posN opac blendMode color bgColor hide",
	"7.7":  "effect effectMask",
	"7.8":  "text textPs textAttr textAngle textPath pathAttr textFlowPath textFlowXPath",
	"7.9":  "mask maskUse clipPath clipPathE clipXPath clipXPathE",
	"7.10": "cache id locale imageSet map mapA type req",
}

func TestEveryCommandIsInTheTable(t *testing.T) {
	got := map[string][]string{}
	for _, s := range Commands() {
		got[s.Section] = append(append(got[s.Section], s.Name), s.Aliases...)
		if s.Args == "" || s.Scope == "" || !strings.HasPrefix(s.Page, "r-") {
			t.Errorf("%s lacks arguments, scope or page", s.Name)
		}
		if set := setterOf(s.Name) != nil; set != (s.State == Supported || s.State == Refused) {
			t.Errorf("%s is %s, interpreted: %v", s.Name, s.State, set)
		}
		if s.State == Unsupported != s.Px && s.State != Supported {
			t.Errorf("%s: px %v, but %s", s.Name, s.Px, s.State)
		}
	}
	for section, names := range listed {
		if joined := strings.Join(got[section], " "); joined != names {
			t.Errorf("section %s\n got %s\nwant %s", section, joined, names)
		}
	}
}

func TestLookupIgnoresCase(t *testing.T) {
	for in, want := range map[string]string{"WID": "wid", "cropn": "crop", "OP_USMR": "op_usmR", "posN": "pos"} {
		if s, ok := Lookup(in); !ok || s.Name != want {
			t.Errorf("Lookup(%q) = %q, %v", in, s.Name, ok)
		}
	}
	for _, in := range []string{"", "widd", strings.Repeat("x", 100)} {
		if s, ok := Lookup(in); ok {
			t.Errorf("Lookup(%q) = %q", in, s.Name)
		}
	}
}
