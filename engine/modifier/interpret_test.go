package modifier

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/exportd/exportd/engine/diag"
)

func TestWithoutCommandsTheDefaultsHold(t *testing.T) {
	s, notes := resolved(t, "")
	want := &Settings{
		Fit: Fit{Mode: FitFit}, Bgc: opaque(1, 1, 1), ResMode: ResSharp2, ICC: ICC{Intent: IntentRelative, Out: Profiles{RGB: "sRGB"}},
		Output: Output{Format: "jpeg", Type: TypeRGB, Quality: 80},
	}
	if !cmp.Equal(s, want) || len(notes) > 0 {
		t.Error(cmp.Diff(want, s), notes)
	}
}

func TestEverySupportedCommandIsInterpreted(t *testing.T) {
	s, notes := resolved(t, "WID=400&hei=+300+&scl=2.5&fit=CROP,1&align=-1,0.5&rgn=-5,6,70,80&bgc=255%2C0%2C0&"+
		"crop=1,2,30,40&rotate=-90&flip=LRUD&fmt=TIFF,CMYK,jpeg&qlt=92,1&resMode=sharp&op_sharpen=1&req=IMG")
	want := &Settings{
		Wid: 400, Hei: 300, Scl: 2.5, Fit: Fit{FitCrop, true, true}, Align: [2]float64{-1, 0.5}, Rgn: &Rect{-5, 6, 70, 80}, Bgc: opaque(1, 0, 0),
		Crop: &Crop{X: 1, Y: 2, W: 30, H: 40}, Rotate: 270, FlipLR: true, FlipUD: true,
		ResMode: ResBisharp, Filters: Filters{Sharpen: true}, ICC: ICC{Intent: IntentRelative, Out: Profiles{RGB: "sRGB"}},
		Output: Output{Format: "tif", Type: TypeCMYK, Compression: CompressionJPEG, Quality: 92, Chroma444: true},
		Sizing: []string{"crop=1,2,30,40 (job)", "rotate=-90 (job)", "rgn=-5,6,70,80 (job)", "wid=400 (job)", "hei=300 (job)", "scl=2.5 (job)"},
	}
	if !cmp.Equal(s, want) {
		t.Error(cmp.Diff(want, s))
	}
	if got := codes(notes); got != "W-COMMAND-NO-EFFECT" { // fit beside scl
		t.Errorf("notes %s", got)
	}
}

