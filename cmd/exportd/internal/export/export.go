package export

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"time"

	"github.com/exportd/exportd/cmd/exportd/internal/config"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/job"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/report"
	"github.com/exportd/exportd/engine/stage"
)

// Options say what to run, and where to.
type Options struct {
	Plan     *plan.Plan
	Job      *job.Job
	Config   *config.Config
	Registry *stage.Registry
	Child    []string // the command line of the pixel child
	Dir      string   // root of relative targets
	ID       string   // job.id; "" = that of a run, [plan.Plan.RunID]
	Fresh    bool     // forget what an earlier run of this job recorded
	Workers  int      // images at once; 0 = one a core
	Replay   string   // a dead letter: run its assets again and no others; "" = none
	// Progress is told how much there is to do, and then each asset that ends in
	// this run. It may be nil.
	Progress Progress
	// Drain, once closed, stops gently: what was started is finished.
	Drain <-chan struct{}
	// Failpoint, which only tests set, is called at each numbered step of the
	// order in which a run becomes durable; see the constants named Step.
	Failpoint func(step string)
}

// Progress hears how a run goes on.
type Progress interface {
	// Start says how many assets there are, and how many of them are done.
	Start(total, done int)
	// Asset says how one ended.
	Asset(line report.AssetLine)
}

// Result is what a run leaves behind.
type Result struct {
	Summary *report.Summary
	// Rows are the assets that ended, with what they delivered, in job order.
	Journal *report.Journal
	// Interrupted is set when the run was stopped before all assets had ended.
	Interrupted bool
	// FailedJob is set when on_error = "fail-job" has ended the run: it is FAILED
	// without a manifest, and the same command takes it up again.
	FailedJob bool
	// Halt is the trouble of the environment that has ended the run: it is FAILED
	// without a manifest, and the same command takes it up again.
	Halt *diag.Diag

	state *state
}

// Close lets go of the run's state.
func (r *Result) Close() error {
	r.state.close()
	return r.Journal.Close()
}

// childGrace is what a codec gets after its deadline.
const childGrace = 10 * time.Second

// The child is replaced after so many assets and above so much memory.
const (
	childTasks = 20_000
	childRSS   = 2 << 30
)

// pixelsPerWorker bounds the pixels in flight: so many for each image at once.
const pixelsPerWorker = 150_000_000

// Run exports a job into a folder. Errors are of the input or the environment;
// what happens to assets is in the result. After an error the same call resumes.
func Run(ctx context.Context, o Options) (*Result, error) {
	if o.Workers <= 0 {
		o.Workers = runtime.NumCPU()
	}
	root, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, environment(err, "find the output folder")
	}
	o.Dir = root
	e, err := open(ctx, o)
	if err != nil {
		return nil, err
	}
	result, err := e.run(ctx)
	if err != nil {
		e.close()
		return nil, err
	}
	return result, nil
}

// open locks the run's state.
func open(ctx context.Context, o Options) (*exporter, error) {
	o.ID = cmp.Or(o.ID, o.Plan.RunID())
	s, err := openState(o.Dir, o.ID)
	if err != nil {
		return nil, err
	}
	if o.Failpoint == nil {
		o.Failpoint = func(string) {}
	}
	o.Failpoint(StepLock)
	return &exporter{Options: o, ctx: ctx, state: s, stop: make(chan struct{}), flying: map[int]*flight{}}, nil
}

// close lets go of the state.
func (e *exporter) close() {
	_ = e.targets.Close() // what was being written to them has ended already
	e.state.close()
	if e.journal != nil {
		_ = e.journal.Close()
	}
}

// exporter is one run.
type exporter struct {
	Options
	ctx     context.Context // the run's: a target that is asked may take its time
	state   *state
	journal *report.Journal
	total   int
	// halt is the trouble of the environment that ends the run.
	halt    *diag.Diag
	stop    chan struct{}
	targets Targets
	flying  map[int]*flight // assets between their task and their end, by seq
	letters *letters
	replay  replay
	failJob bool  // an asset failed whose stage says fail-job
	unit    *Unit // the part of a job that this is all about; nil for a whole job
}

func (e *exporter) run(ctx context.Context) (*Result, error) {
	gentle, release := e.untilStopped(ctx)
	defer release()
	planned, err := e.prepare(gentle)
	if err != nil {
		return nil, err
	}
	if planned {
		if err := e.workWithLetters(ctx, gentle.Done()); err != nil {
			return nil, err
		}
	}
	stopped := e.failJob || e.halt != nil
	interrupted := !planned || !stopped && e.journal.Totals().Total < e.total
	if !interrupted && !stopped {
		err := e.publish()
		if err != nil && ctx.Err() == nil {
			return nil, err
		}
		interrupted = err != nil
	} else if err := e.journal.Sync(); err != nil {
		return nil, err
	}
	summary := e.summary()
	if interrupted {
		summary.State, summary.Manifest = report.Cancelled, ""
	}
	if stopped {
		summary.State, summary.Manifest = report.AllFailed, ""
	}
	if err := e.targets.Close(); err != nil {
		return nil, err
	}
	return &Result{Summary: summary, Journal: e.journal, Interrupted: interrupted, FailedJob: e.failJob, Halt: e.halt, state: e.state}, nil
}

// summary tells what became of the job whose manifest is written.
func (e *exporter) summary() *report.Summary {
	return e.journal.Summary(e.ID, e.targets[0].Place.Manifest)
}

// workWithLetters works with the dead letters open, and writes their lists when
// all is done that is done.
func (e *exporter) workWithLetters(ctx context.Context, drain <-chan struct{}) (err error) {
	if err := e.openLetters(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.letters.close()) }()
	if err := e.work(ctx, drain); err != nil {
		return err
	}
	return e.writeLetters()
}
