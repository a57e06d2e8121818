package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/exportd/exportd/cmd/exportd/internal/daemon"
	"github.com/exportd/exportd/cmd/exportd/internal/queue"
	"github.com/exportd/exportd/cmd/exportd/internal/worker"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/stages"
)

type workerFlags struct {
	name   string
	idle   time.Duration
	images int
}

func (a *app) workerCommand() *cobra.Command {
	var f workerFlags
	cmd := &cobra.Command{
		Use:   "worker",
		Short: "Export units of the daemon's jobs, here or on another machine",
		Args:  exactly(),
		RunE:  func(cmd *cobra.Command, _ []string) error { return a.work(cmd.Context(), f) },
	}
	cmd.Flags().StringVar(&f.name, "name", "", "what the worker is called in claims and logs (default: host and process)")
	cmd.Flags().DurationVar(&f.idle, "idle", 0, "end after so long without work; 0 = never")
	cmd.Flags().IntVar(&f.images, "images", 0, "images at once (default: daemon.images, or one a core)")
	return cmd
}

// A worker is replaced between two units after so long, and above so many bytes of
// resident memory. Its pixel child is replaced by the runner.
const (
	workerAge = time.Hour
	workerRSS = 512 << 20
)

// lockFD is where a local worker finds the lock of the daemon's state, which it
// holds as long as it lives.
const lockFD = 3

// work runs one worker until a signal.
func (a *app) work(ctx context.Context, f workerFlags) error {
	if f.images < 0 || f.images > 1024 {
		return diag.New(diag.Usage, "--images is %d, allowed are 1 to 1024", f.images)
	}
	if err := stages.HasLibvips(); err != nil {
		return err
	}
	cfg, registry, err := a.daemonConfig()
	if err != nil {
		return err
	}
	child, err := childProcess()
	if err != nil {
		return err
	}
	var lock *os.File
	if f.name != "" && cfg.Queue.URL == "" {
		lock = os.NewFile(lockFD, "lock")
	}
	if f.name == "" {
		host, err := os.Hostname()
		if err != nil {
			return fmt.Errorf("find the machine's name: %w", err)
		}
		f.name = fmt.Sprintf("%s-%d", host, os.Getpid())
	}
	if f.images == 0 {
		f.images = daemon.Images(cfg.Daemon.Images, 1)
	}
	log := slog.New(slog.NewTextHandler(a.stderr, nil)).With("worker", f.name)
	q, err := queue.Dial(ctx, daemon.QueueConfig(cfg, f.name, log))
	if err != nil {
		return err
	}
	defer q.Close()
	w, err := worker.New(worker.Config{
		Queue: q, Config: cfg, Registry: registry, Child: child, Images: f.images, Lock: lock,
		Idle: f.idle, Age: workerAge, RSS: workerRSS, Log: log, Failpoint: a.failpoint,
	})
	if err != nil {
		return err
	}
	ctx, drain, _ := stopOnSignals(ctx)
	return w.Run(ctx, drain)
}
