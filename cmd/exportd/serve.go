package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/exportd/exportd/cmd/exportd/internal/config"
	"github.com/exportd/exportd/cmd/exportd/internal/daemon"
	"github.com/exportd/exportd/cmd/exportd/internal/front"
	"github.com/exportd/exportd/engine/compile"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/job"
	"github.com/exportd/exportd/engine/pipeline"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/stages"
)

func (a *app) serveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Run the daemon: jobs, their queue, and workers as they are needed",
		Args:  exactly(),
		RunE:  func(cmd *cobra.Command, _ []string) error { return a.serve(cmd.Context()) },
	}
}

// serve runs the daemon until a signal. libvips is never started in it.
func (a *app) serve(ctx context.Context) error {
	log := slog.New(slog.NewTextHandler(a.stderr, nil))
	cfg, registry, err := a.daemonConfig()
	if err != nil {
		return err
	}
	worker, err := a.workerProcess(cfg)
	if err != nil {
		return err
	}
	ctx, drain, signalled := stopOnSignals(ctx)
	d, err := daemon.New(ctx, daemon.Config{
		Config: cfg, Registry: registry, Worker: worker, Log: log, Failpoint: a.failpoint,
		Compile: func(j *job.Job, p daemon.Pipeline) (*plan.Plan, diag.List, error) {
			return compileFor(cfg, registry, j, p)
		},
	})
	if err != nil {
		return err
	}
	door, err := front.Open(front.Config{Jobs: d, Listen: cfg.Daemon.Listen, Log: log})
	if err != nil {
		return errors.Join(err, d.Close())
	}
	log.Info("ready", "listen", cfg.Daemon.Listen, "state", cfg.Daemon.State, "pid", os.Getpid())
	err = d.Run(ctx, drain)
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := errors.Join(err, door.Close(late), d.Close()); err != nil {
		return err
	}
	log.Info("stopped")
	if n := signalled(); n != 0 && ctx.Err() != nil {
		return exit(128 + n) // it was told to stop at once
	}
	return nil
}

// daemonConfig reads the configuration, with the current folder as the root of a
// catalog that it does not name.
func (a *app) daemonConfig() (*config.Config, *stage.Registry, error) {
	registry, err := stages.Registry()
	if err != nil {
		return nil, nil, err
	}
	cfg, err := a.loadConfig(".")
	return cfg, registry, err
}

// workerProcess is the command line of a local worker: this program again, with
// the same configuration.
func (a *app) workerProcess(cfg *config.Config) ([]string, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	command := []string{self, "worker", "--idle", cfg.Daemon.Idle.String(), "--images", strconv.Itoa(daemon.Images(cfg.Daemon.Images, cfg.Daemon.Workers))}
	if cfg.File != "" {
		path, err := filepath.Abs(cfg.File)
		if err != nil {
			return nil, fmt.Errorf("find the configuration: %w", err)
		}
		command = append(command, "-c", path)
	}
	return command, nil
}

// compileFor compiles a job that comes in. A name never leads to a file here:
// what a daemon reads is not for a client to say.
func compileFor(cfg *config.Config, registry *stage.Registry, j *job.Job, p daemon.Pipeline) (*plan.Plan, diag.List, error) {
	spec, err := pipelineFor(registry, p)
	if err != nil {
		return nil, nil, err
	}
	return compile.Compile(compile.Input{Spec: spec, Job: j, Registry: registry, Macros: cfg.Macros, Attributes: cfg.Attributes, Plugins: cfg.Plugins})
}

func pipelineFor(registry *stage.Registry, p daemon.Pipeline) (*pipeline.Spec, error) {
	if p.Text != nil {
		return pipeline.Parse(p.Name, p.Text, registry)
	}
	return shippedPipeline(p.Name, registry)
}
