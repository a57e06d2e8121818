package plan

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/exportd/exportd/engine/job"
)

// Plan is a compiled pipeline for one job.
type Plan struct {
	Name        string // the pipeline's
	Description string
	Job         Job
	// Attributes are the Image Serving attributes that the pictures depend on,
	// by name.
	Attributes map[string]string
	// Plugins are those that the plan may run, by name.
	Plugins  []Plugin
	Defaults Defaults
	// Stages stand in topological order: a stage comes after all it reads from.
	Stages []Stage
}

// Job says which job the plan belongs to. Everything else the job decides is
// folded into the stages.
type Job struct {
	Name   string
	Digest string // sha256 of the job, lower-case hex
}

// JobOf gives the plan's view of j. It reads the handle file for the digest.
func JobOf(j *job.Job) (Job, error) {
	digest, err := j.Digest()
	return Job{Name: j.Name, Digest: digest}, err
}

// Defaults hold for every stage that says nothing of its own.
type Defaults struct {
	OnError        string        // report, fail-job, or the name of a dead-letter stage
	Timeout        time.Duration // per item and stage; 0 = limits.time
	NonConvertible string        // original, skip or fail
}

// Stage is a node of the plan.
type Stage struct {
	Name    string
	Kind    string
	From    []string
	When    string // a folded guard, "otherwise", or "" for always
	Params  map[string]any
	Retry   *Retry
	Timeout time.Duration // 0: the default
	Workers int           // 0: as many as the run has
	OnError string        // "": the default
	Why     []string      // what each pass changed here, in order
}

// Otherwise is the guard that takes what its siblings refused.
const Otherwise = "otherwise"

// Retry says how often a stage tries again and how long it waits in between.
type Retry struct {
	Attempts  int
	Base, Max time.Duration
}

// Stage finds a stage by name, nil when there is none.
func (p *Plan) Stage(name string) *Stage {
	i := slices.IndexFunc(p.Stages, func(s Stage) bool { return s.Name == name })
	if i < 0 {
		return nil
	}
	return &p.Stages[i]
}

// Children lists the stages that read from name, in the plan's order.
func (p *Plan) Children(name string) []*Stage {
	var out []*Stage
	for i := range p.Stages {
		if slices.Contains(p.Stages[i].From, name) {
			out = append(out, &p.Stages[i])
		}
	}
	return out
}

// The words of on_error that name no stage.
const (
	Report  = "report"   // the item fails, the others go on
	FailJob = "fail-job" // the first item that fails ends the run
)

// OnError gives what happens to an item that fails at a stage: [Report],
// [FailJob] or the name of a dead-letter stage. What fails at no stage, such as
// a handle that nobody knows, falls under the defaults.
func (p *Plan) OnError(stageName string) string {
	if st := p.Stage(stageName); st != nil && st.OnError != "" {
		return st.OnError
	}
	return cmp.Or(p.Defaults.OnError, Report)
}

// TimeoutOf gives how long an item may be in a stage: the stage's own timeout,
// or the defaults'; 0 leaves it to limits.time.
func (p *Plan) TimeoutOf(st Stage) time.Duration { return cmp.Or(st.Timeout, p.Defaults.Timeout) }

// Digest is the sha256 of the plan's text, lower-case hex.
func (p *Plan) Digest() string {
	sum := sha256.Sum256(p.TOML())
	return hex.EncodeToString(sum[:])
}

// RunID is the job.id of a run: the first 16 hex digits of the sha256 of the
// plan's and the job's digest (DESIGN 9).
func (p *Plan) RunID() string {
	sum := sha256.Sum256([]byte(p.Digest() + "\n" + p.Job.Digest + "\n"))
	return hex.EncodeToString(sum[:])[:16]
}