func TestValuesThatAreAllowed(t *testing.T) {
	for _, c := range []struct {
		in  string
		get func(*Settings) any
		out any
	}{
		{"wid=300.4", func(s *Settings) any { return s.Wid }, 300},
		{"wid=300.5", func(s *Settings) any { return s.Wid }, 301}, // halves up
		{"hei=0.5", func(s *Settings) any { return s.Hei }, 1},
		{"rotate=450", func(s *Settings) any { return s.Rotate }, 90.0},
		{"rotate=%2B45.5", func(s *Settings) any { return s.Rotate }, 45.5},
		{"rotate=-0.0000000000000000000001", func(s *Settings) any { return s.Rotate }, 0.0},
		{"flip=lr", func(s *Settings) any { return [2]bool{s.FlipLR, s.FlipUD} }, [2]bool{true, false}},
		{"flip=ud", func(s *Settings) any { return [2]bool{s.FlipLR, s.FlipUD} }, [2]bool{false, true}},
		{"cropN=.1,.2,.3,.4", func(s *Settings) any { return *s.Crop }, Crop{.1, .2, .3, .4, true}},
		{"rgn=0.5,0.4,1,1", func(s *Settings) any { return *s.Rgn }, Rect{1, 0, 1, 1}},
		{"bgc=100", func(s *Settings) any { return s.Bgc.RGB() }, RGB{255, 255, 255}},
		{"bgc=0,100,100,0ks", func(s *Settings) any { return s.Bgc.RGB() }, RGB{255, 0, 0}},
		{"bgc=0,0,0,0", func(s *Settings) any { return s.Bgc.RGB() }, RGB{0, 0, 0}}, // alpha is ignored
		{"qlt=85", func(s *Settings) any { return s.Output.Chroma444 }, false},
		{"fmt=jpg", func(s *Settings) any { return s.Output }, Output{Format: "jpeg", Quality: 80}},
		{"fmt=pjpeg,gray", func(s *Settings) any { return s.Output }, Output{Format: "pjpeg", Type: TypeGray, Quality: 80}},
		{"fmt=png-alpha", func(s *Settings) any { return s.Output }, Output{Format: "png", Alpha: true, Quality: 80}},
		{"fmt=tif,,lzw", func(s *Settings) any { return s.Output }, Output{Format: "tif", Compression: CompressionLZW, Quality: 80}},
		{"fmt=tif-alpha,rgb,zip", func(s *Settings) any { return s.Output }, Output{Format: "tif", Alpha: true, Type: TypeRGB, Compression: CompressionZip, Quality: 80}},
		{"fmt=gif-alpha", func(s *Settings) any { return s.Output }, Output{Format: "gif", Alpha: true, Quality: 80}},
		{"fmt=webp,,lossy", func(s *Settings) any { return s.Output }, Output{Format: "webp", Quality: 80}},
		{"fmt=web-alpha,,lossless", func(s *Settings) any { return s.Output }, Output{Format: "webp", Alpha: true, Compression: CompressionLossless, Quality: 80}},
	} {
		s, _ := resolved(t, c.in)
		if got := c.get(s); !cmp.Equal(got, c.out) {
			t.Errorf("%s: got %+v, want %+v", c.in, got, c.out)
		}
	}
}

func TestValuesThatAreNotAllowed(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"wid=abc", `wid=abc (job): "abc" is not a number; allowed: a whole number of pixels above 0`},
		{"wid=0", `wid=0 (job): "0" is out of range; allowed: a whole number of pixels above 0`},
		{"wid=-5", "out of range"},
		{"wid=", "the value is missing"},
		{"wid", "wid (job): the value is missing"},
		{"wid=1,2", "2 arguments"},
		{"wid=1e3", "not a number"},
		{"wid=0x10", "not a number"},
		{"wid=99999999999", "out of range"},
		{"hei=1.2.3", "not a number"},
		{"hei=NaN", "not a number"},
		{"scl=0", "out of range"},
		{"scl=-1", "out of range"},
		{"wid=1&fit=", "allowed: fit, constrain, crop, wrap, stretch, hfit, vfit"},
		{"wid=1&fit=none", `"none" is not known`},
		{"wid=1&fit=fit,2", "allowed: 0 or 1"},
		{"wid=1&fit=fit,0,1", "3 arguments"},
		{"fit=crop", "neither wid nor hei"},
		{"fit=crop&scl=2", "neither wid nor hei"},
		{"align=2,0", "each from -1 to 1"},
		{"align=1", "1 of 2 numbers"},
		{"rgn=1,2,3", "3 of 4 numbers"},
		{"rgn=1,2,0,4", "out of range"},
		{"rgn=3000000000,2,3,4", "out of range"},
		{"crop=1,2,-3,4", "out of range"},
		{"cropN=0,0,0,1", "out of range"},
		{"bgc=blue", "is not a colour"},
		{"bgc=", "is not a colour"},
		{"rotate=", "the value is missing"},
		{"rotate=north", "not a number"},
		{"flip=", "allowed: lr, ud, lrud"},
		{"flip=lr,ud", "allowed: lr, ud, lrud"},
		{"qlt=high", "not a number"},
		{"qlt=80,2", "allowed: 0 or 1"},
		{"qlt=80,1,1", "3 arguments"},
		{"resMode=cubic", "allowed: bilin, bicub, sharp2, bisharp"},
		{"op_sharpen=2", "allowed: 0 or 1"},
		{"op_sharpen", "the value is missing"},
		{"req=", "an empty value is not known; allowed: img"},
		{"req=img,x", "2 arguments"},
		{"req=image", "is not known; allowed: img"},
		{"fmt=", "an empty value is no format"},
		{"fmt=jpge", `"jpge" is no format`},
		{"fmt=png,cmyk", "png cannot hold cmyk; allowed: rgb, gray"},
		{"fmt=webp,gray", "webp cannot hold gray"},
		{"fmt=jpeg,rbg", `"rbg" is not known`},
		{"fmt=jpeg,,lzw", "jpeg takes no compression"},
		{"fmt=tif-alpha,,jpeg", "allowed: none, lzw, zip"},
		{"fmt=tif,,lossy", "allowed: none, lzw, zip, jpeg"},
		{"fmt=tif,,zip,1", "4 arguments"},
		{"hei=1&wid=" + strings.Repeat("9", 500), "9…"},
	} {
		d := refusal(t, c.in)
		if d.Code != diag.CommandValue || !strings.Contains(d.Message, c.want) {
			t.Errorf("%s: got %s %q, want %q", clip(c.in), d.Code, d.Message, c.want)
		}
		if _, err := Check(parsed(t, c.in, nil)); asDiag(t, err).Code != diag.CommandValue {
			t.Errorf("%s: Check gives %v", clip(c.in), err)
		}
	}
}

