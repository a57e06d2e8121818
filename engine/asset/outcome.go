package asset

// Outcome is how an asset, or one branch of it, ends (DESIGN 2).
type Outcome string

// The three outcomes, from best to worst.
const (
	Exported Outcome = "exported"
	Skipped  Outcome = "skipped"
	Failed   Outcome = "failed"
)

// Worse reports whether o is worse than p: failed, then skipped, then exported;
// anything is worse than none. An asset ends as the worst of its branches.
func (o Outcome) Worse(p Outcome) bool { return o.rank() > p.rank() }

func (o Outcome) rank() int {
	switch o {
	case Exported:
		return 1
	case Skipped:
		return 2
	case Failed:
		return 3
	}
	return 0
}
