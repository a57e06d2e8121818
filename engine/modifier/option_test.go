package modifier

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/exportd/exportd/engine/diag"
)

func TestOutputOptions(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Output
	}{
		{"fmt=png8", Output{Format: "png8", Quality: 80}},
		{"fmt=PNG8-alpha,rgb", Output{Format: "png8", Alpha: true, Type: TypeRGB, Quality: 80}},
		{"fmt=avif&qlt=55,1", Output{Format: "avif", Quality: 55, Chroma444: true}},
		{"fmt=avif-alpha,,lossless", Output{Format: "avif", Alpha: true, Compression: CompressionLossless, Quality: 80}},
		{"fmt=heic", Output{Format: "heic", Quality: 80}},
		{"fmt=jpeg2000,gray", Output{Format: "jpeg2000", Type: TypeGray, Quality: 80}},
		{"fmt=jpeg2000-alpha,,lossless", Output{Format: "jpeg2000", Alpha: true, Compression: CompressionLossless, Quality: 80}},
		{"fmt=pdf,cmyk,zip", Output{Format: "pdf", Type: TypeCMYK, Compression: CompressionZip, Quality: 80}},
		{"fmt=eps,gray", Output{Format: "eps", Type: TypeGray, Quality: 80}},
		{"fmt=jpeg,rgb,none", Output{Format: "jpeg", Type: TypeRGB, Quality: 80}},
		// Documented examples of r-is-http-quantize and r-jpegsize.
		{"fmt=gif&quantize=web,off", Output{Format: "gif", Quality: 80, Quantize: Quantize{Palette: PaletteWeb, NoDither: true}}},
		{"fmt=gif-alpha&wid=100&quantize=adaptive,off,2,000000,ffffff", Output{Format: "gif", Alpha: true, Quality: 80,
			Quantize: Quantize{NoDither: true, Colours: 2, Forced: []RGB{{}, {255, 255, 255}}}}},
		{"qlt=60&wid=300&jpegSize=10", Output{Format: "jpeg", Type: TypeRGB, Quality: 60, MaxBytes: 10240}},
		{"jpegSize=0", Output{Format: "jpeg", Type: TypeRGB, Quality: 80}},
		{"fmt=pjpeg&wid=300&pscan=4", Output{Format: "pjpeg", Quality: 80}},
		{"xmpEmbed=1&fmt=tif", Output{Format: "tif", Quality: 80, EmbedXMP: true}},
		{"pathEmbed=1&fmt=eps", Output{Format: "eps", Quality: 80, EmbedPaths: true}},
		{"pathEmbed=1&pathEmbed=0", Output{Format: "jpeg", Type: TypeRGB, Quality: 80}},
		{"req=mask&fmt=tif,gray", Output{Format: "tif", Type: TypeGray, Quality: 80}},
		{"req=mask", Output{Format: "jpeg", Type: TypeGray, Quality: 80}},
	} {
		s, notes := resolved(t, c.in)
		if !cmp.Equal(s.Output, c.want) || len(notes) > 0 || s.MaskReply != strings.HasPrefix(c.in, "req=mask") {
			t.Errorf("%s: %s notes %v", c.in, cmp.Diff(c.want, s.Output), notes)
		}
	}
}

func TestWrongOutputOptions(t *testing.T) {
	for in, want := range map[string]string{
		"fmt=png8,gray": "allowed: rgb", "fmt=heic,,lossy": "allowed: lossless", "fmt=avif,cmyk": "cannot hold cmyk",
		"fmt=jpeg2000,cmyk": "cannot hold cmyk", "fmt=pdf,,lzw": "allowed: none, zip, jpeg", "fmt=eps,,zip": "takes no compression",
		"jpegSize=-1": "out of range", "jpegSize=": "missing", "jpegSize=a": "not a number", "jpegSize=1,2": "2 arguments",
		"pscan=6": `"6" is not known`, "pscan=": "missing", "xmpEmbed=2": "neither", "pathEmbed=true": "neither", "pathEmbed=": "missing", "req=mask,x": "2 arguments",
		"quantize=": "not known", "quantize=web,on": `"on" is not known`, "quantize=adaptive,,1": "out of range", "quantize=adaptive,,257": "out of range",
		"quantize=adaptive,off,2,000000,ffffff,ff0000": "3 colours are forced into a palette of 2",
		"quantize=adaptive,off,2,0xff0000":             "has a 0x", "quantize=adaptive,off,2,red": "six hex digits",
		"fmt=gif-alpha&quantize=mac": "does not take the mac palette", "fmt=png8-alpha&quantize=mac": "does not take the mac palette",
	} {
		if d := refusal(t, in); d.Code != diag.CommandValue || !strings.Contains(d.Message, want) {
			t.Errorf("%s: got %s %q", in, d.Code, d.Message)
		}
	}
}

func TestOptionsWithoutUseAreIgnored(t *testing.T) {
	for _, in := range []string{"quantize=web", "fmt=png&jpegSize=5", "pscan=3", "fmt=png&xmpEmbed=1", "fmt=png&pathEmbed=1", "fmt=pdf&pathEmbed=1", "fmt=heic&qlt=5", "fmt=pdf&qlt=5", "fmt=png8&qlt=5"} {
		if _, notes := resolved(t, in); codes(notes) != "N-COMMAND-IGNORED" {
			t.Errorf("%s: notes %s", in, codes(notes))
		}
	}
}
