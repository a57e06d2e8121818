package modifier

// Effect is a command and what became of it, for `exportd explain`.
type Effect struct {
	Name   string
	Value  string
	Origin Origin
	// State is "used", "overridden by ORIGIN", "ignored: WHY", "variable" for a
	// definition, "unknown", "unsupported", "refused" or "invalid".
	State string
}

// Effective lists every command of s, weakest first, with what became of it. The
// list is whole even with an error, which is the one that [Resolve] gives.
func Effective(s Sources) ([]Effect, error) {
	r := interpret(s, false)
	effects := make([]Effect, len(r.commands))
	for i, c := range r.commands {
		effects[i] = Effect{Name: c.Name, Value: c.Value, Origin: c.Origin, State: r.verdicts[i].spelling}
	}
	return effects, r.errs.Err()
}
