// Package pipetest runs the tests of a pipeline file. Each is a job of one asset
// through the same compiler, planning and runner as `exportd run`, into a folder
// of its own; what was delivered is then read with other decoders than libvips.
package pipetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/exportd/exportd/cmd/exportd/internal/config"
	"github.com/exportd/exportd/cmd/exportd/internal/export"
	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/compile"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/job"
	"github.com/exportd/exportd/engine/pipeline"
	"github.com/exportd/exportd/engine/report"
	"github.com/exportd/exportd/engine/stage"
)

// Options say which tests to run.
type Options struct {
	File     string // the pipeline's path; paths in its tests are relative to it
	Spec     *pipeline.Spec
	Registry *stage.Registry
	Config   string   // configuration of tests that name none; "" is exportd.toml beside File
	Child    []string // the command line of the pixel child
	Update   bool     // write goldens instead of comparing
}

// Result is how one test went.
type Result struct {
	Test pipeline.Test
	// Wrong says what was found instead, one line each; none is a pass.
	Wrong   []string
	Written []string // goldens that were written
	Took    time.Duration
}

// Run runs the tests in their order and hands each result to done. The error is
// of the environment, of a configuration, or that of ctx; what a pipeline does
// wrong is in the results.
func Run(ctx context.Context, o Options, done func(Result)) error {
	for _, t := range o.Spec.Tests {
		began := time.Now()
		one := &single{Options: o, test: t, result: Result{Test: t}}
		if err := one.run(ctx); err != nil {
			return fmt.Errorf("test %q: %w", t.Name, err)
		}
		one.result.Took = time.Since(began)
		done(one.result)
	}
	return nil
}

// single is one test.
type single struct {
	Options
	test   pipeline.Test
	config *config.Config
	result Result
}

func (s *single) wrong(format string, args ...any) {
	s.result.Wrong = append(s.result.Wrong, fmt.Sprintf(format, args...))
}

func (s *single) run(ctx context.Context) error {
	if err := s.configure(); err != nil {
		return err
	}
	handle, err := s.locate()
	if err != nil {
		return err
	}
	j := &job.Job{
		Name: "test", Handles: []asset.Handle{handle},
		Format: s.test.Job.Format, Modifier: s.test.Job.Modifier, Macro: s.test.Job.Macro,
	}
	p, _, err := compile.Compile(compile.Input{Spec: s.Spec, Job: j, Registry: s.Registry, Macros: s.config.Macros, Attributes: s.config.Attributes, Plugins: s.config.Plugins})
	if err != nil {
		s.judgeCompile(err)
		return nil
	}
	dir, err := os.MkdirTemp("", "exportd-test-")
	if err != nil {
		return diag.New(diag.TargetDenied, "make a folder for the test: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	r, err := export.Run(ctx, export.Options{Plan: p, Job: j, Config: s.config, Registry: s.Registry, Child: s.Child, Dir: dir, Workers: 1})
	if err != nil {
		return err
	}
	return errors.Join(s.judgeRun(r, dir), r.Close())
}

// configure reads the test's configuration. Nothing it delivers has to survive a
// power cut.
func (s *single) configure() (err error) {
	switch {
	case s.test.Config != "":
		s.config, err = config.Load(s.beside(s.test.Config), filepath.Dir(s.File))
	case s.Config != "":
		s.config, err = config.Load(s.Config, filepath.Dir(s.File))
	default:
		s.config, err = config.LoadBeside(filepath.Dir(s.File))
	}
	if err == nil {
		s.config.Durable = false
	}
	return err
}

// locate finds the asset's handle: a file beside the pipeline is a handle of the
// configured catalog when it lies below its root, and else of its own folder;
// what is no file is a handle.
func (s *single) locate() (asset.Handle, error) {
	file := s.beside(s.test.Asset)
	if info, err := os.Stat(file); err != nil || info.IsDir() {
		return asset.Handle(s.test.Asset), nil //nolint:nilerr // no file: a handle
	}
	if handle, below, err := s.config.Catalog.HandleOf(file); below || err != nil {
		return handle, err
	}
	dir, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return "", diag.New(diag.FileRead, "find the asset's folder: %w", err)
	}
	s.config.Catalog = config.FolderCatalog(dir)
	return asset.Handle(filepath.Base(file)), nil
}

// beside makes a path of the pipeline file one of the current folder.
func (s *single) beside(path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(s.File), filepath.FromSlash(path))
}

// judgeCompile wants the expected code among the compiler's errors.
func (s *single) judgeCompile(err error) {
	found := diag.All(err, diag.InternalError)
	for _, d := range found {
		if d.Code == s.test.Code {
			return
		}
	}
	for _, d := range found {
		s.wrong("%s: %s", d.Code, d.Error())
	}
}

// judgeRun compares what was delivered, and why what was not, with the test.
func (s *single) judgeRun(r *export.Result, dir string) error {
	for row, err := range r.Rows() {
		if err != nil {
			return err
		}
		s.judgeCode(row.Line)
		if err := s.judgeFiles(row.Delivered, dir); err != nil {
			return err
		}
	}
	return nil
}

func (s *single) judgeCode(line report.AssetLine) {
	switch found := line.Code; {
	case line.Outcome == report.Exported && s.test.Code != "":
		s.wrong("it was exported, expected was %s", s.test.Code)
	case line.Outcome != report.Exported && found != s.test.Code:
		s.wrong("it was %s with %s: %s", line.Outcome, found, line.Message)
	}
}
