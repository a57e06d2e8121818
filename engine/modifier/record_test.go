package modifier

import (
	"strings"
	"testing"

	"github.com/exportd/exportd/engine/diag"
)

// r-is-http-substitution-variables: variables transfer values from the request to
// what stands in the catalog.
func TestVariablesOfTheRequestReachTheRecord(t *testing.T) {
	for _, c := range []struct{ name, request, prefix, postfix, catalog, post string }{
		{"the record's own", "", "$w=60&wid=$w$", "", "$w=60 | wid=60", ""},
		{"the request's replaces it", "$w=30", "$w=60&wid=$w$", "", "$w=60 | wid=30", ""},
		{"the request's alone", "$w=30", "wid=$w$", "", "wid=30", ""},
		{"case of names", "$W=30", "$w=60&wid=$w$", "", "$w=60 | wid=30", ""},
		{"the last of the request", "$w=30&$w=40", "wid=$w$", "", "wid=40", ""},
		{"behind the request too", "$w=30", "$h=9", "wid=$w$&hei=$h$", "$h=9", "wid=30 | hei=9"},
		{"a postfix may redefine", "$w=30", "", "$w=50&wid=$w$", "", "$w=50 | wid=50"},
		{"unknown stays", "$v=30", "wid=$w$", "", "wid=$w$", ""},
		{"a value is text", "$v=1%26wid%3D2", "id=$v$", "", "id=1&wid=2", ""},
		{"macros of the record", "$w=30", "$sized$", "", "wid=30", ""},
	} {
		catalog, post, err := ParseRecord(c.prefix, c.postfix, parsed(t, c.request, nil), defined(t, "sized", "wid=$w$"))
		if err != nil || pairs(catalog) != c.catalog || pairs(post) != c.post {
			t.Errorf("%s: got %s, %s, %v; want %s, %s", c.name, pairs(catalog), pairs(post), err, c.catalog, c.post)
		}
	}
}

func TestAWrongRecordIsNamed(t *testing.T) {
	for in, want := range map[[2]string]string{
		{"wid=%zz", ""}:  "the record's Modifier: wid=%zz (catalog Modifier)",
		{"", "wid=%zz"}:  "the record's PostModifier: wid=%zz (catalog PostModifier)",
		{"$nobody$", ""}: "the record's Modifier: macro $nobody$",
	} {
		if _, _, err := ParseRecord(in[0], in[1], nil, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %s", in, err, want)
		}
	}
}

func TestMacrosExpandAndVariablesStay(t *testing.T) {
	m := defined(t, "inner", "hei=$h$&.note", "outer", "$h=9&$inner$&bgc=255%2C0%2C0")
	for in, want := range map[string]string{
		"":                                "",
		"wid=1&hei=$h$":                   "wid=1&hei=$h$",
		"&amp;WID=1&&.c&$outer$&fmt=png":  "WID=1&$h=9&hei=$h$&bgc=255%2C0%2C0&fmt=png",
		"src=is(a?$inner$&b=1)&$inner$":   "src=is(a?$inner$&b=1)&hei=$h$",
		"id=" + strings.Repeat("x", 8000): "id=" + strings.Repeat("x", 8000),
	} {
		if got, err := ExpandMacros(in, job, m); err != nil || got != want {
			t.Errorf("%s: got %s, %v", clip(in), clip(got), err)
		}
	}
	for in, code := range map[string]diag.Code{"$nobody$": diag.MacroUnknown, "id=%z": diag.CommandSyntax, strings.Repeat("$outer$&", 200): diag.ModifierSize} {
		if _, err := ExpandMacros(in, job, m); asDiag(t, err).Code != code {
			t.Errorf("%s: %v", clip(in), err)
		}
	}
}

func TestDefinitionsAreNoCommands(t *testing.T) {
	p := parsed(t, strings.Repeat("$v=1&", 10)+strings.Repeat("a&", MaxCommands), nil)
	if len(p) != MaxCommands+10 {
		t.Errorf("%d commands and definitions", len(p))
	}
	effects, err := Effective(Sources{Attributes: DefaultAttributes(), Request: parsed(t, "$w=3&$w=5&wid=$w$", nil)})
	if err != nil || len(effects) != 3 || effects[0].State != "variable" || effects[1].State != "variable" || effects[2].State != "used" {
		t.Errorf("got %v, %v", effects, err)
	}
	if s, notes := resolved(t, "$wid=5&wid=7"); s.Wid != 7 || len(notes) > 0 {
		t.Errorf("wid %d, notes %v", s.Wid, notes)
	}
}
