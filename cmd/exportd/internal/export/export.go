package export

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/exportd/exportd/cmd/exportd/internal/config"
	"github.com/exportd/exportd/cmd/exportd/internal/runner"
	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/job"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/planning"
	"github.com/exportd/exportd/engine/report"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/stages/deliver"
)

// Options say what to run, and where to.
type Options struct {
	Plan     *plan.Plan
	Job      *job.Job
	Config   *config.Config
	Registry *stage.Registry
	Child    []string // the command line of the pixel child
	Dir      string   // root of relative targets
	Fresh    bool     // forget what an earlier run of this job recorded
	Workers  int      // images at once; 0 = one a core
	// Progress is told how much there is to do, and then each asset that ends in
	// this run. It may be nil.
	Progress Progress
	// Drain, once closed, stops gently: what was started is finished.
	Drain <-chan struct{}
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
	s, err := openState(o.Dir, o.Plan.RunID())
	if err != nil {
		return nil, err
	}
	e := &exporter{Options: o, state: s}
	result, err := e.run(ctx)
	if err != nil {
		s.close()
		if e.journal != nil {
			_ = e.journal.Close()
		}
		return nil, err
	}
	return result, nil
}

// exporter is one run.
type exporter struct {
	Options
	state   *state
	journal *report.Journal
	planner *planning.Planner
	total   int
	// halt is the trouble of the environment that ends the run.
	halt    *diag.Diag
	stop    chan struct{}
	targets []target
}

func (e *exporter) run(ctx context.Context) (*Result, error) {
	if err := e.prepare(ctx); err != nil {
		return nil, err
	}
	if err := e.work(ctx); err != nil {
		return nil, err
	}
	if e.halt != nil {
		return nil, errors.Join(e.halt, e.journal.Sync())
	}
	interrupted := e.journal.Totals().Total < e.total
	if !interrupted {
		if err := e.publish(); err != nil {
			return nil, err
		}
	} else if err := e.journal.Sync(); err != nil {
		return nil, err
	}
	summary, err := e.journal.Summary(e.Plan.RunID(), filepath.Join(e.targets[0].dir, report.ManifestName))
	if err != nil {
		return nil, err
	}
	if interrupted {
		summary.State, summary.Manifest = report.Cancelled, ""
	}
	return &Result{Summary: summary, Journal: e.journal, Interrupted: interrupted, state: e.state}, nil
}

// prepare plans the assets and opens the journal.
func (e *exporter) prepare(ctx context.Context) (err error) {
	if e.targets, err = targetsOf(e.Plan, e.Dir); err != nil {
		return err
	}
	if e.Fresh {
		if err := e.state.forget(); err != nil {
			return err
		}
	} else if err := e.state.refuseTaken(e.targets); err != nil {
		return err
	}
	if err := deliver.SweepScratch(e.state.path(scratchDir)); err != nil {
		return environment(err, "clear the scratch folder")
	}
	if err := e.state.write(planFile, e.Plan.TOML()); err != nil {
		return err
	}
	catalog, err := e.Config.Catalog.Open()
	if err != nil {
		return err
	}
	defer catalog.Close()
	if e.planner, err = planning.New(e.Plan, e.Registry, e.Config.Macros); err != nil {
		return err
	}
	if e.total, err = planAssets(ctx, e.state, e.Job, resolving{catalog, e.Config.Caller}, e.planner); err != nil {
		return err
	}
	e.journal, err = report.OpenJournal(e.state.path(journalFile))
	return err
}

// work runs every asset that is not done.
func (e *exporter) work(ctx context.Context) error {
	todo, err := e.openTodo()
	if err != nil {
		return err
	}
	defer todo.entries.close()
	if e.Progress != nil {
		e.Progress.Start(e.total, todo.done)
	}
	catalog, err := json.Marshal(e.Config.Catalog)
	if err != nil {
		return err
	}
	e.stop = make(chan struct{})
	return runner.Run(ctx, e.drains(ctx), runner.Config{
		Command: e.Child, Lock: e.state.lock, Grace: childGrace, MaxTasks: childTasks, MaxRSS: childRSS,
		Setup: runner.Setup{
			Plan: string(e.Plan.TOML()), Catalog: catalog, Scratch: e.state.path(scratchDir), Root: e.Dir,
			Durable: e.Config.Durable, Limits: e.Config.Limits, Loaders: e.Config.Loaders, Profiles: e.Config.Profiles,
			Workers: e.Workers, Budget: int64(e.Workers) * pixelsPerWorker,
		},
	}, todo.next, runner.Events{Branch: e.branch, Done: e.asset})
}

