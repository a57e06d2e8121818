package modifier_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
)

// fromTests has the macros a, b, c, loop and own; own depends on the asset.
type fromTests struct{ asked *[]string }

func (fromTests) Handles(name string) (string, bool) {
	switch strings.ToLower(name) {
	case "a", "b", "loop", "bad", "down", "card":
		return "tests", false
	case "own":
		return "tests", true
	}
	return "", false
}

func (h fromTests) Expand(name string, before modifier.Program, facts *modifier.Facts) ([]modifier.Given, error) {
	*h.asked = append(*h.asked, name+" after "+before.Text())
	switch strings.ToLower(name) {
	case "a":
		return []modifier.Given{{Name: "wid", Value: "10"}, {Macro: "b"}, {Macro: "card"}}, nil
	case "b":
		return []modifier.Given{{Name: "$v", Value: "a&b c"}, {Name: "text", Value: "100% $v$"}}, nil
	case "loop":
		return []modifier.Given{{Macro: "LOOP"}}, nil
	case "bad":
		return []modifier.Given{{Name: "wid=1&hei", Value: "2"}}, nil
	case "down":
		return nil, diag.New(diag.PluginDown, "it is down")
	}
	return []modifier.Given{{Name: "hei", Value: facts.File}}, nil
}

func handledMacros(t *testing.T) (*modifier.Macros, *[]string) {
	t.Helper()
	m := modifier.NewMacros()
	if err := m.Define("card", "fmt=png", diag.Place{}); err != nil {
		t.Fatal(err)
	}
	asked := &[]string{}
	m.HandleBy(fromTests{asked})
	return m, asked
}

func TestAHandlerGivesCommands(t *testing.T) {
	m, asked := handledMacros(t)
	p, err := modifier.Parse("qlt=5&$a$", modifier.Origin{Source: modifier.FromJob}, m)
	if err != nil {
		t.Fatal(err)
	}
	// The values are plain, so they are escaped; the configuration's card wins.
	if got, want := p.Text(), "qlt=5&wid=10&$v=a%26b+c&text=100%25+%24v%24&fmt=png"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := p[1].Origin.String(), "macro a (plugin tests)"; got != want {
		t.Errorf("origin %s, want %s", got, want)
	}
	if got, want := p[len(p)-1].Origin.String(), "macro a (plugin tests) > card"; got != want {
		t.Errorf("origin %s, want %s", got, want)
	}
	if got := strings.Join(*asked, "; "); got != "a after qlt=5; b after qlt=5&wid=10" {
		t.Errorf("asked %s", got)
	}
}

func TestWhatAHandlerGetsWrongIsRefused(t *testing.T) {
	m, _ := handledMacros(t)
	for text, want := range map[string]diag.Code{"$loop$": diag.MacroInvalid, "$bad$": diag.PluginResult, "$down$": diag.PluginDown, "$none$": diag.MacroUnknown} {
		_, err := modifier.Parse(text, modifier.Origin{Source: modifier.FromJob}, m)
		var d *diag.Diag
		if !errors.As(err, &d) || d.Code != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func TestWhatDependsOnTheAssetWaitsForIt(t *testing.T) {
	m, asked := handledMacros(t)
	p, err := modifier.Parse("wid=5&$own$&qlt=7", modifier.Origin{Source: modifier.FromJob}, m)
	if err != nil || !p.Deferred() || p.Text() != "wid=5&$own$&qlt=7" || len(*asked) != 0 {
		t.Fatalf("%s %v, asked %v", p.Text(), err, *asked)
	}
	if _, err := modifier.Check(p); err != nil {
		t.Error(err)
	}
	again, err := modifier.ParseExpanded(p.Text(), p.Origins())
	if err != nil {
		t.Fatal(err)
	}
	own, err := again.Expand(m.For(modifier.Facts{File: "33"}))
	if err != nil || own.Text() != "wid=5&hei=33&qlt=7" || own.Deferred() {
		t.Errorf("%s %v", own.Text(), err)
	}
	if got := strings.Join(own.Origins(), ", "); got != "job, macro own (plugin tests), job" {
		t.Errorf("origins %s", got)
	}
	text, err := modifier.ExpandMacros("bgc=1&$own$", modifier.Origin{Source: modifier.FromCatalog}, m.For(modifier.Facts{File: "4"}))
	if err != nil || text != "bgc=1&hei=4" {
		t.Errorf("%s %v", text, err)
	}
}

func TestAForeignFormat(t *testing.T) {
	a := modifier.DefaultAttributes()
	a.Foreign = []modifier.Foreign{{Token: "jpegxr", Encoder: "jxr/jxr", Ext: "jxr", Alpha: true, Types: []modifier.PixelType{modifier.TypeRGB}}, {Token: "png", Encoder: "x/png"}}
	settings := func(text string) (*modifier.Settings, error) {
		p, err := modifier.Parse(text, modifier.Origin{Source: modifier.FromJob}, nil)
		if err != nil {
			t.Fatal(err)
		}
		s, _, err := modifier.Resolve(modifier.Sources{Attributes: a, Request: p})
		return s, err
	}
	s, err := settings("fmt=JPEGXR-alpha,rgb,lossless")
	if err != nil {
		t.Fatal(err)
	}
	if o := s.Output; o.Foreign == nil || o.Foreign.Encoder != "jxr/jxr" || !o.Alpha || o.Compression != modifier.CompressionLossless || o.Ext() != "jxr" || o.Holds(modifier.TypeCMYK) {
		t.Errorf("%+v", o)
	}
	if s, err := settings("fmt=png"); err != nil || s.Output.Foreign != nil {
		t.Errorf("a token of exportd's own is taken away: %v", err)
	}
	if s, err := settings("fmt=jpegxr&fmt=gif"); err != nil || s.Output.Foreign != nil || s.Output.Ext() != "gif" {
		t.Errorf("%v", err)
	}
	if _, err := settings("fmt=jpegxr,cmyk"); err == nil {
		t.Error("it holds cmyk")
	}
}
