package daemon

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/exportd/exportd/cmd/exportd/internal/export"
	"github.com/exportd/exportd/cmd/exportd/internal/unit"
	"github.com/exportd/exportd/engine/compile"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/pipeline"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/report"
	"github.com/exportd/exportd/stages/resolve"
)

// open reads the request, plans the assets and makes the plan known to workers.
func (c *carrier) open(ctx context.Context, round int) (err error) {
	request, err := c.d.store.read(c.id)
	if err != nil {
		return err
	}
	p, err := c.readPlan()
	if err != nil {
		return err
	}
	if c.log, err = openLog(c.d.store.path(c.id, logFile), func() { c.d.more(c.id) }); err != nil {
		return err
	}
	cfg := *c.d.Config.Config
	if request.Company != "" || request.User != "" {
		cfg.Caller = resolve.Caller{Company: request.Company, User: request.User, Roles: request.Roles}
	}
	c.home, err = export.OpenHome(ctx, export.Options{
		Plan: p, Job: c.d.store.job(request), Config: &cfg, Registry: c.d.Registry, Dir: c.d.outOf(c.id), ID: c.id, Progress: progress{c.log},
	})
	if err != nil {
		c.log.close()
		return err
	}
	c.share = c.d.fair.enter(request.Company, request.Priority)
	c.flying, c.ahead, c.exhausted, c.failJob, c.until = map[string]*flight{}, nil, false, false, time.Time{}
	if err = c.plan(ctx, p); err != nil {
		return errors.Join(err, c.close())
	}
	return nil
}

func (c *carrier) readPlan() (*plan.Plan, error) {
	text, err := os.ReadFile(c.d.store.path(c.id, planFile))
	if err != nil {
		return nil, stateError("read a job's plan", err)
	}
	spec, err := pipeline.Parse("plan.toml", text, c.d.Registry)
	if err != nil {
		return nil, err
	}
	return compile.FromSpec(spec), nil
}

// plan plans the assets. A stop ends it.
func (c *carrier) plan(ctx context.Context, p *plan.Plan) error {
	if r, _ := c.d.record(c.id); r.State == Cancelling && r.Assets == 0 {
		return errStopped()
	}
	planning, cancel := context.WithCancel(ctx)
	defer cancel()
	type planned struct {
		total int
		err   error
	}
	done := make(chan planned, 1)
	go func() {
		total, err := c.home.Plan(planning)
		done <- planned{total, err}
	}()
	var got planned
	for got = (planned{total: -1}); got.total < 0; {
		select {
		case got = <-done:
			got.total = max(got.total, 0)
		case <-c.pokes:
			if r, _ := c.d.record(c.id); r.State == Cancelling {
				cancel()
			}
		}
	}
	if r, _ := c.d.record(c.id); got.err != nil && r.State == Cancelling {
		return errStopped()
	}
	if got.err != nil {
		return got.err
	}
	if err := c.d.queue.PutPlan(ctx, c.id, p.TOML()); err != nil {
		return err
	}
	c.d.Failpoint(StepPlanned)
	totals := c.home.Totals()
	c.d.live(c.id, func(r *Record) { r.Assets, r.Counts = got.total, totals })
	_, err := c.d.change(ctx, c.id, func(r *Record) error {
		if r.State == Planning {
			r.State = Running
		}
		r.Assets, r.Counts = got.total, totals
		return nil
	})
	return err
}

// errStopped is an end, and not a trouble.
func errStopped() error { return diag.New(diag.Usage, "stopped before it was planned") }

// progress writes into the log what ends without a worker.
type progress struct{ log *jobLog }

// Start is for a run; a log needs no bar.
func (progress) Start(int, int) {}

// Asset writes one line.
func (p progress) Asset(a report.AssetLine) { p.log.add(assetEntry(a)) }

// close lets go of the job's files, and of the slots of its units.
func (c *carrier) close() error {
	c.d.fair.leave(c.share)
	for range c.flying {
		c.d.fair.release(c.share, 0)
	}
	clear(c.flying)
	c.log.close()
	return c.home.Close()
}

