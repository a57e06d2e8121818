package modifier

import (
	"slices"
	"strings"

	"github.com/exportd/exportd/engine/diag"
)

// Handler expands macros that are written nowhere: plugins do. Macros of the
// configuration win over those of a handler.
type Handler interface {
	// Handles says who has a macro of a name, "" for nobody, and whether its commands
	// depend on the asset.
	Handles(name string) (by string, perAsset bool)
	// Expand gives the commands of a macro, of which before are the commands so far.
	// The facts are nil for a macro that does not depend on the asset. Its error is a
	// diagnostic.
	Expand(name string, before Program, facts *Facts) ([]Given, error)
}

// Given is one command of a handler, decoded; or the name of another macro.
type Given struct{ Name, Value, Macro string }

// Facts are what is known of an asset before its pixels are looked at.
type Facts struct {
	Handle, Type, SubType, Folder, File string
	Size                                int64
	Format, Company                     string
	Record                              map[string]string // Image Serving fields that are not empty
}

// HandleBy gives the macros that nobody defined to a handler. It belongs to the
// building of m.
func (m *Macros) HandleBy(h Handler) { m.handler = h }

// For gives the same macros for one asset: what depends on the asset is expanded
// where it is used. Nil stays nil.
func (m *Macros) For(facts Facts) *Macros {
	if m == nil || m.handler == nil {
		return m
	}
	of := *m
	of.facts = &facts
	return &of
}

// handled adds what a handler gives for a macro, or, where that depends on an asset
// and none is known, the use of the macro itself. ok is false when no handler has it.
func (p *parser) handled(seg segment, origin Origin) (ok bool, err error) {
	if p.deferring {
		return true, p.add(Command{Name: seg.raw, Text: seg.raw, Origin: origin, Deferred: true})
	}
	if p.macros == nil || p.macros.handler == nil {
		return false, nil
	}
	by, perAsset := p.macros.handler.Handles(seg.name)
	switch {
	case by == "":
		return false, nil
	case perAsset && p.macros.facts == nil:
		return true, p.add(Command{Name: seg.raw, Text: seg.raw, Origin: origin, Deferred: true})
	}
	key := strings.ToLower(seg.name)
	switch {
	case slices.Contains(p.within, key):
		return true, diag.New(diag.MacroInvalid, "macro $%s$ of plugin %s invokes itself: %s", seg.name, by, strings.Join(append(p.within, key), " > "))
	case len(p.within) >= maxMacroDepth:
		return true, diag.New(diag.MacroInvalid, "macro $%s$ of plugin %s is invoked more than %d deep", seg.name, by, maxMacroDepth)
	}
	var facts *Facts
	if perAsset {
		facts = p.macros.facts
	}
	given, err := p.macros.handler.Expand(seg.name, p.program, facts)
	if err != nil {
		return true, err
	}
	p.within = append(p.within, key)
	defer func() { p.within = p.within[:len(p.within)-1] }()
	origin = origin.macro(seg.name + " (plugin " + by + ")")
	for _, g := range given {
		s, err := g.segment(by, seg.name)
		if err != nil {
			return true, err
		}
		if p.expanded += len(s.raw) + 1; p.expanded > maxExpansion {
			return true, diag.New(diag.ModifierSize, "macro $%s$ of plugin %s expands to more than %d bytes", seg.name, by, maxExpansion)
		}
		if err := p.segment(s, origin); err != nil {
			return true, err
		}
	}
	return true, nil
}

// segment writes what a handler gives as it stands in a modifier.
func (g Given) segment(by, macro string) (segment, error) {
	name, variable := strings.CutPrefix(g.Name, "$")
	switch {
	case g.Macro != "" && validName(g.Macro):
		return segment{kind: kindInvocation, name: g.Macro, raw: "$" + g.Macro + "$"}, nil
	case g.Macro != "" || g.Name == "" || variable && !validName(name) || strings.ContainsAny(name, "=&$ ") || printable(name) != nil:
		return segment{}, diag.New(diag.PluginResult, "macro $%s$ of plugin %s gives a command named %s", macro, by, clip(g.Name+g.Macro))
	}
	var b strings.Builder
	encode(&b, g.Value, nestable(name))
	s := segment{kind: kindCommand, name: name, value: b.String()}
	if variable {
		s.kind = kindDefinition
	}
	s.raw = g.Name + "=" + s.value
	return s, nil
}

// Deferred reports whether the program uses macros whose commands depend on the
// asset.
func (p Program) Deferred() bool {
	return slices.ContainsFunc(p, func(c Command) bool { return c.Deferred })
}

// Expand gives the program of one asset, from macros that know it ([Macros.For]).
func (p Program) Expand(macros *Macros) (Program, error) {
	if !p.Deferred() {
		return p, nil
	}
	q := parser{macros: macros}
	for _, c := range p {
		seg, _, err := next(c.Text)
		if err != nil {
			return nil, diag.New(diag.CommandSyntax, "%w (%s)", err, c.Origin)
		}
		if err := q.segment(seg, c.Origin); err != nil {
			return nil, err
		}
	}
	return q.program, nil
}

// Origins gives the origin of each command, as plans hold them.
func (p Program) Origins() []string {
	all := make([]string, len(p))
	for i, c := range p {
		all[i] = c.Origin.String()
	}
	return all
}
