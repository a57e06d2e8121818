package daemon

import (
	"slices"
	"time"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/report"
)

// State is where a job stands.
type State string

// The states of a job.
const (
	Queued         State = "QUEUED"
	Planning       State = "PLANNING"
	Running        State = "RUNNING"
	Paused         State = "PAUSED"
	Cancelling     State = "CANCELLING"
	Finishing      State = "FINISHING"
	Done           State = "DONE"
	DoneWithErrors State = "DONE_WITH_ERRORS"
	Failed         State = "FAILED"
	Cancelled      State = "CANCELLED"
)

// States lists them in the order of a job's life.
func States() []State {
	return []State{Queued, Planning, Running, Paused, Cancelling, Finishing, Done, DoneWithErrors, Failed, Cancelled}
}

// edges are the legal changes.
var edges = map[State][]State{
	Queued:         {Planning, Paused, Cancelled},
	Planning:       {Running, Paused, Cancelling, Failed},
	Running:        {Finishing, Paused, Cancelling, Failed},
	Paused:         {Queued, Running, Cancelling},
	Cancelling:     {Cancelled},
	Finishing:      {Done, DoneWithErrors, Failed},
	Done:           {Queued},
	DoneWithErrors: {Queued},
	Failed:         {Queued},
	Cancelled:      {Queued},
}

// Over reports whether nothing more happens to a job by itself.
func (s State) Over() bool {
	return s == Done || s == DoneWithErrors || s == Failed || s == Cancelled
}

// To reports whether a job may go from one state to another.
func (s State) To(next State) bool { return slices.Contains(edges[s], next) }

// Record is what is known of a job, and the document of `jobs show --json`.
type Record struct {
	ID       string    `json:"id"` // a ULID
	Name     string    `json:"name"`
	State    State     `json:"state"`
	Company  string    `json:"company,omitempty"`
	User     string    `json:"user,omitempty"`
	Pipeline string    `json:"pipeline"`
	Priority int       `json:"priority,omitempty"` // -10 to 10, more is sooner
	Created  time.Time `json:"created"`
	Started  time.Time `json:"started,omitzero"`
	Ended    time.Time `json:"ended,omitzero"`
	// Assets is how many the job has, 0 until they are planned. Counts are those
	// that have ended, and add up.
	Assets   int           `json:"assets"`
	Counts   report.Totals `json:"counts"`
	Manifest string        `json:"manifest"`        // path or URL; "" until the job is done
	Round    int           `json:"round,omitempty"` // how often it was retried
	// Trouble keeps the job from getting on, and it goes on by itself once that is
	// over. Error is why it has failed as a whole.
	Trouble *Problem `json:"trouble,omitempty"`
	Error   *Problem `json:"error,omitempty"`

	revision uint64
}

// Problem is a diagnostic in a record.
type Problem struct {
	Code    diag.Code `json:"code"`
	Message string    `json:"message"`
	Hint    string    `json:"hint,omitempty"`
}

func problem(err error) *Problem {
	d := diag.From(err, diag.InternalError)
	if d == nil {
		return nil
	}
	return &Problem{d.Code, d.Error(), d.Mend()}
}

func sameProblem(a, b *Problem) bool { return a == b || a != nil && b != nil && *a == *b }
