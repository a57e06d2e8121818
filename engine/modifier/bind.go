package modifier

import (
	"strings"

	"github.com/exportd/exportd/engine/diag"
)

// Bind gives the program of a job: is_modifier, then macro, so that the macro
// wins and the other commands of the modifier stay (is-protocol 2.2). They are
// one request: a variable that isModifier defines is seen by the macro.
//
// macro names one macro, or several joined with &, each as $name$ or bare;
// commands do not belong there (E-COMMAND-SYNTAX). Both may be empty.
func Bind(isModifier, macro string, macros *Macros) (Program, error) {
	p := parser{macros: macros}
	if err := p.parse(isModifier, Origin{Source: FromJob}); err != nil {
		return nil, err
	}
	if len(macro) > MaxText {
		return nil, diag.New(diag.ModifierSize, "macro has %d bytes; allowed are %d", len(macro), MaxText)
	}
	for written := range strings.SplitSeq(undoEntities(macro), "&") {
		written = strings.TrimRight(skip(written), blanks)
		if written == "" || written[0] == '.' {
			continue
		}
		name := written
		if inner, ok := strings.CutPrefix(written, "$"); ok {
			if inner, ok = strings.CutSuffix(inner, "$"); ok {
				name = inner
			}
		}
		if !validName(name) {
			return nil, diag.New(diag.CommandSyntax, "macro holds %s, which is not the name of a macro", clip(written)).
				WithHint("macro takes names such as $card$; commands belong into is_modifier")
		}
		if err := p.segment(segment{kind: kindInvocation, name: name, raw: written}, Origin{Source: FromJob}); err != nil {
			return nil, err
		}
	}
	return p.program, nil
}
