package modifier

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/exportd/exportd/engine/diag"
)

// defined makes macros from name, definition pairs.
func defined(t testing.TB, pairs ...string) *Macros {
	t.Helper()
	m := NewMacros()
	for i := 0; i < len(pairs); i += 2 {
		if err := m.Define(pairs[i], pairs[i+1], diag.Place{}); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func TestMacrosActWhereTheyStand(t *testing.T) {
	m := defined(t, "card", "wid=400&hei=300", "outer", "fmt=png&$card$&qlt=5", "Var", "$w=7", "use", "wid=$w$", "none", ".nothing", "amp", "&amp;wid=1&amp;hei=2")
	for _, c := range []struct{ in, want string }{
		{"$card$", "wid=400 [macro card] | hei=300 [macro card]"},
		{"wid=1&$card$", "wid=1 [job] | wid=400 [macro card] | hei=300 [macro card]"},
		{"$card$&wid=1", "wid=400 [macro card] | hei=300 [macro card] | wid=1 [job]"},
		{"$OUTER$", "fmt=png [macro outer] | wid=400 [macro outer > card] | hei=300 [macro outer > card] | qlt=5 [macro outer]"},
		{"$var$&$use$", "$w=7 [macro Var] | wid=7 [macro use]"},
		{"%24card%24&fmt=png", "wid=400 [macro card] | hei=300 [macro card] | fmt=png [job]"}, // as URL builders write it
		{"%24w=9&$use$", "$w=9 [job] | wid=9 [macro use]"},
		{"$none$", ""},
		{"$amp$", "wid=1 [macro amp] | hei=2 [macro amp]"},
	} {
		var got []string
		for _, cmd := range parsed(t, c.in, m) {
			got = append(got, fmt.Sprintf("%s=%s [%s]", cmd.Name, cmd.Value, cmd.Origin))
		}
		if joined := strings.Join(got, " | "); joined != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.in, joined, c.want)
		}
	}
}

