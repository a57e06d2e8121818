package modifier

import (
	"strings"
	"testing"

	"github.com/exportd/exportd/engine/diag"
)

func TestTheMacroDecidesTheFormat(t *testing.T) {
	p, err := Bind("&fmt=png", "$test$", defined(t, "test", "fmt=tif"))
	if err != nil {
		t.Fatal(err)
	}
	s, _, err := Resolve(Sources{Attributes: DefaultAttributes(), Request: p})
	if err != nil {
		t.Fatal(err)
	}
	if s.Output.Format != "tif" || s.Output.Ext() != "tiff" {
		t.Errorf("format %s, extension %s", s.Output.Format, s.Output.Ext())
	}
}

func TestBind(t *testing.T) {
	m := defined(t, "card", "wid=400", "tint", "bgc=$c$")
	for _, c := range []struct{ modifier, macro, want string }{
		{"", "", ""},
		{"hei=3", "", "hei=3"},
		{"", "card", "wid=400"},
		{"hei=3", "$card$", "hei=3 | wid=400"},
		{"$card$&wid=5", "", "wid=400 | wid=5"},
		{"", "&$card$&amp;$tint$", "wid=400 | bgc=$c$"},
		{"$c=ff0000", "card & tint", "$c=ff0000 | wid=400 | bgc=ff0000"},
	} {
		p, err := Bind(c.modifier, c.macro, m)
		if err != nil {
			t.Errorf("%q, %q: %v", c.modifier, c.macro, err)
		} else if got := pairs(p); got != c.want {
			t.Errorf("%q, %q: got %s, want %s", c.modifier, c.macro, got, c.want)
		}
	}
}

func TestBindRefuses(t *testing.T) {
	m := defined(t, "card", "id="+strings.Repeat("x", 5000))
	for _, c := range []struct {
		modifier, macro string
		code            diag.Code
	}{
		{"", "fmt=tif", diag.CommandSyntax},
		{"", "$card", diag.CommandSyntax},
		{"", "$c=1", diag.CommandSyntax},
		{"", "unheard", diag.MacroUnknown},
		{"$foo", "card", diag.CommandSyntax},
		{"", strings.Repeat("&", MaxText+1), diag.ModifierSize},
		{"id=" + strings.Repeat("x", 5000), "card", diag.ModifierSize}, // together too long to read back
	} {
		_, err := Bind(c.modifier, c.macro, m)
		if d := asDiag(t, err); d.Code != c.code {
			t.Errorf("%s, %s: got %s %v, want %s", clip(c.modifier), clip(c.macro), d.Code, d, c.code)
		}
	}
}
