package report

import (
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

// Summary is the document of `run --json`.
type Summary struct {
	State    State   `json:"state"`
	Job      string  `json:"job"`
	Counts   Totals  `json:"counts"`
	Manifest string  `json:"manifest"`
	Failures []Issue `json:"failures"`
	Warnings []Issue `json:"warnings"`
}

// Issue is one asset's trouble.
type Issue struct {
	Handle  asset.Handle `json:"handle"`
	Code    diag.Code    `json:"code"`
	Message string       `json:"message"`
	Hint    string       `json:"hint"`
}

// Summary gathers counts, failures and warnings in job order. A skip is a
// warning, and so is that an asset leaves as it came where a picture was asked
// for; other notes are in the journal only.
func (j *Journal) Summary(job, manifest string) (*Summary, error) {
	s := &Summary{Job: job, Manifest: manifest, Counts: j.Totals(), Failures: []Issue{}, Warnings: []Issue{}}
	s.State = s.Counts.State()
	for l, err := range j.Assets() {
		if err != nil {
			return nil, err
		}
		s.add(l)
	}
	return s, nil
}

func (s *Summary) add(l AssetLine) {
	own := Issue{l.Handle, l.Code, l.Message, l.Hint}
	switch l.Outcome {
	case Failed:
		s.Failures = append(s.Failures, own)
	case Skipped:
		s.Warnings = append(s.Warnings, own)
	}
	for _, n := range l.Notes {
		if told := n.Severity() == diag.Warning || n.Code == diag.AsOriginal; told && n.Code != l.Code {
			s.Warnings = append(s.Warnings, Issue{l.Handle, n.Code, n.Message, n.Hint})
		}
	}
}
