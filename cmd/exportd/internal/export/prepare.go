package export

import (
	"context"
	"path/filepath"
	"sync"

	"github.com/exportd/exportd/engine/report"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/stages/deliver"
)

// untilStopped gives a context that ends with ctx, and with a wish to stop: the
// caller's or the run's own. release ends it and waits for its goroutine.
func (e *exporter) untilStopped(ctx context.Context) (_ context.Context, release func()) {
	ctx, cancel := context.WithCancel(ctx)
	var watch sync.WaitGroup
	watch.Go(func() {
		select {
		case <-e.Drain:
		case <-e.stop:
		case <-ctx.Done():
		}
		cancel()
	})
	return ctx, func() { cancel(); watch.Wait() }
}

// prepare plans the assets and opens the journal. It reports false when ctx has
// ended before all was planned.
func (e *exporter) prepare(ctx context.Context) (planned bool, err error) {
	if e.targets, err = OpenTargets(e.Plan, e.env()); err != nil {
		return false, err
	}
	if e.Fresh {
		if err := e.state.forget(); err != nil {
			return false, err
		}
	} else if err := e.refuseTaken(); err != nil {
		return false, err
	}
	if err := deliver.SweepScratch(e.state.path(scratchDir)); err != nil {
		return false, environment(err, "clear the scratch folder")
	}
	err = e.plan(ctx)
	if planned = err == nil; !planned && ctx.Err() == nil {
		return false, err
	}
	if e.journal, err = report.OpenJournal(e.state.path(journalFile)); err != nil {
		return false, err
	}
	return planned, e.prepareReplay()
}

// plan writes the plan, and every asset as it is planned.
func (e *exporter) plan(ctx context.Context) error {
	if err := e.state.write(planFile, e.Plan.TOML()); err != nil {
		return err
	}
	e.Failpoint(StepPlan)
	assets, err := NewPlanning(e.Plan, e.Job, e.Config, e.Registry)
	if err != nil {
		return err
	}
	defer assets.Close()
	e.total, err = planAssets(ctx, e.state, assets)
	e.Failpoint(StepAssets)
	return err
}

// env is what the run lends to its targets.
func (e *exporter) env() stage.Env {
	return stage.Env{Root: e.Dir, State: e.home(), Scratch: e.state.path(scratchDir), Durable: e.Config.Durable, Fresh: e.Fresh, Targets: e.Config.Targets}
}

// home is the folder of the job's state; a unit has a private one besides.
func (e *exporter) home() string { return filepath.Join(e.Dir, stateDir, e.ID) }

func (e *exporter) refuseTaken() error {
	own, err := e.state.ownManifests()
	if err != nil {
		return err
	}
	return e.targets.RefuseTaken(e.ctx, own)
}
