package modifier

import (
	"fmt"
	"slices"
	"strings"

	"github.com/exportd/exportd/engine/diag"
)

// The bounds of a macro.
const (
	maxMacroName  = 64 // bytes
	maxMacroDepth = 16 // macros inside macros
)

// Macros are the command macros of a configuration, by name, case ignored. A
// macro is bound when it is defined: the macros it invokes are those that hold
// at that moment, so cycles cannot be written, a forward reference is an error
// and a later definition of an inner macro does not change the outer one.
//
// Building is for one goroutine; afterwards any number may read.
type Macros struct {
	byName map[string]*macro
	names  []string // folded, in the order of their first definition

	handler Handler // of names that nobody defined; nil for none
	facts   *Facts  // of the asset, where there is one
}

// macro is one bound definition. It never changes once it is made.
type macro struct {
	name       string // as written where it is defined
	definition string
	parts      []part
	commands   int // commands, inner macros included
	bytes      int // text, inner macros included
	depth      int // 1 without inner macros
}

// part is a segment of a definition or the inner macro that it invokes.
type part struct {
	seg   segment
	inner *macro
}

// NewMacros makes a set that holds the predefined macros, $shadow$ and $glow$.
// The vendor does not publish what they hold; these are Photoshop's defaults
// and a definition of the same name overrides them.
func NewMacros() *Macros {
	m := &Macros{byName: map[string]*macro{}}
	for _, d := range [...][2]string{
		{"shadow", "color=0,0,0&opac=75&pos=5,5&op_blur=5"},
		{"glow", "color=255,255,190&opac=75&op_grow=2&op_blur=5"},
	} {
		_ = m.Define(d[0], d[1], diag.Place{}) // a test holds that both are valid
	}
	return m
}

// Define adds a macro; the last definition of a name wins. definition is one or
// more complete segments joined with &. The name is made of letters, digits,
// dots, dashes and underscores, at most 64. place goes into the errors:
// E-MACRO-INVALID, E-MACRO-UNKNOWN for an inner macro that is not defined yet,
// E-MODIFIER-SIZE for a definition that expands beyond the limits of [Parse].
func (m *Macros) Define(name, definition string, place diag.Place) error {
	if !validName(name) || len(name) > maxMacroName {
		d := diag.New(diag.MacroInvalid, "%s cannot name a macro: want up to %d letters, digits, dots, dashes and underscores", clip(name), maxMacroName)
		if bare := strings.Trim(name, "$"); bare != name && validName(bare) {
			d = d.WithHint("write it without $: %s", bare)
		}
		return d.At(place)
	}
	made, d := m.bind(name, definition)
	if d != nil {
		return d.At(place)
	}
	key := strings.ToLower(name)
	if _, again := m.byName[key]; !again {
		m.names = append(m.names, key)
	}
	m.byName[key] = made
	return nil
}

// bind reads a definition against the macros defined so far.
func (m *Macros) bind(name, definition string) (*macro, *diag.Diag) {
	if len(definition) > MaxText {
		return nil, diag.New(diag.ModifierSize, "macro %s has %d bytes; allowed are %d", name, len(definition), MaxText)
	}
	made := &macro{name: name, definition: definition, depth: 1}
	for text := undoEntities(definition); ; {
		seg, rest, err := next(text)
		if err == nil {
			err = decodable(seg)
		}
		if err != nil {
			return nil, diag.New(diag.MacroInvalid, "macro %s: %w", name, err)
		}
		if seg.kind == kindEnd {
			return made, nil
		}
		p := part{seg: seg}
		made.bytes += len(seg.raw) + 1
		switch seg.kind {
		case kindInvocation:
			if p.inner = m.find(seg.name); p.inner == nil {
				u := unknownMacro(seg.name, m)
				u.hint = "a macro can invoke only what is defined before it; " + u.hint
				return nil, u.describe(Origin{Source: FromMacro, Name: name})
			}
			made.bytes += p.inner.bytes
			made.commands += p.inner.commands
			made.depth = max(made.depth, p.inner.depth+1)
		case kindCommand:
			made.commands++
		}
		switch {
		case made.bytes > MaxText+1 || made.commands > MaxCommands:
			return nil, diag.New(diag.ModifierSize, "macro %s expands to more than %d bytes or %d commands", name, MaxText, MaxCommands)
		case made.depth > maxMacroDepth:
			return nil, diag.New(diag.MacroInvalid, "macro %s invokes macros more than %d deep", name, maxMacroDepth)
		}
		made.parts = append(made.parts, p)
		text = rest
	}
}

// decodable finds early what [Parse] would refuse in a segment.
func decodable(seg segment) error {
	if seg.nested {
		return nil
	}
	var b strings.Builder
	if err := decode(&b, seg.value); err != nil {
		return fmt.Errorf("%s: %w", clip(seg.raw), err)
	}
	if seg.kind == kindCommand {
		return printable(seg.name)
	}
	return nil
}

// Names lists the macros in the order in which their names were first defined,
// spelled as in the definition that holds.
func (m *Macros) Names() []string {
	if m == nil {
		return nil
	}
	names := make([]string, len(m.names))
	for i, key := range m.names {
		names[i] = m.byName[key].name
	}
	return names
}

// Lookup gives the definition that holds for name, case ignored.
func (m *Macros) Lookup(name string) (definition string, ok bool) {
	if found := m.find(name); found != nil {
		return found.definition, true
	}
	return "", false
}

func (m *Macros) find(name string) *macro {
	if m == nil {
		return nil
	}
	return m.byName[strings.ToLower(name)]
}

// unknown is a macro that nobody defined.
type unknown struct{ name, hint string }

func unknownMacro(name string, m *Macros) unknown {
	names := m.Names()
	slices.Sort(names)
	return unknown{name, diag.DidYouMean(name, names, "define it under [macros] or in a macro file")}
}

func (u unknown) describe(by Origin) *diag.Diag {
	return diag.New(diag.MacroUnknown, "macro $%s$ is not defined (%s)", clip(u.name), by).WithHint("%s", u.hint)
}