func TestKeywordsSuggestANearOne(t *testing.T) {
	for in, want := range map[string]string{
		"fmt=jpge": "jpeg", "fmt=tiff-alpha": "tif-alpha", "fmt=jpeg,rbg": "rgb", "fmt=tif,,lwz": "lzw", "wid=1&fit=corp": "crop", "resMode=bicubic": "bicub", "req=imag": "img",
	} {
		if d := refusal(t, in); d.Hint != `did you mean "`+want+`"?` {
			t.Errorf("%s: hint %q", in, d.Hint)
		}
	}
}

func TestTheStrongestCommandOfASlotWins(t *testing.T) {
	s := Sources{
		Attributes: DefaultAttributes(),
		Catalog:    parsed(t, "bgc=ff0000&wid=100&crop=1,1,1,1&qlt=10,1", nil),
		Request:    parsed(t, "wid=200&cropN=0,0,1,1&wid=300&qlt=20", nil),
		Post:       parsed(t, "wid=400", nil),
	}
	for i := range s.Catalog {
		s.Catalog[i].Origin = Origin{FromCatalog, "Modifier"}
	}
	for i := range s.Post {
		s.Post[i].Origin = Origin{FromCatalog, "PostModifier"}
	}
	got, notes, err := Resolve(s)
	if err != nil || len(notes) > 0 {
		t.Fatal(err, notes)
	}
	if got.Wid != 400 || got.Bgc.RGB() != (RGB{255, 0, 0}) || !got.Crop.Normalised {
		t.Errorf("got %+v", got)
	}
	if got.Output.Quality != 20 || got.Output.Chroma444 {
		t.Error("an omitted argument came from a weaker command")
	}
	effects, err := Effective(s)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, e := range effects {
		lines = append(lines, e.Name+"="+e.Value+" "+e.Origin.String()+": "+e.State)
	}
	want := []string{
		"bgc=ff0000 catalog Modifier: used",
		"wid=100 catalog Modifier: overridden by catalog PostModifier",
		"crop=1,1,1,1 catalog Modifier: overridden by job",
		"qlt=10,1 catalog Modifier: overridden by job",
		"wid=200 job: overridden by catalog PostModifier",
		"cropN=0,0,1,1 job: used",
		"wid=300 job: overridden by catalog PostModifier",
		"qlt=20 job: used",
		"wid=400 catalog PostModifier: used",
	}
	if !cmp.Equal(lines, want) {
		t.Error(cmp.Diff(want, lines))
	}
}

