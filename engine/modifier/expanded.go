package modifier

import "github.com/exportd/exportd/engine/diag"

// ParseExpanded takes the modifier of a compiled plan apart, whose macros the
// compiler has expanded: origins holds the origin of each command, as
// [Origin.String] writes it, or nothing. A macro that is still there depends on the
// asset: see [Program.Expand]. The errors are those of [Parse], and
// E-KEY-VALUE where there are not as many origins as commands.
func ParseExpanded(text string, origins []string) (Program, error) {
	p := parser{deferring: len(origins) > 0}
	if err := p.parse(text, Origin{Source: FromPipeline}); err != nil {
		return nil, err
	}
	program := p.program
	if len(origins) > 0 && len(origins) != len(program) {
		return nil, diag.New(diag.KeyValue, "params.origins has %d entries, the modifier has %d commands", len(origins), len(program)).
			WithHint("leave origins out, or let exportd compile write them")
	}
	for i, o := range origins {
		program[i].Origin = ParseOrigin(o)
	}
	return program, nil
}
