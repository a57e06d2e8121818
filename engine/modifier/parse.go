package modifier

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/exportd/exportd/engine/diag"
)

// The limits of a modifier. A text is measured as it is given and again after
// expansion, so whatever [Parse] accepts it accepts again.
const (
	MaxText     = 8 << 10 // bytes
	MaxCommands = 256
	// maxExpansion bounds the bytes that macros bring, definitions of variables
	// and comments included.
	maxExpansion = 64 << 10
)

// Parse takes a modifier apart (is-protocol 2.1 to 2.3): &amp; undone, macros
// expanded in place, comments and empty segments dropped, variables pasted,
// values decoded. A leading & or ? and blanks around a segment are tolerated.
// The program holds every command in order, also those that later ones override
// and those that nobody knows, and the definitions of variables: see [Resolve].
//
// $object$ stays a reference unless the text defines it. With nil macros every
// invocation is unknown. Errors are diagnostics of class Input:
// E-COMMAND-SYNTAX, E-MACRO-UNKNOWN, E-MODIFIER-SIZE.
func Parse(text string, origin Origin, macros *Macros) (Program, error) {
	p := parser{macros: macros}
	if err := p.parse(text, origin); err != nil {
		return nil, err
	}
	return p.program, nil
}

// parser holds what lives through one request: is_modifier and macro of a job
// are one, so a variable of the first is seen in the second.
type parser struct {
	macros   *Macros
	vars     variables
	fixed    variables // definitions that the text cannot change
	program  Program
	commands int // of program, definitions not counted
	size     int // bytes of the program's text
	expanded int // bytes that macros brought
	// within are the macros of handlers that are being expanded, folded.
	within []string
	// deferring leaves macros that nobody defined to whoever knows the asset.
	deferring bool
}

func (p *parser) parse(text string, origin Origin) error {
	if len(text) > MaxText {
		return diag.New(diag.ModifierSize, "the modifier (%s) has %d bytes; allowed are %d", origin, len(text), MaxText)
	}
	text = undoEntities(text)
	if p.program == nil {
		p.program = make(Program, 0, min(1+strings.Count(text, "&"), MaxCommands))
	}
	for {
		seg, rest, err := next(text)
		if err != nil {
			return diag.New(diag.CommandSyntax, "%w (%s)", err, origin)
		}
		if seg.kind == kindEnd {
			return nil
		}
		if err := p.segment(seg, origin); err != nil {
			return err
		}
		text = rest
	}
}

// segment adds one segment to the program, macros and all.
func (p *parser) segment(seg segment, origin Origin) error {
	switch seg.kind {
	case kindInvocation:
		m := p.macros.find(seg.name)
		if m == nil {
			if ok, err := p.handled(seg, origin); ok {
				return err
			}
			return unknownMacro(seg.name, p.macros).describe(origin)
		}
		if p.expanded += m.bytes; p.expanded > maxExpansion {
			return diag.New(diag.ModifierSize, "the macros of the modifier (%s) expand to more than %d bytes", origin, maxExpansion)
		}
		return p.macro(m, origin.macro(m.name))
	case kindDefinition:
		return p.definition(seg, origin)
	default:
		return p.command(seg, origin)
	}
}

// definition adds a variable. It stays in the program, so that the record of an
// asset can refer to it.
func (p *parser) definition(seg segment, origin Origin) error {
	var val, enc strings.Builder
	if err := decode(&val, seg.value); err != nil {
		return syntaxError(seg, origin, err)
	}
	if p.vars == nil {
		p.vars = variables{}
	}
	name := strings.ToLower(seg.name)
	if _, ok := p.fixed[name]; !ok {
		p.vars[name] = val.String()
	}
	encode(&enc, val.String(), false)
	c := Command{Name: "$" + seg.name, Value: val.String(), Origin: origin}
	c.Text = c.Name + "=" + enc.String()
	return p.add(c)
}

// macro adds what m stands for.
func (p *parser) macro(m *macro, origin Origin) error {
	for _, part := range m.parts {
		var err error
		if part.inner != nil {
			err = p.macro(part.inner, origin.macro(part.inner.name))
		} else {
			err = p.segment(part.seg, origin)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// command adds one command, its variables pasted and its value decoded.
func (p *parser) command(seg segment, origin Origin) error {
	c := Command{Name: seg.name, Value: seg.value, Text: seg.raw, Origin: origin}
	if _, spelling, ok := find(seg.name); ok {
		c.Name = spelling
	} else if err := printable(seg.name); err != nil {
		return syntaxError(seg, origin, err)
	}
	switch {
	case seg.bare:
		c.Text = c.Name
	case seg.nested:
		c.Value = p.vars.expandNested(seg.value, MaxText)
		c.Text = c.Name + "=" + c.Value
	case !plain(seg.value):
		vars := p.vars
		if c.Name == "layer" || c.Name == "effect" {
			vars = nil // is-protocol 2.3: not allowed there
		}
		value, text, err := vars.expand(seg.value, nestable(c.Name), MaxText)
		if err != nil {
			return syntaxError(seg, origin, err)
		}
		c.Value, c.Text = value, c.Name+"="+text
	case len(seg.raw) != len(c.Name)+1+len(seg.value) || !strings.HasPrefix(seg.raw, c.Name):
		c.Text = c.Name + "=" + seg.value
	}
	if p.commands++; p.commands > MaxCommands {
		return diag.New(diag.ModifierSize, "the modifier (%s) has more than %d commands", origin, MaxCommands)
	}
	return p.add(c)
}

// add puts a command behind the others.
func (p *parser) add(c Command) error {
	if p.size += len(c.Text) + 1; p.size > MaxText+1 {
		return diag.New(diag.ModifierSize, "the modifier (%s) has more than %d bytes after macros and variables are expanded", c.Origin, MaxText)
	}
	p.program = append(p.program, c)
	return nil
}

// printable refuses names that could not be shown in a message or a plan.
func printable(name string) error {
	for _, r := range name {
		if r == utf8.RuneError || unicode.IsControl(r) {
			return errors.New("the name of a command cannot hold this")
		}
	}
	return nil
}

func syntaxError(seg segment, origin Origin, err error) *diag.Diag {
	return diag.New(diag.CommandSyntax, "%s (%s): %w", clip(seg.raw), origin, err)
}