func TestOnlyWinnersAreJudged(t *testing.T) {
	if _, notes := resolved(t, "wid=abc&wid=5&fmt=jpegxr&fmt=png"); codes(notes) != "" {
		t.Errorf("notes %s", codes(notes))
	}
	d := refusal(t, "wid=5&wid=abc")
	if d.Code != diag.CommandValue {
		t.Errorf("got %s", d.Code)
	}
}

func TestUnsupportedCommandsFailTheAssetByName(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"textAngle=5", "textAngle=5 (job): this version"},
		{"LAYER=1&src=x", "layer=1 (job)"},
		{"effect=1", "effect=1 (job)"},
		{"template=a", "template=a (job)"},
		{"fmt=jpegxr,,lossless", "an encoder plugin that declares this fmt token"},
		{"fmt=swf", "cannot write swf"},
		{"req=props,xml", "would not be a picture"},
		{"fmt=m3u8", "no reply for a picture"},
	} {
		d := refusal(t, c.in)
		if d.Code != diag.CommandUnsupported || !strings.Contains(d.Message, c.want) {
			t.Errorf("%s: got %s %q", c.in, d.Code, d.Message)
		}
		if _, err := Check(parsed(t, c.in, nil)); err != nil {
			t.Errorf("%s: Check gives %v", c.in, err)
		}
	}
}

func TestEveryUnsupportedCommandIsRefused(t *testing.T) {
	for _, s := range Commands() {
		if s.State != Unsupported {
			continue
		}
		for _, name := range append([]string{s.Name}, s.Aliases...) {
			if d := refusal(t, name+"=7"); d.Code != diag.CommandUnsupported || !strings.HasPrefix(d.Message, name+"=7 (job)") {
				t.Errorf("%s=7: got %s %q", name, d.Code, d.Message)
			}
		}
	}
}

func TestSwitchedOffCommandsAreHarmless(t *testing.T) {
	// A preset as the vendor's own user interface writes it.
	s, notes := resolved(t, "wid=10&hei=10&fmt=jpeg&qlt=85,0&op_sharpen=0&resMode=sharp2&op_usm=0.0,0.0,0,0&iccEmbed=0&defaultImage=&extend=0,0,0,0&dpr=OFF&hide=0&size=0,0")
	if s.Wid != 10 || len(notes) > 0 {
		t.Errorf("notes %s", codes(notes))
	}
}

func TestWarningsAndNotes(t *testing.T) {
	for _, c := range []struct{ in, codes, message, hint string }{
		{"widd=5", "W-COMMAND-UNKNOWN", "widd=5 (job)", `did you mean "wid"?`},
		{"zzzzzz", "W-COMMAND-UNKNOWN", "zzzzzz (job)", ""},
		{"qlt=750", "W-COMMAND-CLAMPED", "brought to 100", ""},
		{"qlt=0", "W-COMMAND-CLAMPED", "brought to 1;", ""},
		{"cache=on", "N-COMMAND-IGNORED", "no meaning in an export", ""},
		{"id=x&locale=de&imageSet=a&map=&mapA=&type=x&bfc=on&network=on", strings.TrimSpace(strings.Repeat("N-COMMAND-IGNORED ", 8)), "id=x", ""},
		{"qlt=5&fmt=png", "N-COMMAND-IGNORED", "png has no quality", ""},
		{"fmt=gif&qlt=5", "N-COMMAND-IGNORED", "gif has no quality", ""},
		{"fmt=tif,,lzw&qlt=5", "N-COMMAND-IGNORED", "only with jpeg", ""},
		{"fmt=webp,,lossless&qlt=5", "N-COMMAND-IGNORED", "lossless", ""},
		{"fmt=png-alpha&bgc=ff0000", "N-COMMAND-IGNORED", "stays transparent", ""},
		{"crop=0,0,0,0", "N-COMMAND-IGNORED", "the whole picture", ""},
		{"cropN=0,0,0,0", "N-COMMAND-IGNORED", "the whole picture", ""},
		{"wid=5&align=1,1", "N-COMMAND-IGNORED", "as large as the picture", ""},
		{"wid=5&hei=5&fit=stretch&align=1,1", "N-COMMAND-IGNORED", "nothing to align", ""},
		{"wid=5&fit=crop&scl=2", "W-COMMAND-NO-EFFECT", "scl decides", ""},
		{"wid=5&hei=5&fit=crop&align=1,1", "", "", ""},
		{"wid=5&scl=2&align=1,1", "", "", ""},
		{"fmt=tif,,jpeg&qlt=5", "", "", ""},
	} {
		_, notes := resolved(t, c.in)
		if got := codes(notes); got != c.codes {
			t.Errorf("%s: codes %q, want %q", c.in, got, c.codes)
			continue
		}
		if len(notes) > 0 && (!strings.Contains(notes[0].Message, c.message) || notes[0].Hint != c.hint) {
			t.Errorf("%s: %q, hint %q", c.in, notes[0].Message, notes[0].Hint)
		}
	}
}

