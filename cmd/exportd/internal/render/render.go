// Package render makes one picture of one source, without a job file: a job of
// one asset through the same plan, the same child and the same delivery, so that
// what it shows is what a run would do.
package render

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/exportd/exportd/cmd/exportd/internal/config"
	"github.com/exportd/exportd/cmd/exportd/internal/runner"
	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/compile"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/job"
	"github.com/exportd/exportd/engine/pipeline"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/planning"
	"github.com/exportd/exportd/engine/report"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/stages/resolve"
)

// Options say what to render.
type Options struct {
	Source   string // a path, or a handle of the catalog
	Modifier string
	Macro    string
	Out      string         // the file to write
	Spec     *pipeline.Spec // the default pipeline
	Config   *config.Config
	Registry *stage.Registry
	Child    []string // the command line of the pixel child
}

// Result is the picture and what was said about it.
type Result struct {
	Delivered asset.Delivered
	Warnings  diag.List // warnings and notes
}

// grace is what a codec gets after its deadline.
const grace = 5 * time.Second

// Run renders one picture. The error says why there is none; nothing is then at
// Out that was not there before.
func Run(ctx context.Context, o Options) (*Result, error) {
	out, err := filepath.Abs(o.Out)
	if err != nil {
		return nil, diag.New(diag.TargetDenied, "find the output folder: %w", err)
	}
	p, warnings, err := o.plan()
	if err != nil {
		return nil, err
	}
	task, catalog, err := o.task(ctx, p, filepath.Base(out))
	if err != nil {
		return nil, err
	}
	scratch, err := os.MkdirTemp(filepath.Dir(out), ".exp-render-")
	if err != nil {
		return nil, diag.New(diag.TargetDenied, "make a scratch folder beside the output: %w", err).WithHint("-o must name a file in a folder that exists and can be written")
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	plugins, err := o.Config.Plugins.Setup(p, scratch)
	if err != nil {
		return nil, err
	}
	r := &Result{Warnings: warnings}
	err = r.run(ctx, runner.Config{
		Command: o.Child, Grace: grace, Log: o.Config.Plugins.Log(),
		Setup: runner.Setup{
			Plan: string(p.TOML()), Catalog: catalog, Scratch: scratch, Root: filepath.Dir(out),
			Durable: o.Config.Durable, Limits: o.Config.Limits, Loaders: o.Config.Loaders, Profiles: o.Config.Profiles, Plugins: plugins, Workers: 1, Budget: o.Config.Limits.Pixels,
		},
	}, task)
	return r, err
}

// plan compiles the default pipeline for a job of this one asset. What cannot be
// rendered fails: the caller asked for a picture.
func (o Options) plan() (*plan.Plan, diag.List, error) {
	spec := *o.Spec
	spec.Defaults.NonConvertible = "fail"
	j := &job.Job{Name: "render", Handles: []asset.Handle{asset.Handle(o.Source)}, Format: "convert", Modifier: o.Modifier, Macro: o.Macro}
	return compile.Compile(compile.Input{Spec: &spec, Job: j, Registry: o.Registry, Macros: o.Config.Macros, Attributes: o.Config.Attributes, Plugins: o.Config.Plugins})
}

// task resolves the source. A path below the catalog's root is that handle, so
// that its record applies; another path is an asset without a record.
func (o Options) task(ctx context.Context, p *plan.Plan, name string) (runner.Task, json.RawMessage, error) {
	where, handle, err := o.locate()
	if err != nil {
		return runner.Task{}, nil, err
	}
	catalog, err := where.Open()
	if err != nil {
		return runner.Task{}, nil, err
	}
	defer catalog.Close()
	answers, err := catalog.Resolve(ctx, o.Config.Caller, []asset.Handle{handle})
	if err != nil {
		return runner.Task{}, nil, err
	}
	planner, err := planning.New(p, o.Registry, o.Config.Macros)
	if err != nil {
		return runner.Task{}, nil, err
	}
	planner.FindWith(resolve.Find(ctx, catalog, o.Config.Caller))
	entry := planner.Plan(0, handle, answers[0].Asset, answers[0].Err)
	if d := entry.Diag(); d != nil {
		return runner.Task{}, nil, d
	}
	names := map[string]string{}
	for _, b := range planning.Branches(p) {
		names[asset.NameKey(b.Stage, b.Rendition)] = name
	}
	setup, err := where.Setup()
	return runner.Task{Asset: entry.Asset, Names: names}, setup, err
}

// locate finds the catalog and the handle of the source. What is no file is a
// handle of the configured catalog; a file below the catalog's root is that
// handle; any other file is looked for in its own folder.
func (o Options) locate() (config.Catalog, asset.Handle, error) {
	where := o.Config.Catalog
	info, err := os.Stat(o.Source)
	if err != nil || info.IsDir() {
		return where, asset.Handle(o.Source), nil //nolint:nilerr // no file: a handle
	}
	if handle, below, err := where.HandleOf(o.Source); below || err != nil {
		return where, handle, err
	}
	dir, err := filepath.Abs(filepath.Dir(o.Source))
	return config.FolderCatalog(dir), asset.Handle(filepath.Base(o.Source)), err
}

// run sends the one task and keeps what became of it.
func (r *Result) run(ctx context.Context, cfg runner.Config, task runner.Task) error {
	sent := false
	var failed *diag.Diag
	err := runner.Run(ctx, nil, cfg, func() (runner.Task, bool, error) {
		first := !sent
		sent = true
		return task, first, nil
	}, runner.Events{
		Branch: func(b report.BranchLine) error {
			if b.Delivered != nil && b.Outcome == report.Exported {
				r.Delivered = *b.Delivered
			}
			return nil
		},
		Done: func(a report.AssetLine) error {
			for _, n := range a.Notes { // the compiler has said some of it already
				if !slices.ContainsFunc(r.Warnings, func(w *diag.Diag) bool { return w.Code == n.Code && w.Message == n.Message }) {
					r.Warnings.Add(n)
				}
			}
			if a.Outcome != report.Exported {
				failed = diag.New(a.Code, "%s", a.Message)
				failed.Hint = a.Hint
			}
			return nil
		},
	})
	switch {
	case err != nil:
		return err
	case failed != nil:
		return failed
	case r.Delivered.Name == "":
		return diag.New(diag.Stopped, "the run was stopped before the picture was made")
	}
	return nil
}
