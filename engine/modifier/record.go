package modifier

import (
	"fmt"
	"maps"
	"strings"
)

// ParseRecord takes the fields Modifier and PostModifier of a catalog record apart
// for a request, with the origins "catalog Modifier" and "catalog PostModifier".
// Variables carry values from the request to the record (the vendor's page
// r-is-http-substitution-variables): what the request defines replaces the
// Modifier's own definitions, and the PostModifier sees both, and may
// redefine them. Errors are those of [Parse].
func ParseRecord(prefix, postfix string, request Program, macros *Macros) (catalog, post Program, err error) {
	fixed := request.variables()
	before := parser{macros: macros, vars: maps.Clone(fixed), fixed: fixed}
	if err := before.parse(prefix, Origin{Source: FromCatalog, Name: "Modifier"}); err != nil {
		return nil, nil, fmt.Errorf("the record's Modifier: %w", err)
	}
	behind := parser{macros: macros, vars: before.vars}
	if err := behind.parse(postfix, Origin{Source: FromCatalog, Name: "PostModifier"}); err != nil {
		return nil, nil, fmt.Errorf("the record's PostModifier: %w", err)
	}
	return before.program, behind.program, nil
}

// ExpandMacros gives text with its macros replaced by what they stand for, and
// nothing else changed but for comments and empty segments: what its variables
// stand for, a request may still decide. Errors are those of [Parse].
func ExpandMacros(text string, origin Origin, macros *Macros) (string, error) {
	if _, err := Parse(text, origin, macros); err != nil {
		return "", err
	}
	var all []string
	for rest := undoEntities(text); ; {
		seg, more, err := next(rest)
		switch {
		case err != nil:
			return "", err // Parse has taken it
		case seg.kind == kindEnd:
			return strings.Join(all, "&"), nil
		case seg.kind == kindInvocation:
			if m := macros.find(seg.name); m != nil {
				all = m.raw(all)
				break
			}
			p := parser{macros: macros}
			if err := p.segment(seg, origin); err != nil {
				return "", err
			}
			all = append(all, p.program.Text())
		default:
			all = append(all, seg.raw)
		}
		rest = more
	}
}

// raw appends the segments that m stands for, as they are written.
func (m *macro) raw(to []string) []string {
	for _, part := range m.parts {
		if part.inner != nil {
			to = part.inner.raw(to)
		} else {
			to = append(to, part.seg.raw)
		}
	}
	return to
}
