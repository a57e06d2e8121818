package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/exportd/exportd/cmd/exportd/internal/pipetest"
	"github.com/exportd/exportd/engine/compile"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/pipeline"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/stages"
)

func (a *app) testCommand() *cobra.Command {
	var update bool
	cmd := &cobra.Command{
		Use:   "test FILE... [-update]",
		Short: "Run the tests in pipeline files",
		Long: "Run the [test.\"name\"] tables of pipeline files. Each test exports one asset through\n" +
			"the pipeline and compares what was delivered. -update rewrites the golden pictures.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return diag.New(diag.Usage, "test does not know what to run").WithHint("usage: exportd %s", cmd.Use)
			}
			return a.test(cmd.Context(), args, update)
		},
	}
	cmd.Flags().BoolVar(&update, "update", false, "rewrite the golden pictures; look at them before you commit them")
	return cmd
}

// singleDash lets -update be written as DESIGN 9 does; pflag takes a single dash
// for letters.
func singleDash(args []string) []string {
	out := make([]string, len(args))
	for i, arg := range args {
		if out[i] = arg; arg == "-update" {
			out[i] = "--update"
		}
	}
	return out
}

// suite is one pipeline file with tests.
type suite struct {
	file string
	spec *pipeline.Spec
}

func (a *app) test(ctx context.Context, files []string, update bool) error {
	registry, err := stages.Registry()
	if err != nil {
		return err
	}
	suites, err := readSuites(files, registry)
	if err != nil {
		return err
	}
	if err := stages.HasLibvips(); err != nil {
		return err
	}
	child, err := childProcess()
	if err != nil {
		return err
	}
	ctx, signalled := cancelOnSignal(ctx)
	passed, failed := 0, 0
	for _, s := range suites {
		err := pipetest.Run(ctx, pipetest.Options{File: s.file, Spec: s.spec, Registry: registry, Config: a.config, Child: child, Update: update}, func(r pipetest.Result) {
			if a.printTest(s.file, r); len(r.Wrong) > 0 {
				failed++
			} else {
				passed++
			}
		})
		if n := signalled(); n > 0 {
			return exit(128 + n)
		}
		if err != nil {
			return err
		}
	}
	fmt.Fprintf(a.stdout, "\n%d passed, %d failed\n", passed, failed)
	if failed > 0 {
		return exit(1)
	}
	return nil
}

// readSuites reads and checks every file before any test runs.
func readSuites(files []string, registry *stage.Registry) ([]suite, error) {
	var suites []suite
	var found diag.List
	for _, file := range files {
		spec, err := readSuite(file, registry)
		if err != nil {
			found.Add(diag.All(err, diag.InternalError)...)
		}
		suites = append(suites, suite{file, spec})
	}
	return suites, found.Err()
}

func readSuite(file string, registry *stage.Registry) (*pipeline.Spec, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, diag.New(diag.FileMissing, "no pipeline file at %s", file)
	}
	if err != nil {
		return nil, diag.New(diag.FileRead, "read the pipeline: %w", err)
	}
	spec, err := pipeline.Parse(file, text, registry)
	if err != nil {
		return nil, err
	}
	if len(spec.Tests) == 0 {
		return nil, diag.New(diag.KeyMissing, "the pipeline has no tests").At(spec.Place("")).
			WithHint(`add [test."what it does"] with asset, job and expect`)
	}
	return spec, compile.CheckGraph(spec, registry)
}

func (a *app) printTest(file string, r pipetest.Result) {
	verdict := "ok  "
	if len(r.Wrong) > 0 {
		verdict = "FAIL"
	}
	fmt.Fprintf(a.stdout, "%s %s: %s (%.2f s)\n", verdict, file, r.Test.Name, r.Took.Seconds())
	for _, w := range r.Wrong {
		fmt.Fprintf(a.stdout, "     %s\n", w)
	}
	for _, w := range r.Written {
		fmt.Fprintf(a.stdout, "     wrote %s\n", w)
	}
}