func TestAllMistakesAreNamedAtOnce(t *testing.T) {
	p := parsed(t, "wid=a&textAngle=5&$m$", defined(t, "m", "hei=b"))
	_, _, err := Resolve(Sources{Attributes: DefaultAttributes(), Request: p})
	all := diag.All(err, diag.InternalError)
	if got, want := codes(all), "E-COMMAND-VALUE E-COMMAND-UNSUPPORTED E-COMMAND-VALUE"; got != want {
		t.Errorf("got %s", got)
	}
	if !strings.HasPrefix(all[2].Message, "hei=b (macro m): ") {
		t.Errorf("got %q", all[2].Message)
	}
	effects, err := Effective(Sources{Attributes: DefaultAttributes(), Request: p})
	if err == nil || effects[0].State != "invalid" || effects[1].State != "unsupported" {
		t.Errorf("effects %+v", effects)
	}
}

func TestAttributes(t *testing.T) {
	a := Attributes{DefaultPix: "400,0", MaxPix: "0,900", BkgColor: "0xFF0000", JpegQuality: "70,1", ResMode: "2", IccProfileRgb: ""}
	s, _, err := Resolve(Sources{Attributes: a})
	if err != nil {
		t.Fatal(err)
	}
	want := &Settings{
		Fit: Fit{Mode: FitFit}, Bgc: opaque(1, 0, 0), ResMode: ResBilin, DefaultPix: [2]int{400, 0}, MaxPix: [2]int{0, 900},
		Output: Output{Format: "jpeg", Type: TypeRGB, Quality: 70, Chroma444: true}, ICC: ICC{Intent: IntentRelative},
	}
	if !cmp.Equal(s, want) {
		t.Error(cmp.Diff(want, s))
	}
	if err := DefaultAttributes().Validate(); err != nil {
		t.Error(err)
	}
	if err := (Attributes{}).Validate(); err != nil {
		t.Error(err)
	}
	bad := Attributes{DefaultPix: "4", MaxPix: "-1,0", BkgColor: "red", JpegQuality: "101", ResMode: "bicubic", IccRenderIntent: "4"}
	all := diag.All(bad.Validate(), diag.InternalError)
	if len(all) != 6 || all[0].Code != diag.KeyValue || all[4].Hint != `did you mean "bicub"?` {
		t.Errorf("got %v", all)
	}
	for i, mode := range []ResMode{ResBisharp, ResBilin, ResBicub, ResSharp2} {
		s, err := Attributes{ResMode: string(rune('1' + i))}.settings()
		if err != nil || s.ResMode != mode {
			t.Errorf("ResMode %d: %v %v", i+1, s.ResMode, err)
		}
	}
}
