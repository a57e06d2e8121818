package modifier

import (
	"errors"
	"strings"
	"testing"

	"github.com/exportd/exportd/engine/diag"
)

var job = Origin{Source: FromJob}

// parsed takes text apart or ends the test.
func parsed(t testing.TB, text string, macros *Macros) Program {
	t.Helper()
	p, err := Parse(text, job, macros)
	if err != nil {
		t.Fatalf("Parse(%q): %v", text, err)
	}
	return p
}

// resolved resolves a request with the default attributes or ends the test.
func resolved(t testing.TB, text string) (*Settings, diag.List) {
	t.Helper()
	s, notes, err := Resolve(Sources{Attributes: DefaultAttributes(), Request: parsed(t, text, NewMacros())})
	if err != nil {
		t.Fatalf("Resolve(%q): %v", text, err)
	}
	return s, notes
}

// refusal gives the error of a request.
func refusal(t testing.TB, text string) *diag.Diag {
	t.Helper()
	_, _, err := Resolve(Sources{Attributes: DefaultAttributes(), Request: parsed(t, text, NewMacros())})
	return asDiag(t, err)
}

// asDiag takes the first diagnostic out of an error.
func asDiag(t testing.TB, err error) *diag.Diag {
	t.Helper()
	if err == nil {
		return &diag.Diag{}
	}
	var d *diag.Diag
	var l diag.List
	if !errors.As(err, &d) && !errors.As(err, &l) {
		t.Fatalf("%v carries no diagnostic", err)
	}
	return diag.From(err, diag.InternalError)
}

// codes joins the codes of a list.
func codes(l diag.List) string {
	all := make([]string, len(l))
	for i, d := range l {
		all[i] = string(d.Code)
	}
	return strings.Join(all, " ")
}

// pairs shows a program as decoded name=value pairs.
func pairs(p Program) string {
	all := make([]string, len(p))
	for i, c := range p {
		all[i] = c.Name + "=" + c.Value
	}
	return strings.Join(all, " | ")
}

// opaque is an RGB colour of parts 0..1.
func opaque(r, g, b float64) Colour {
	return Colour{Space: SpaceRGB, Components: []float64{r, g, b}, Alpha: 1}
}
