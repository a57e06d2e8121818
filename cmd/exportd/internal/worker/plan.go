package worker

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/exportd/exportd/engine/compile"
	"github.com/exportd/exportd/engine/pipeline"
	"github.com/exportd/exportd/engine/plan"
)

// errUnwanted says that a job was stopped, or is gone.
var errUnwanted = errors.New("the job was stopped")

// unwanted reports whether a job's record says that nobody needs its units.
func unwanted(record []byte) bool {
	var r struct {
		State string `json:"state"`
	}
	if record == nil || json.Unmarshal(record, &r) != nil {
		return true
	}
	switch r.State {
	case "PLANNING", "RUNNING", "PAUSED":
		return false
	}
	return true
}

// plans remembers the plan of the last job: units of one job come in a row.
type plans struct {
	job  string
	plan *plan.Plan
}

// planOf gives the plan of a job.
func (w *Worker) planOf(ctx context.Context, job string) (*plan.Plan, error) {
	if w.plans.job == job {
		return w.plans.plan, nil
	}
	text, err := w.Queue.Plan(ctx, job)
	if err != nil {
		return nil, err
	}
	spec, err := pipeline.Parse("plan.toml", text, w.Registry)
	if err != nil {
		return nil, err
	}
	w.plans = plans{job: job, plan: compile.FromSpec(spec)}
	return w.plans.plan, nil
}
