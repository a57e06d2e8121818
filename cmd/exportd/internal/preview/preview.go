// Package preview is the dry run of a job: planning as a run does it, then the
// same plan in the same pixel child with kinds that read headers, decode nothing
// and write nothing. It leaves no state and touches no target.
//
// What only pixels show is not seen: a picture that ends in its middle, a codec
// that dies, a target that refuses.
package preview

import (
	"context"
	"errors"
	"iter"
	"os"
	"runtime"
	"time"

	"github.com/exportd/exportd/cmd/exportd/internal/config"
	"github.com/exportd/exportd/cmd/exportd/internal/export"
	"github.com/exportd/exportd/cmd/exportd/internal/runner"
	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/job"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/planning"
	"github.com/exportd/exportd/engine/report"
	"github.com/exportd/exportd/engine/stage"
)

// Options say what to look at.
type Options struct {
	Plan     *plan.Plan
	Job      *job.Job
	Config   *config.Config
	Registry *stage.Registry
	Child    []string // the command line of the pixel child
	Workers  int      // headers at once; 0 = one a core
	// Handle, where it is set, is the only asset that is looked at, its first
	// mention in the job. It keeps its place among the names.
	Handle asset.Handle
}

// grace is what a loader gets after its deadline.
const grace = 5 * time.Second

// Run looks at every asset of the job and hands them to each in job order. Errors
// are of the input or the environment, or those of each.
func Run(ctx context.Context, o Options, each func(Row) error) (*Totals, error) {
	if o.Workers <= 0 {
		o.Workers = runtime.NumCPU()
	}
	scratch, err := os.MkdirTemp("", "exportd-plan-")
	if err != nil {
		return nil, diag.New(diag.TargetDenied, "make a temporary folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	assets, err := export.NewPlanning(o.Plan, o.Job, o.Config, o.Registry)
	if err != nil {
		return nil, err
	}
	defer assets.Close()
	catalog, err := o.Config.Catalog.Setup()
	if err != nil {
		return nil, err
	}
	plugins, err := o.Config.Plugins.Setup(o.Plan, scratch)
	if err != nil {
		return nil, err
	}
	next, stop := iter.Pull2(assets.Entries(ctx))
	defer stop()
	p := &preview{options: o, next: next, rows: newRows(o.Workers, each)}
	err = runner.Run(ctx, nil, runner.Config{
		Command: o.Child, Grace: grace, Log: o.Config.Plugins.Log(),
		Setup: runner.Setup{
			Dry: true, Plan: string(o.Plan.TOML()), Catalog: catalog, Scratch: scratch, Root: scratch,
			Limits: o.Config.Limits, Loaders: o.Config.Loaders, Profiles: o.Config.Profiles, Plugins: plugins, Workers: o.Workers, Budget: o.Config.Limits.Pixels,
		},
	}, p.task, runner.Events{Probe: p.rows.probe, Branch: p.rows.branch, Done: p.rows.done})
	switch {
	case err != nil:
		return nil, err
	case ctx.Err() != nil:
		return nil, diag.New(diag.Stopped, "stopped before every asset was looked at")
	}
	return &p.rows.totals, nil
}

type preview struct {
	options Options
	next    func() (planning.Entry, error, bool)
	rows    *rows
	found   bool // the only asset
}

// task gives the next asset that resolves.
func (p *preview) task() (runner.Task, bool, error) {
	for {
		entry, err, ok := p.next()
		if err != nil || !ok {
			return runner.Task{}, false, err
		}
		if only := p.options.Handle; only != "" {
			if p.found {
				return runner.Task{}, false, nil
			}
			if p.found = entry.Handle == only; !p.found {
				continue
			}
		}
		p.rows.begin(entry)
		d := entry.Diag()
		if d == nil {
			return runner.Task{Seq: entry.Seq, Asset: entry.Asset, Names: entry.Names()}, true, nil
		}
		err = p.rows.done(report.AssetLine{
			Seq: entry.Seq, Handle: entry.Handle, Outcome: asset.Failed, Code: d.Code, Message: d.Message, Hint: d.Hint,
		})
		if err != nil {
			return runner.Task{}, false, err
		}
	}
}

var errOrder = errors.New("an asset was reported that nobody asked about")
