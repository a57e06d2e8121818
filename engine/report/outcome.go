package report

import "github.com/exportd/exportd/engine/diag"

// Outcome is how an asset, or one branch of it, ends.
type Outcome string

// The three outcomes, from best to worst.
const (
	Exported Outcome = "exported"
	Skipped  Outcome = "skipped"
	Failed   Outcome = "failed"
)

// outcomes gives each outcome its number in the journal's index.
var outcomes = [...]Outcome{Exported, Skipped, Failed}

// OutcomeOf reads how a branch ended from the error of its last stage: nil is
// exported, a warning or a note skipped, everything else failed.
func OutcomeOf(err error) Outcome {
	switch {
	case err == nil:
		return Exported
	case diag.From(err, diag.InternalError).Severity() == diag.Error:
		return Failed
	default:
		return Skipped
	}
}

// Worse gives the worse of two outcomes; an asset ends as the worst of its
// branches. The empty outcome is better than any.
func (o Outcome) Worse(p Outcome) Outcome {
	if p.rank() > o.rank() {
		return p
	}
	return o
}

// rank gives 1 to 3 for exported to failed, 0 for anything else.
func (o Outcome) rank() int {
	for i, known := range outcomes {
		if o == known {
			return i + 1
		}
	}
	return 0
}

// Totals counts assets by outcome. Total is always the sum of the others.
type Totals struct {
	Exported int `json:"exported"`
	Skipped  int `json:"skipped"`
	Failed   int `json:"failed"`
	Total    int `json:"total"`
}

// Add counts one asset.
func (t *Totals) Add(o Outcome) { t.count(o, 1) }

// count adds n assets of an outcome; one that is not known counts as failed, so
// that no asset is ever lost from the sum.
func (t *Totals) count(o Outcome, n int) {
	switch o {
	case Exported:
		t.Exported += n
	case Skipped:
		t.Skipped += n
	default:
		t.Failed += n
	}
	t.Total += n
}
