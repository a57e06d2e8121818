package report

import (
	"iter"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

// State is how a run ended.
type State string

// The states of a run that is over.
const (
	Done           State = "DONE"
	DoneWithErrors State = "DONE_WITH_ERRORS"
	AllFailed      State = "FAILED" // nothing was exported, though something should have been
	Cancelled      State = "CANCELLED"
)

// State reads the end of a run that was not cancelled from its counts.
func (t Totals) State() State {
	switch {
	case t.Failed == 0:
		return Done
	case t.Exported == 0:
		return AllFailed
	default:
		return DoneWithErrors
	}
}

// Exit gives the exit code of a run (DESIGN 9). Signal is the number of the
// signal that cancelled it.
func (s State) Exit(signal int) int {
	switch s {
	case Done:
		return 0
	case DoneWithErrors:
		return 4
	case Cancelled:
		return 128 + signal
	default:
		return 1
	}
}

// Summary is how a run ended, in a few words: the beginning of the document of
// `run --json`.
type Summary struct {
	State    State  `json:"state"`
	Job      string `json:"job"`
	Counts   Totals `json:"counts"`
	Manifest string `json:"manifest"`
}

// Issue is one asset's trouble.
type Issue struct {
	Handle  asset.Handle `json:"handle"`
	Code    diag.Code    `json:"code"`
	Message string       `json:"message"`
	Hint    string       `json:"hint"`
}

// Summary reads state and counts off the assets that have ended.
func (j *Journal) Summary(job, manifest string) *Summary {
	counts := j.Totals()
	return &Summary{State: counts.State(), Job: job, Counts: counts, Manifest: manifest}
}

// Failures walks the assets that failed, in job order.
func (j *Journal) Failures() iter.Seq2[Issue, error] {
	return j.issues(func(l AssetLine, yield func(Issue) bool) bool {
		return l.Outcome != Failed || yield(Issue{l.Handle, l.Code, l.Message, l.Hint})
	})
}

// Warnings walks what was not as expected with assets that did not fail of it, in
// job order. A skip is a warning, and so is that an asset leaves as it came where
// a picture was asked for; other notes are in the journal only.
func (j *Journal) Warnings() iter.Seq2[Issue, error] {
	return j.issues(func(l AssetLine, yield func(Issue) bool) bool {
		if l.Outcome == Skipped && !yield(Issue{l.Handle, l.Code, l.Message, l.Hint}) {
			return false
		}
		for _, n := range l.Notes {
			told := n.Severity() == diag.Warning || n.Code == diag.AsOriginal
			if told && n.Code != l.Code && !yield(Issue{l.Handle, n.Code, n.Message, n.Hint}) {
				return false
			}
		}
		return true
	})
}

// issues walks what f finds in each asset's line. They stay on disk, since a job
// may have a million.
func (j *Journal) issues(f func(l AssetLine, yield func(Issue) bool) bool) iter.Seq2[Issue, error] {
	return func(yield func(Issue, error) bool) {
		for l, err := range j.Assets() {
			if err != nil {
				yield(Issue{}, err)
				return
			}
			if !f(l, func(i Issue) bool { return yield(i, nil) }) {
				return
			}
		}
	}
}
