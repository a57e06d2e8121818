package worker

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/exportd/exportd/cmd/exportd/internal/export"
	"github.com/exportd/exportd/cmd/exportd/internal/queue"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/plan"
)

// attempt is one unit in this worker's hands. Its claim and its page are used
// under the lock, by the runner's goroutine and by the one that keeps the claim.
type attempt struct {
	*Worker
	drain  <-chan struct{}
	cancel context.CancelCauseFunc // ends the unit at once
	plan   *plan.Plan

	mu    sync.Mutex
	claim *queue.Claim
	page  page
}

// careful is how many assets go one by one after a death. Those that were in
// flight are among them: what was done before them was reported.
const careful = 40

// export does one unit. Errors end the worker; what is the unit's is reported.
func (w *Worker) export(parent context.Context, drain <-chan struct{}, claim *queue.Claim) error {
	w.Failpoint(StepClaimed)
	if claim.Ended {
		return claim.Acknowledge(parent)
	}
	ctx, cancel := context.WithCancelCause(parent)
	defer cancel(nil)
	a := &attempt{Worker: w, drain: drain, cancel: cancel, claim: claim}
	w.setCurrent(a)
	defer w.setCurrent(nil)
	record, err := w.Queue.Job(ctx, claim.Job)
	if errors.Is(err, queue.ErrNoRecord) || err == nil && unwanted(record.Value) {
		return a.finish(parent)
	}
	if err != nil {
		return err
	}
	log := w.Log.With("job", claim.Job, "unit", claim.Unit, "attempt", claim.Attempt)
	log.Info("unit claimed", "toll", claim.Toll)
	err = a.run(ctx)
	switch cause := context.Cause(ctx); {
	case errors.Is(err, queue.ErrLost), errors.Is(cause, queue.ErrLost):
		log.Warn("unit lost", "error", queue.ErrLost)
		return nil
	case errors.Is(cause, errUnwanted):
		log.Info("unit stopped with its job")
		return a.finish(parent)
	case parent.Err() != nil:
		return nil
	case err != nil:
		log.Error("unit stopped", "error", err)
		return a.giveBack(parent, diag.From(err, diag.InternalError))
	}
	return nil
}

// run exports what is left of the unit and ends it.
func (a *attempt) run(ctx context.Context) (err error) {
	if a.plan, err = a.planOf(ctx, a.claim.Job); err != nil {
		return err
	}
	left, err := a.left(ctx)
	if err != nil {
		return err
	}
	var keeping sync.WaitGroup
	kept, stop := context.WithCancel(ctx)
	keeping.Go(func() { a.keepClaim(kept) })
	defer keeping.Wait()
	defer stop()
	first, rest := left, []export.Part(nil)
	if a.claim.Toll > 0 && len(left) > careful {
		first, rest = left[:careful], left[careful:]
	}
	for i, parts := range [][]export.Part{first, rest} {
		if len(parts) == 0 {
			continue
		}
		over, err := a.part(ctx, parts, i == 0 && a.claim.Toll > 0)
		if err != nil || over {
			return err
		}
	}
	stop()
	keeping.Wait()
	return a.finish(ctx)
}

// part exports some assets; over says that the unit must not go on.
func (a *attempt) part(ctx context.Context, parts []export.Part, alone bool) (over bool, err error) {
	dir := filepath.Join(a.Config.Config.Daemon.Out, a.claim.Job)
	u := export.Unit{
		Options: export.Options{
			Plan: a.plan, Config: a.Config.Config, Registry: a.Registry, Child: a.Child, Dir: dir, ID: a.claim.Job,
			Workers: a.Images, Drain: a.drain,
		},
		State: export.UnitDir(dir, a.claim.Job, fmt.Sprintf("%s-%d", a.claim.Unit, a.claim.Fence())),
		Keep:  a.keep, Fence: a.fence, Lock: a.Lock, Alone: alone,
	}
	if alone {
		u.Begin = func(seq int) error { return a.begin(ctx, seq) }
	} else if err := a.begin(ctx); err != nil {
		return false, err
	}
	for _, p := range parts {
		u.Entries = append(u.Entries, p.Entry)
		u.Before = append(u.Before, p.Before...)
	}
	end, err := export.RunUnit(ctx, u)
	switch {
	case err != nil, ctx.Err() != nil:
		return true, errors.Join(err, ctx.Err())
	case end.FailJob:
		a.mu.Lock()
		a.page.failJob = true
		a.mu.Unlock()
		return true, a.finish(ctx)
	case end.Halt != nil:
		return true, a.giveBack(ctx, end.Halt)
	case end.Unfinished > 0:
		return true, a.giveBack(ctx, nil)
	}
	return false, nil
}

// begin notes what is in flight, where a worker has died on the unit before.
func (a *attempt) begin(ctx context.Context, flying ...int) error {
	if a.claim.Toll == 0 {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.claim.Begin(ctx, flying...)
}

// fence is step 3: the files are durable and may get their names if the unit is
// still this worker's.
func (a *attempt) fence(ctx context.Context) error {
	a.Failpoint(StepFence)
	a.mu.Lock()
	defer a.mu.Unlock()
	err := a.claim.Held(ctx)
	if errors.Is(err, queue.ErrLost) {
		a.cancel(err)
	}
	return err
}

// keepClaim gives the signs of life, and reports what has become old.
func (a *attempt) keepClaim(ctx context.Context) {
	beat := time.NewTicker(a.Queue.Hold() / 3)
	defer beat.Stop()
	report := time.NewTicker(pageDelay)
	defer report.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
			if err = a.claim.Beat(); err == nil {
				a.mu.Lock()
				err = a.claim.Held(ctx)
				a.mu.Unlock()
			}
		case <-report.C:
			a.mu.Lock()
			err = a.flush(ctx)
			a.mu.Unlock()
		}
		if errors.Is(err, queue.ErrLost) {
			a.cancel(err)
			return
		}
		if err != nil && ctx.Err() == nil {
			a.Log.Warn("keeping a claim", "job", a.claim.Job, "unit", a.claim.Unit, "error", err)
		}
	}
}

// finish is steps 4 and 5.
func (a *attempt) finish(ctx context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.Failpoint(StepEnd)
	data, err := a.page.take()
	if err != nil {
		return err
	}
	if err := a.claim.End(ctx, data); err != nil {
		return err
	}
	a.Failpoint(StepEnded)
	return a.claim.Acknowledge(ctx)
}

// The delays after which a unit that met trouble is tried again.
const (
	troubleDelay    = 5 * time.Second
	maxTroubleDelay = time.Minute
)

// giveBack lets others have the rest of the unit: at once when this worker was
// told to stop, later when the trouble of the machine has to end first.
func (a *attempt) giveBack(ctx context.Context, trouble *diag.Diag) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.page.trouble = trouble
	if err := a.flush(ctx); err != nil {
		return err
	}
	var delay time.Duration
	if trouble != nil {
		delay = min(troubleDelay*time.Duration(a.claim.Attempt), maxTroubleDelay)
	}
	err := a.claim.Release(ctx, delay)
	if errors.Is(err, queue.ErrLost) {
		return nil
	}
	return err
}
