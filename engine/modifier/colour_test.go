package modifier

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestColourGrammar(t *testing.T) {
	rgb := func(r, g, b, a float64) Colour {
		return Colour{Space: SpaceRGB, Components: []float64{r / 255, g / 255, b / 255}, Alpha: a}
	}
	gray := func(g, a float64) Colour { return Colour{Space: SpaceGray, Components: []float64{g}, Alpha: a} }
	cmyk := func(c, m, y, k, a float64) Colour {
		return Colour{Space: SpaceCMYK, Components: []float64{c, m, y, k}, Alpha: a}
	}
	source := func(c Colour) Colour { c.Source = true; return c }
	for _, c := range []struct {
		in   string
		want Colour
	}{
		// The rows of the table.
		{"255,0,128", rgb(255, 0, 128, 1)},
		{"255,0,128r", rgb(255, 0, 128, 1)},
		{"255,0,128,51", rgb(255, 0, 128, 0.2)},
		{"255,0,128,51R", rgb(255, 0, 128, 0.2)},
		{"50", gray(0.5, 1)},
		{"50g", gray(0.5, 1)},
		{"50,20", gray(0.5, 0.2)},
		{"50,20G", gray(0.5, 0.2)},
		{"10,20,30,40k", cmyk(0.1, 0.2, 0.3, 0.4, 1)},
		{"10,20,30,40,50K", cmyk(0.1, 0.2, 0.3, 0.4, 0.5)},
		{"FF8000", rgb(255, 128, 0, 1)},
		{"0xff8000", rgb(255, 128, 0, 1)},
		{"0Xff8000r", rgb(255, 128, 0, 1)},
		{"ff800033", rgb(255, 128, 0, 0.2)},
		{"0xff800033r", rgb(255, 128, 0, 0.2)},
		{"0x33", gray(0.2, 1)},
		{"0x3366", gray(0.2, 0.4)},
		{"0x3366g", gray(0.2, 0.4)},
		{"ff003366k", cmyk(1, 0, 0.2, 0.4, 1)},
		{"0xff00336633k", cmyk(1, 0, 0.2, 0.4, 0.2)},
		// The pitfalls.
		{"0X70G", gray(112.0/255, 1)},            // absent alpha is opaque
		{"100", gray(1, 1)},                      // a percentage: white
		{"000050", rgb(0, 0, 80, 1)},             // six digits are hex
		{"12345678", rgb(18, 52, 86, 120.0/255)}, // eight without k are rgb and alpha
		{"12.5", gray(0.125, 1)},
		{"255,0,0s", source(rgb(255, 0, 0, 1))},
		{"255,0,0rS", source(rgb(255, 0, 0, 1))},
		{" 1, 2 ,3 ", rgb(1, 2, 3, 1)},
	} {
		got, err := ParseColour(c.in)
		if err != nil {
			t.Errorf("%s: %v", c.in, err)
		} else if !cmp.Equal(got, c.want, cmpopts.EquateApprox(0, 1e-12)) {
			t.Errorf("%s: %s", c.in, cmp.Diff(c.want, got))
		}
	}
}

func TestColoursThatAreNone(t *testing.T) {
	for _, in := range []string{
		"", "red", "s", "r", "k", "0x", "0xf", "0xfff", "fff", "fffr", "33g!", "1,2,3,4,5", "1,2,3k", "1,2,3,4g", "1,2r",
		"256,0,0", "-1,0,0", "101", "1,,3", "ff8000k", "ff8000g", "ff00336633", "0xff8000g", "#ff8000", "1e2", "255,0,0sr",
	} {
		if c, err := ParseColour(in); err == nil {
			t.Errorf("%q is taken as %+v", in, c)
		} else if in != "" && !strings.Contains(err.Error(), "is not a colour") {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestColoursBecomeRGBNaively(t *testing.T) {
	for _, c := range []struct {
		in   string
		want RGB
	}{
		{"ff8000", RGB{255, 128, 0}},
		{"50", RGB{128, 128, 128}}, // 127.5 rounds up
		{"0x70", RGB{112, 112, 112}},
		{"0,100,100,0k", RGB{255, 0, 0}},
		{"0,0,0,100k", RGB{0, 0, 0}},
		{"20,0,0,50k", RGB{102, 128, 128}}, // 255·0.8·0.5, 255·0.5
	} {
		got, err := ParseColour(c.in)
		if err != nil || got.RGB() != c.want {
			t.Errorf("%s: got %v %v, want %v", c.in, got.RGB(), err, c.want)
		}
	}
}
