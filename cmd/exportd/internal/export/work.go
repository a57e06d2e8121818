package export

import (
	"context"

	"github.com/exportd/exportd/cmd/exportd/internal/runner"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/report"
)

// work runs every asset that is not done, until drain is closed.
func (e *exporter) work(ctx context.Context, drain <-chan struct{}) error {
	todo, err := e.openTodo()
	if err != nil {
		return err
	}
	defer todo.entries.close()
	if e.Progress != nil {
		e.Progress.Start(e.total, todo.done)
	}
	cfg, err := e.runner()
	if err != nil {
		return err
	}
	return runner.Run(ctx, drain, cfg, todo.next, runner.Events{Branch: e.branch, Done: e.asset, Fence: e.fence(ctx)})
}

// runner says how the pixel child is run.
func (e *exporter) runner() (runner.Config, error) {
	catalog, err := e.Config.Catalog.Setup()
	if err != nil {
		return runner.Config{}, err
	}
	plugins, err := e.Config.Plugins.Setup(e.Plan, e.state.path(scratchDir))
	cfg := runner.Config{
		Log:     e.Config.Plugins.Log(),
		Command: e.Child, Lock: e.state.lock, Grace: childGrace, MaxTasks: childTasks, MaxRSS: childRSS,
		Setup: runner.Setup{
			Plan: string(e.Plan.TOML()), Catalog: catalog, Scratch: e.state.path(scratchDir), State: e.home(), Root: e.Dir,
			Fresh: e.Fresh, Targets: e.Config.Targets.Reveal(),
			Durable: e.Config.Durable, Limits: e.Config.Limits, Timeouts: timeouts(e.Plan), Loaders: e.Config.Loaders, Profiles: e.Config.Profiles, Plugins: plugins,
			Workers: e.Workers, Budget: int64(e.Workers) * pixelsPerWorker,
		},
	}
	if e.unit != nil {
		cfg.Alone, cfg.Lock = e.unit.Alone, e.unit.Lock
	}
	return cfg, err
}

// branch keeps how a branch ended.
func (e *exporter) branch(line report.BranchLine) error {
	if environmental(line.Code) || line.Code == diag.Stopped {
		return nil // the asset stays to be done
	}
	if f := e.flying[line.Seq]; f != nil && line.Outcome == report.Failed {
		f.fail(line)
	}
	return e.keep(StepBranch, StepBranchKept, line)
}

// asset keeps how an asset ended. Trouble of the environment ends the run
// instead: the asset is not at fault, and the next run takes it up again.
func (e *exporter) asset(line report.AssetLine) error {
	f := e.flying[line.Seq]
	delete(e.flying, line.Seq)
	if f == nil {
		f = &flight{}
	}
	if line.Outcome == report.Failed && line.Code != diag.Stopped && !environmental(line.Code) {
		if d := e.failed(f, &line); d != nil {
			line.Code, line.Message, line.Hint = d.Code, d.Message, d.Mend()
		}
	}
	if environmental(line.Code) {
		if e.halt == nil {
			e.halt = diag.New(line.Code, "%s", line.Message)
			e.halt.Hint = line.Hint
			e.halts()
		}
		return nil
	}
	if line.Code == diag.Stopped {
		return nil
	}
	f.complete(&line)
	if e.Progress != nil {
		e.Progress.Asset(line)
	}
	was, _ := e.journal.Asset(line.Seq)
	err := e.keep(StepAsset, StepAssetKept, line)
	if err == nil && was == report.Failed && line.Outcome != report.Failed {
		e.revived(f)
	}
	return err
}

// keep appends a line to the journal, between two steps.
func (e *exporter) keep(before, after string, line report.Line) error {
	e.Failpoint(before)
	err := e.journal.Append(line)
	if err == nil && e.unit != nil {
		err = e.unit.Keep(line)
	}
	e.Failpoint(after)
	return err
}

// halts begins no further asset; what was begun is finished.
func (e *exporter) halts() {
	if !e.stopped() {
		close(e.stop)
	}
}

func (e *exporter) stopped() bool {
	select {
	case <-e.stop:
		return true
	default:
		return false
	}
}

func environmental(c diag.Code) bool { return c != "" && c.Entry().Class == diag.Environment }
