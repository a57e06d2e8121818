package modifier

import (
	"strconv"
	"strings"

	"github.com/exportd/exportd/engine/diag"
)

// scope is the segment that a command stands in.
type scope int

const (
	scopeComp  scope = iota // before the first layer=, or layer=comp
	scopeBase               // layer=0
	scopeOther              // any other layer, or an effect
)

// segments gives the scope of every command of a program, and what is wrong with
// its layer= commands. Every program begins at comp. For one image layer=0 and
// comp are the same picture, and share the slots of what lands on layer 0
// (is-protocol 4, A-10; r-layer); the other layers have no picture here.
func segments(p Program) ([]scope, []*fault) {
	scopes, faults := make([]scope, len(p)), make([]*fault, len(p))
	now, names := scopeComp, map[string]int{}
	for i, c := range p {
		switch c.Name {
		case "effect":
			now = scopeOther
		case "layer":
			n, f := layerNumber(split(c.Value), names)
			switch {
			case f == nil && n < 0:
				now = scopeComp
			case f == nil && n == 0:
				now = scopeBase
			default:
				now = scopeOther
				if f == nil {
					f = unsupported("this version of exportd has no layers but 0 and comp")
				}
			}
			faults[i] = f
		}
		scopes[i] = now
	}
	return scopes, faults
}

// layerNumber reads layer=n|comp[,name] or layer=name; comp is -1. names grows.
func layerNumber(a args, names map[string]int) (int, *fault) {
	const allowed = "a whole number >= 0 or comp, with a name or without, or the name of a layer"
	if len(a) > 2 || a[0] == "" {
		return 0, wrong(allowed, "%d arguments are given, or the first is empty", len(a))
	}
	n := -1
	switch _, isNumber := parseReal(a[0]); {
	case isNumber:
		var f *fault
		if n, f = whole(a[0], 0, coordLimit, allowed); f != nil {
			return 0, f
		}
	case strings.EqualFold(a[0], "comp"):
	default:
		known, ok := names[a[0]]
		if !ok || len(a) > 1 {
			return 0, wrong(allowed, "no layer before it is named %s", quote(a[0]))
		}
		return known, nil
	}
	if len(a) == 1 {
		return n, nil
	}
	name := a[1]
	if strings.EqualFold(name, "comp") || name == "" {
		return 0, wrong(allowed, "%s cannot name a layer", quote(name))
	}
	if other, ok := names[name]; ok && other != n {
		return 0, wrong(allowed, "%s already names another layer", quote(name))
	}
	names[name] = n
	return n, nil
}

// hasOwn reports whether a command means at comp the composite or the view, and in
// layer=0 the picture itself (is-protocol 4): the two share no slot.
func hasOwn(name string) bool {
	switch name {
	case "flip", "opac", "clipPath", "clipPathE", "clipXPath", "clipXPathE":
		return true
	}
	return strings.HasPrefix(name, "op_") && !strings.HasPrefix(name, "op_growMask")
}

// slot is what command i competes for: the row of the table, or the folded name
// of an unknown command, with "@0" where layer 0 has a slot of its own ([hasOwn]). A
// command that belongs to a layer that is not built competes for nothing: "".
func (r *resolver) slot(i int) string {
	c := r.commands[i]
	row, _, ok := find(c.Name)
	if !ok {
		return strings.ToLower(c.Name)
	}
	name := table[row].Name
	switch {
	case name == "layer" || name == "effect":
		return name + "#" + strconv.Itoa(i) // each opens a segment; none wins over another
	case r.scopes[i] == scopeComp:
		return name
	case strings.ContainsAny(table[row].Scope, "RV") && !hasOwn(name):
		return name
	case r.scopes[i] == scopeOther:
		return ""
	case hasOwn(name):
		return name + "@0"
	}
	return name
}

// setLayer judges one layer=; see [segments].
func setLayer(r *resolver, i int, _ args) *fault { return r.layers[i] }

// setIgnoredHere reads commands of layers that mean nothing for layer 0 and comp:
// there is nothing behind to blend with, and the canvas is the layer's own
// rectangle (is-protocol 4, 7.6; r-blendmode, r-pos, r-origin).
func setIgnoredHere(r *resolver, i int, a args) *fault {
	c := r.commands[i]
	if c.Name == "blendMode" {
		text, f := a.one("norm, dissolve, lighten, darken, mult, screen")
		if f != nil {
			return f
		}
		switch strings.ToLower(text) {
		case "norm", "dissolve", "lighten", "darken", "mult", "screen":
		default:
			return keyword(text, "norm", "dissolve", "lighten", "darken", "mult", "screen")
		}
	} else if _, f := point(a); f != nil {
		return f
	}
	r.note(i, "ignored: a single picture has no other layer",
		diag.New(diag.CommandIgnored, "%s (%s) is ignored: a single picture has no other layer", c.written(), c.Origin))
	return nil
}

// point reads x,y; beyond 31 bits it cannot be read (is-protocol 10).
func point(a args) (p Point, f *fault) {
	const allowed = "x,y, each below 2147483648"
	if len(a) != 2 {
		return p, wrong(allowed, "%d of 2 numbers are given", len(a))
	}
	if p.X, f = number(a[0], -coordLimit, coordLimit, allowed); f != nil {
		return Point{}, f
	}
	if p.Y, f = number(a[1], -coordLimit, coordLimit, allowed); f != nil {
		return Point{}, f
	}
	return p, nil
}
