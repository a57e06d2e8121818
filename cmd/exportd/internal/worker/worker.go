package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/exportd/exportd/cmd/exportd/internal/config"
	"github.com/exportd/exportd/cmd/exportd/internal/queue"
	"github.com/exportd/exportd/engine/stage"
)

// Config is what a worker needs.
type Config struct {
	Queue    *queue.Queue
	Config   *config.Config
	Registry *stage.Registry
	Child    []string // the command line of the pixel child
	Images   int      // at once
	// Lock is held by the child as long as it lives; it may be nil.
	Lock *os.File
	// Idle ends a worker that has had no unit for so long; 0 is never.
	Idle time.Duration
	// Age and RSS end a worker between two units: after so long, and above so many
	// bytes of resident memory; 0 is never.
	Age time.Duration
	RSS int64
	Log *slog.Logger
	// Failpoint, which only tests set, is called at the steps of a commit; see the
	// constants named Step.
	Failpoint func(step string)
}

// The steps of a commit (reliability 2.2).
const (
	StepClaimed = "1-claimed"
	StepFence   = "3-fence"     // the files are durable and have no names yet
	StepPage    = "4-page"      // delivered, and not reported
	StepPaged   = "4-page-kept" // reported
	StepEnd     = "4-end"       // all reported, and not ended
	StepEnded   = "5-ended"     // ended, and not acknowledged
)

// Steps lists them in their order.
func Steps() []string {
	return []string{StepClaimed, StepFence, StepPage, StepPaged, StepEnd, StepEnded}
}

// poll is how long one question for a unit waits. A worker that is told to stop
// meanwhile notices that late.
const poll = time.Second

// Worker claims units until it is told to stop.
type Worker struct {
	Config
	plans plans
	begun time.Time

	mu      sync.Mutex
	current *attempt // nil between units
}

// New makes a worker.
func New(cfg Config) (*Worker, error) {
	if cfg.Images <= 0 {
		return nil, fmt.Errorf("a worker for %d images at once", cfg.Images)
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Failpoint == nil {
		cfg.Failpoint = func(string) {}
	}
	return &Worker{Config: cfg, begun: time.Now()}, nil
}

// Run claims and exports units until drain is closed, the worker is worn out or
// idle, or ctx ends. What was begun when drain is closed is finished, and the rest
// of the unit given back.
func (w *Worker) Run(ctx context.Context, drain <-chan struct{}) error {
	ctx, cancel := context.WithCancel(ctx)
	var watching sync.WaitGroup
	watching.Go(func() { w.watch(ctx) })
	defer watching.Wait()
	defer cancel()
	last := time.Now()
	for {
		select {
		case <-drain:
			return nil
		case <-ctx.Done():
			return nil
		default:
		}
		claim, err := w.Queue.Claim(ctx, poll)
		switch {
		case err != nil && ctx.Err() != nil:
			return nil
		case err != nil && errors.Is(err, queue.ErrLost):
			continue // two took it at once, and the other one has it
		case err != nil:
			return err
		case claim != nil:
			if err := w.export(ctx, drain, claim); err != nil {
				return err
			}
			last = time.Now()
		case w.Idle > 0 && time.Since(last) > w.Idle:
			return nil
		}
		if w.worn() {
			return nil
		}
	}
}

// worn reports whether the worker has done its share; the daemon starts another.
func (w *Worker) worn() bool {
	return w.Age > 0 && time.Since(w.begun) > w.Age || w.RSS > 0 && rss() > w.RSS
}

// rss is this process's resident memory in bytes, 0 when it cannot be read.
func rss() int64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	var size, resident int64
	if _, err := fmt.Sscan(string(text), &size, &resident); err != nil {
		return 0
	}
	return resident * int64(os.Getpagesize())
}

// watch ends the current unit when its job is stopped or gone.
func (w *Worker) watch(ctx context.Context) {
	for ctx.Err() == nil {
		err := w.Queue.WatchJobs(ctx, false, func(r queue.Record) {
			w.mu.Lock()
			defer w.mu.Unlock()
			if w.current != nil && w.current.claim.Job == r.Key && unwanted(r.Value) {
				w.current.cancel(errUnwanted)
			}
		})
		if err != nil && ctx.Err() == nil {
			w.Log.Warn("watching jobs", "error", err)
			select { // the next unit asks by itself; this is for the one that goes on
			case <-time.After(poll):
			case <-ctx.Done():
			}
		}
	}
}

func (w *Worker) setCurrent(a *attempt) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.current = a
}