// drains joins the caller's wish to stop with the run's own.
func (e *exporter) drains(ctx context.Context) <-chan struct{} {
	both := make(chan struct{})
	go func() {
		defer close(both)
		select {
		case <-e.Drain:
		case <-e.stop:
		case <-ctx.Done():
		}
	}()
	return both
}

// branch keeps how a branch ended.
func (e *exporter) branch(line report.BranchLine) error {
	if environmental(line.Code) {
		return nil // the asset stays to be done
	}
	return e.journal.Append(line)
}

// asset keeps how an asset ended. Trouble of the environment ends the run
// instead: the asset is not at fault, and the next run takes it up again.
func (e *exporter) asset(line report.AssetLine) error {
	if environmental(line.Code) {
		if e.halt == nil {
			e.halt = diag.New(line.Code, "%s", line.Message)
			e.halt.Hint = line.Hint
			close(e.stop)
		}
		return nil
	}
	if line.Code == diag.Stopped {
		return nil
	}
	if e.Progress != nil {
		e.Progress.Asset(line)
	}
	return e.journal.Append(line)
}

func environmental(c diag.Code) bool { return c != "" && c.Entry().Class == diag.Environment }

// publish writes the manifest of each target, last of all.
func (e *exporter) publish() error {
	if err := e.journal.Sync(); err != nil {
		return err
	}
	for _, t := range e.targets {
		if err := e.state.recordManifest(e.journal, t); err != nil {
			return err
		}
		if err := e.journal.Publish(t.dir, t.branches, e.Config.Durable); err != nil {
			return err
		}
	}
	return e.state.removeScratch()
}

// todo walks the planned assets and leaves out what is done.
type todo struct {
	*exporter
	entries *entries
	done    int
}

func (e *exporter) openTodo() (*todo, error) {
	open, err := openEntries(e.state)
	if err != nil {
		return nil, err
	}
	t := &todo{exporter: e, entries: open}
	if e.journal.Totals().Total > 0 {
		// Count what is done before showing a bar that starts in the middle.
		if err := t.count(); err != nil {
			return nil, errors.Join(err, open.file.Close())
		}
	}
	return t, nil
}

// count counts the assets that an earlier run has done, and rewinds.
func (t *todo) count() error {
	for {
		entry, err := t.entries.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		ok, err := t.isDone(entry)
		if err != nil {
			return err
		}
		if ok {
			t.done++
		}
	}
	t.entries.close()
	again, err := openEntries(t.state)
	t.entries = again
	return err
}

// next gives the next asset that has to be done.
func (t *todo) next() (runner.Task, bool, error) {
	for {
		entry, err := t.entries.next()
		if errors.Is(err, io.EOF) {
			return runner.Task{}, false, nil
		}
		if err != nil {
			return runner.Task{}, false, err
		}
		if d := entry.Diag(); d != nil {
			if err := t.asset(report.AssetLine{Seq: entry.Seq, Handle: entry.Handle, Outcome: report.Failed, Code: d.Code, Message: d.Message, Hint: d.Hint}); err != nil {
				return runner.Task{}, false, err
			}
			continue
		}
		if ok, err := t.isDone(entry); err != nil || !ok {
			return runner.Task{Seq: entry.Seq, Asset: entry.Asset, Names: entry.Names()}, err == nil, err
		}
	}
}

// isDone reports whether an earlier run has exported or skipped the asset as it
// is planned now, and what it delivered is still there.
func (t *todo) isDone(entry planning.Entry) (bool, error) {
	outcome, ended := t.journal.Asset(entry.Seq)
	if !ended || outcome == report.Failed {
		return false, nil
	}
	lines, err := t.journal.Branches(entry.Seq)
	if err != nil {
		return false, err
	}
	names := entry.Names()
	for _, l := range lines {
		if l.Outcome != report.Exported || l.Delivered == nil {
			continue
		}
		if names[asset.NameKey(l.Delivered.Stage, l.Delivered.Rendition)] != l.Delivered.Name {
			return false, nil
		}
		info, err := os.Lstat(filepath.Join(t.dirOf(l.Delivered.Stage), filepath.FromSlash(l.Delivered.Name)))
		if err != nil || info.Size() != l.Delivered.Bytes {
			return false, nil //nolint:nilerr // a file that cannot be seen is delivered again
		}
	}
	return true, nil
}
