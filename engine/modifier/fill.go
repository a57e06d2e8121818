package modifier

import (
	"strings"

	"github.com/exportd/exportd/engine/diag"
)

func foldEqual(a, b string) bool { return strings.EqualFold(a, b) }

// setHide reads hide=0|1 (r-hide): layer 0 keeps its canvas and shows nothing.
func setHide(r *resolver, _ int, a args) *fault {
	text, f := a.one("0 or 1")
	if f == nil {
		r.set.Hide, f = flag(text)
	}
	return f
}

// setColor reads color=, the fill behind the picture before it is turned
// (r-color-commandref). Its default is clear.
func setColor(r *resolver, _ int, a args) *fault { return setFill(&r.set.Color, a) }

// setBgColor reads bgColor=, the fill behind the extended layer (r-bgcolor).
func setBgColor(r *resolver, _ int, a args) *fault { return setFill(&r.set.BgColor, a) }

func setFill(to **Colour, a args) *fault {
	c, f := colour(strings.Join(a, ","))
	if f == nil && c.Alpha > 0 {
		*to = &c
	}
	return f
}

// setOpac reads opac=opacity[,fill] in percent (r-opac): of the composite at
// comp, of the picture without its fills in layer=0. Values out of 0..100
// are clamped.
func setOpac(r *resolver, i int, a args) *fault {
	const allowed = "0..100[,0..100]"
	if len(a) > 2 {
		return wrong(allowed, "%d arguments are given", len(a))
	}
	keep, clamped := 1.0, false
	for _, text := range a {
		v, f := number(text, -coordLimit, coordLimit, allowed)
		if f != nil {
			return f
		}
		within := min(max(v, 0), 100)
		clamped = clamped || within != v
		keep *= within / 100
	}
	if clamped {
		c := r.commands[i]
		r.note(i, "used", diag.New(diag.CommandClamped, "%s (%s): the opacity is brought into its range; allowed: 0 to 100", c.written(), c.Origin))
	}
	if r.scopes[i] == scopeBase {
		r.set.BaseFade = 1 - keep
	} else {
		r.set.Fade = 1 - keep
	}
	return nil
}