func TestMacrosAreBoundWhenTheyAreDefined(t *testing.T) {
	m := defined(t, "inner", "wid=1", "outer", "$inner$&hei=1", "inner", "wid=2")
	if got, want := pairs(parsed(t, "$outer$&$inner$", m)), "wid=1 | hei=1 | wid=2"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if err := m.Define("inner", "$inner$&fmt=png", diag.Place{}); err != nil {
		t.Fatal(err) // it extends the definition before it
	}
	if got, want := pairs(parsed(t, "$inner$", m)), "wid=2 | fmt=png"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPredefinedMacros(t *testing.T) {
	m := NewMacros()
	if got, want := pairs(parsed(t, "$shadow$", m)), "color=0,0,0 | opac=75 | pos=5,5 | op_blur=5"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := pairs(parsed(t, "$glow$", m)), "color=255,255,190 | opac=75 | op_grow=2 | op_blur=5"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if err := m.Define("Glow", "", diag.Place{}); err != nil {
		t.Fatal(err)
	}
	if got := pairs(parsed(t, "$glow$", m)); got != "" {
		t.Errorf("the override gives %s", got)
	}
	if got, want := m.Names(), []string{"shadow", "Glow"}; !cmp.Equal(got, want) {
		t.Errorf("Names = %v, want %v", got, want)
	}
}

func TestMacrosThatCannotBeDefined(t *testing.T) {
	deep := defined(t, "m0", "wid=1")
	for i := range maxMacroDepth - 1 {
		if err := deep.Define(fmt.Sprintf("m%d", i+1), fmt.Sprintf("$m%d$", i), diag.Place{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		m                *Macros
		name, definition string
		code             diag.Code
		want             string
	}{
		{NewMacros(), "a b", "wid=1", diag.MacroInvalid, "cannot name a macro"},
		{NewMacros(), "", "wid=1", diag.MacroInvalid, "cannot name a macro"},
		{NewMacros(), "$card$", "wid=1", diag.MacroInvalid, "cannot name a macro"},
		{NewMacros(), strings.Repeat("x", 65), "wid=1", diag.MacroInvalid, "cannot name a macro"},
		{NewMacros(), "self", "$self$", diag.MacroUnknown, "$self$ is not defined (macro self)"},
		{NewMacros(), "early", "$late$", diag.MacroUnknown, "$late$ is not defined"},
		{NewMacros(), "bad", "wid=1&$x", diag.MacroInvalid, "macro bad: $x"},
		{NewMacros(), "bad", "id=5%", diag.MacroInvalid, "two hex digits"},
		{NewMacros(), "long", strings.Repeat("x", MaxText+1), diag.ModifierSize, "8193 bytes"},
		{NewMacros(), "many", strings.Repeat("a&", 257), diag.ModifierSize, "256 commands"},
		{defined(t, "half", strings.Repeat("a&", 129)), "twice", "$half$&$half$", diag.ModifierSize, "256 commands"},
		{deep, "deeper", fmt.Sprintf("$m%d$", maxMacroDepth-1), diag.MacroInvalid, "16 deep"},
	} {
		place := diag.Place{File: "m.toml", Line: 3}
		d := asDiag(t, c.m.Define(c.name, c.definition, place))
		if d.Code != c.code || !strings.Contains(d.Message, c.want) || d.Place != place {
			t.Errorf("%s: got %s %q at %v, want %s %q", clip(c.name), d.Code, d.Message, d.Place, c.code, c.want)
		}
	}
}

func TestMacroExpansionIsBounded(t *testing.T) {
	m := defined(t, "defs", strings.Repeat("$v=1&", 1000))
	_, err := Parse(strings.Repeat("$defs$&", 1000), job, m)
	if d := asDiag(t, err); d.Code != diag.ModifierSize {
		t.Errorf("got %s", d.Code)
	}
}

func TestUnknownMacroSuggestsANearOne(t *testing.T) {
	_, err := Parse("$crad$", job, defined(t, "card", "wid=1"))
	if d := asDiag(t, err); d.Hint != `did you mean "card"?` {
		t.Errorf("hint %q", d.Hint)
	}
}

func TestMacroFile(t *testing.T) {
	m := NewMacros()
	err := m.ReadFile(strings.NewReader("\ufeffName\tDefinition\r\n# a comment\r\n\r\nview wid=240&hei=240\r\nbig\t$view$&scl=%20\r\n  view   wid=1  \n"), "m.txt")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := m.Names(), []string{"shadow", "glow", "view", "big"}; !cmp.Equal(got, want) {
		t.Errorf("Names = %v, want %v", got, want)
	}
	if d, ok := m.Lookup("VIEW"); !ok || d != "wid=1" {
		t.Errorf("Lookup = %q, %v", d, ok)
	}
	if got, want := pairs(parsed(t, "$big$", m)), "wid=240 | hei=240 | scl= "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if _, ok := m.Lookup("name"); ok {
		t.Error("the header row became a macro")
	}
}

func TestMacroFileNamesThePlaceOfEveryMistake(t *testing.T) {
	m := NewMacros()
	err := m.ReadFile(strings.NewReader("good wid=1\n  a:b wid=1\nlonely\nlate  $later$\nalso hei=2\n"), "m.txt")
	type at struct {
		Code         diag.Code
		Line, Column int
		Width        int
	}
	var got []at
	for _, d := range diag.All(err, diag.InternalError) {
		got = append(got, at{d.Code, d.Line, d.Column, d.Width})
	}
	want := []at{{diag.MacroInvalid, 2, 3, 3}, {diag.MacroInvalid, 3, 1, 6}, {diag.MacroUnknown, 4, 7, 7}}
	if !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
	if _, ok := m.Lookup("also"); !ok {
		t.Error("a mistake keeps later lines from being read")
	}
}

func TestMacroFileStopsAfterManyMistakes(t *testing.T) {
	err := NewMacros().ReadFile(strings.NewReader(strings.Repeat("lonely\n", 1000)), "m.txt")
	if got := len(diag.All(err, diag.InternalError)); got != maxMistakes {
		t.Errorf("%d mistakes", got)
	}
}

func TestMacroFileTooLarge(t *testing.T) {
	err := NewMacros().ReadFile(strings.NewReader(strings.Repeat("#\n", maxMacroFile)), "m.txt")
	if d := asDiag(t, err); d.Code != diag.FileSize || d.File != "m.txt" {
		t.Errorf("got %v", d)
	}
}

func FuzzMacroFile(f *testing.F) {
	f.Add([]byte("Name\tDefinition\na\twid=1\nb $a$&$a$\n"))
	f.Add([]byte("# x\na .c\na $a$&$shadow$\n$b$ wid=1"))
	f.Fuzz(func(t *testing.T, text []byte) {
		m := NewMacros()
		for _, d := range diag.All(m.ReadFile(bytes.NewReader(text), "f"), diag.InternalError) {
			if d.Code.Entry().Class == diag.Internal {
				t.Errorf("%v", d)
			}
		}
		for _, name := range m.Names() {
			if _, ok := m.Lookup(name); !ok {
				t.Errorf("%q is listed but not found", name)
			}
			p, err := Bind("", name, m)
			if err != nil {
				if d := asDiag(t, err); d.Code != diag.ModifierSize {
					t.Errorf("%q is defined and cannot be used: %v", name, err)
				}
				continue
			}
			if again, err := Parse(p.Text(), job, nil); err != nil || len(again) != len(p) {
				t.Errorf("%q does not read back: %v", p.Text(), err)
			}
		}
	})
}
