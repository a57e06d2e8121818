package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/exportd/exportd/cmd/exportd/internal/export"
	"github.com/exportd/exportd/cmd/exportd/internal/terminal"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/report"
	"github.com/exportd/exportd/stages"
)

type runFlags struct {
	pipeline, out, replay string
	fresh, json           bool
	workers               int
}

func (a *app) runCommand() *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "run JOB [-p PIPELINE] [-o DIR]",
		Short: "Export a job into a folder; run it again to resume",
		Args:  exactly("JOB"),
		RunE: func(cmd *cobra.Command, args []string) error {
			job, err := a.run(cmd.Context(), args[0], f)
			if f.json {
				return a.jsonError(job, err)
			}
			return err
		},
	}
	addPipelineFlag(cmd, &f.pipeline)
	cmd.Flags().StringVarP(&f.out, "out", "o", "", "root of relative targets (default exports/<jobName>)")
	cmd.Flags().BoolVar(&f.fresh, "fresh", false, "forget what an earlier run recorded and export everything again")
	cmd.Flags().IntVar(&f.workers, "workers", 0, "images at once (default: one a core)")
	cmd.Flags().BoolVar(&f.json, "json", false, "one JSON document on stdout")
	cmd.Flags().StringVar(&f.replay, "replay", "", "run the items of a dead letter again")
	return cmd
}

// run exports one job and prints its result. It gives the id of the job, "" when
// it did not come that far.
func (a *app) run(ctx context.Context, jobPath string, f runFlags) (id string, err error) {
	if err := f.validate(); err != nil {
		return "", err
	}
	l, err := a.load(jobPath, f.pipeline)
	if err != nil {
		return "", err
	}
	if err := stages.HasLibvips(); err != nil {
		return "", err
	}
	a.report(l.notes)
	if s := l.job.EmailSetting; s != "" && s != "None" {
		a.report(diag.List{diag.New(diag.NoMail, "exportd run sends no mail; emailSetting = %q is for the daemon", s)})
	}
	if f.out == "" {
		f.out = filepath.Join("exports", l.job.Name)
	}
	child, err := childProcess()
	if err != nil {
		return "", err
	}
	ctx, drain, signalled := stopOnSignals(ctx)
	show := &progress{app: a}
	result, err := export.Run(ctx, export.Options{
		Plan: l.plan, Job: l.job, Config: l.config, Registry: l.registry, Child: child,
		Dir: f.out, Fresh: f.fresh, Replay: f.replay, Workers: f.workers, Progress: show, Drain: drain, Failpoint: a.failpoint,
	})
	show.stop()
	if err != nil {
		return l.plan.RunID(), err
	}
	defer result.Close()
	return l.plan.RunID(), a.finish(result, f.json, signalled())
}

// finish prints how a run ended and gives its exit code.
func (a *app) finish(result *export.Result, asJSON bool, signal int) error {
	switch {
	case result.Halt != nil && asJSON:
		return told{errors.Join(result.Halt, a.printTrouble(result.Summary, result.Journal, result.Halt))}
	case result.Halt != nil:
		return result.Halt
	}
	if err := a.printResult(result, asJSON); err != nil {
		return err
	}
	switch {
	case result.FailedJob:
		fmt.Fprintln(a.stderr, "the job ends at its first failure, as on_error = \"fail-job\" asks; the same command takes it up again")
	case result.Interrupted:
		fmt.Fprintln(a.stderr, "the run was stopped; the same command takes it up again")
	}
	if code := result.Summary.State.Exit(signal); code != 0 {
		return exit(code)
	}
	return nil
}

func (f runFlags) validate() error {
	if f.replay != "" && f.fresh {
		return diag.New(diag.Usage, "--replay and --fresh exclude each other").WithHint("--fresh runs everything again")
	}
	if f.workers < 0 || f.workers > 1024 {
		return diag.New(diag.Usage, "--workers is %d, allowed are 1 to 1024", f.workers)
	}
	return nil
}

// progress adapts the terminal's progress to a run.
type progress struct {
	app *app
	bar *terminal.Progress
}

// Start shows the bar.
func (p *progress) Start(total, done int) {
	if done > 0 {
		fmt.Fprintf(p.app.stderr, "resuming: %d of %d assets are done\n", done, total)
	}
	p.bar = terminal.New(p.app.stderr, total, done)
}

// Asset counts one.
func (p *progress) Asset(line report.AssetLine) {
	var d *diag.Diag
	if line.Code != "" {
		d = diag.New(line.Code, "%s", line.Message)
	}
	p.bar.Asset(string(line.Handle), line.Outcome == report.Failed, line.Outcome == report.Skipped, d)
}

func (p *progress) stop() {
	if p.bar != nil {
		p.bar.Stop()
	}
}
