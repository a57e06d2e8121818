package report

import (
	"github.com/exportd/exportd/engine/asset"
)

// Outcome is how an asset, or one branch of it, ends.
type Outcome = asset.Outcome

// The three outcomes, from best to worst.
const (
	Exported = asset.Exported
	Skipped  = asset.Skipped
	Failed   = asset.Failed
)

// outcomes gives each outcome its number in the journal's index.
var outcomes = [...]Outcome{Exported, Skipped, Failed}

// rank gives 1 to 3 for exported to failed, 0 for anything else.
func rank(o Outcome) int {
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
