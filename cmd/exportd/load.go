package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/exportd/exportd/cmd/exportd/internal/config"
	"github.com/exportd/exportd/engine/compile"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/job"
	"github.com/exportd/exportd/engine/pipeline"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/pipelines"
	"github.com/exportd/exportd/stages"
)

// loaded is a job ready to run: what was read, and the plan.
type loaded struct {
	config   *config.Config
	registry *stage.Registry
	job      *job.Job
	plan     *plan.Plan
	notes    diag.List
}

// load reads a job with its configuration and compiles it with a pipeline.
func (a *app) load(jobPath, pipelineName string) (*loaded, error) {
	registry, err := stages.Registry()
	if err != nil {
		return nil, err
	}
	j, err := job.Read(jobPath)
	if err != nil {
		return nil, err
	}
	cfg, err := a.loadConfig(filepath.Dir(jobPath))
	if err != nil {
		return nil, err
	}
	spec, err := readPipeline(pipelineName, registry)
	if err != nil {
		return nil, err
	}
	p, notes, err := compile.Compile(compile.Input{Spec: spec, Job: j, Registry: registry, Macros: cfg.Macros, Attributes: cfg.Attributes, Plugins: cfg.Plugins})
	if err != nil {
		return nil, err
	}
	return &loaded{config: cfg, registry: registry, job: j, plan: p, notes: notes}, nil
}

// readPipeline reads a pipeline by the path of a file, a compiled plan among
// them, or by the name of a shipped one. A file wins over a name.
func readPipeline(name string, registry *stage.Registry) (*pipeline.Spec, error) {
	text, err := os.ReadFile(name)
	switch {
	case err == nil:
		return pipeline.Parse(name, text, registry)
	case !errors.Is(err, fs.ErrNotExist):
		return nil, diag.New(diag.FileRead, "read the pipeline: %w", err)
	}
	return shippedPipeline(name, registry)
}

// shippedPipeline reads a pipeline that comes with the program.
func shippedPipeline(name string, registry *stage.Registry) (*pipeline.Spec, error) {
	if text, ok := pipelines.Read(name); ok {
		return pipeline.Parse(name+".toml", text, registry)
	}
	return nil, diag.New(diag.PipelineName, "no pipeline file and no shipped pipeline is named %q", name).
		WithHint("%s", diag.DidYouMean(name, pipelines.Names(), "shipped are "+strings.Join(pipelines.Names(), ", ")))
}

// report writes warnings and notes to stderr.
func (a *app) report(notes diag.List) {
	for _, d := range notes {
		diag.Render(a.stderr, d)
	}
}