// recover takes up the units that an earlier life of this carrier has given out,
// and what workers have reported of them.
func (c *carrier) recover(ctx context.Context) error {
	offered, err := c.d.queue.Offered(ctx, c.id)
	if err != nil {
		return err
	}
	reported, err := c.d.queue.Reported(ctx, c.id)
	if err != nil {
		return err
	}
	for _, name := range append(offered, reported...) {
		if id, err := unit.ParseID(name); err == nil && c.flying[name] == nil {
			c.flying[name] = &flight{id: id}
			c.d.fair.take()
		}
	}
	for _, name := range reported {
		pages, err := c.d.queue.Pages(ctx, c.id, name)
		if err != nil {
			return err
		}
		for _, p := range pages {
			if err := c.page(ctx, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// lookBack finds units that got lost, and assets that no unit has covered: both
// are given out again.
func (c *carrier) lookBack(ctx context.Context) error {
	if len(c.flying) == 0 {
		return nil
	}
	there := map[string]bool{}
	offered, err := c.d.queue.Offered(ctx, c.id)
	if err != nil {
		return err
	}
	reported, err := c.d.queue.Reported(ctx, c.id)
	if err != nil {
		return err
	}
	for _, name := range append(offered, reported...) {
		there[name] = true
	}
	lost := false
	for name := range c.flying {
		if !there[name] && !c.inbox.some() {
			c.d.Log.Warn("a unit got lost and is given out again", "job", c.id, "unit", name)
			delete(c.flying, name)
			c.d.fair.release(c.share, 0)
			lost = true
		}
	}
	if !lost {
		return nil
	}
	return c.again()
}

// again looks at every asset once more.
func (c *carrier) again() error {
	c.exhausted, c.ahead = false, nil
	return c.home.Rewind()
}

// stopping ends a job early: nobody gets its units any more, and workers that
// have some end at the next question.
func (c *carrier) stopping(ctx context.Context, state State) (over bool, err error) {
	if c.until.IsZero() {
		c.until = time.Now().Add(c.d.queue.Hold() + 5*time.Second)
		if err := c.d.queue.Withdraw(ctx, c.id); err != nil {
			return false, err
		}
		claimed, err := c.d.queue.Claimed(ctx, c.id)
		if err != nil {
			return false, err
		}
		for name := range c.flying {
			if !claimed[name] {
				delete(c.flying, name)
				c.d.fair.release(c.share, 0)
			}
		}
	}
	if len(c.flying) > 0 && time.Now().Before(c.until) {
		return false, nil
	}
	if err := errors.Join(c.home.Sync(), c.home.Sweep()); err != nil {
		return false, err
	}
	totals := c.home.Totals()
	c.end(ctx, func(r *Record) error {
		r.Counts, r.Ended = totals, time.Now().UTC()
		if state == Cancelling {
			r.State = Cancelled
			return nil
		}
		r.State = Failed
		r.Error = &Problem{Code: diag.JobFailed, Message: "an asset failed, and its stage says on_error = \"fail-job\"", Hint: diag.JobFailed.Entry().Mend}
		return nil
	})
	return true, nil
}

// complete writes the manifest when everything has ended.
func (c *carrier) complete(ctx context.Context) (over bool, err error) {
	if !c.home.Complete() {
		return false, c.again() // a worker was stopped in the middle of a unit
	}
	if _, err := c.d.change(ctx, c.id, func(r *Record) error {
		if r.State != Running && r.State != Finishing {
			return errMoved
		}
		r.State, r.Counts = Finishing, c.home.Totals()
		return nil
	}); err != nil {
		return false, movedOr(err)
	}
	c.d.Failpoint(StepFinishing)
	summary, err := c.home.Finish()
	if err != nil {
		return false, err
	}
	c.d.Failpoint(StepPublished)
	c.end(ctx, func(r *Record) error {
		r.State, r.Counts, r.Manifest, r.Ended = State(summary.State), summary.Counts, summary.Manifest, time.Now().UTC()
		return nil
	})
	return true, nil
}
