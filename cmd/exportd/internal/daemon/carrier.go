package daemon

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/exportd/exportd/cmd/exportd/internal/export"
	"github.com/exportd/exportd/cmd/exportd/internal/queue"
	"github.com/exportd/exportd/cmd/exportd/internal/unit"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/report"
)

// The steps at which tests kill a daemon, in the order of a job.
const (
	StepReceived  = "submit-received" // nothing is durable
	StepStored    = "submit-stored"   // the request is, the record is not
	StepPlanned   = "planned"
	StepOffered   = "unit-offered"
	StepKept      = "page-kept"    // in the journal, which is not durable
	StepSynced    = "unit-synced"  // durable, and still in the queue
	StepSettled   = "unit-settled" // gone from the queue
	StepFinishing = "finishing"
	StepPublished = "published" // the manifest is there, the record says FINISHING
)

// Steps lists them in their order.
func Steps() []string {
	return []string{StepReceived, StepStored, StepPlanned, StepOffered, StepKept, StepSynced, StepSettled, StepFinishing, StepPublished}
}

// carrier has one job while it is on its way. Everything in it belongs to its
// goroutine, but for the inbox and the poke.
type carrier struct {
	d     *Daemon
	id    string
	inbox inbox
	pokes chan struct{}

	home      *export.Home
	log       *jobLog
	share     *share
	flying    map[string]*flight // units that are out
	ahead     *part              // cut, and too large for the last unit
	exhausted bool               // every asset is done, or out
	failJob   bool
	trouble   *Problem
	until     time.Time // when stopping waits no longer for workers
}

// flight is a unit that is out.
type flight struct {
	id      unit.ID
	fence   uint64 // of the last attempt that was heard of
	seconds float64
}

func newCarrier(d *Daemon, id string) *carrier {
	return &carrier{d: d, id: id, pokes: make(chan struct{}, 1), inbox: inbox{more: make(chan struct{}, 1)}}
}

// poke has the carrier look at the job's record.
func (c *carrier) poke() {
	select {
	case c.pokes <- struct{}{}:
	default:
	}
}

// The waits after trouble.
const (
	firstWait = time.Second
	maxWait   = time.Minute
)

// run carries the job as far as it goes. Trouble of the machine is waited for; it
// is nobody's fault, and no reason to lose a job.
func (c *carrier) run(ctx context.Context) {
	wait := firstWait
	for ctx.Err() == nil {
		begun := time.Now()
		err := c.carry(ctx)
		if err == nil || ctx.Err() != nil {
			return
		}
		d := diag.From(err, diag.InternalError)
		if d.Code.Entry().Class == diag.Input {
			c.giveUp(ctx, err)
			return
		}
		c.d.Log.Warn("job waits", "job", c.id, "code", d.Code, "error", err)
		c.setTrouble(problem(err))
		if time.Since(begun) > maxWait {
			wait = firstWait
		}
		c.sleep(ctx, wait)
		wait = min(2*wait, maxWait)
	}
}

// sleep waits, or until somebody wants something.
func (c *carrier) sleep(ctx context.Context, long time.Duration) {
	select {
	case <-ctx.Done():
	case <-c.pokes:
	case <-time.After(long):
	}
}

// giveUp ends a job that cannot be exported at all.
func (c *carrier) giveUp(ctx context.Context, why error) {
	c.end(ctx, func(r *Record) error {
		if r.State == Cancelling {
			r.State = Cancelled
			return nil
		}
		if r.State == Queued || r.State == Paused { // it was paused meanwhile
			return why
		}
		r.State, r.Error, r.Ended = Failed, problem(why), time.Now().UTC()
		return nil
	})
}

// end changes the record of a job for the last time.
func (c *carrier) end(ctx context.Context, f func(*Record) error) {
	r, err := c.d.change(ctx, c.id, func(r *Record) error {
		r.Trouble = nil
		return f(r)
	})
	if err != nil {
		c.d.Log.Error("the end of a job", "job", c.id, "error", err)
		return
	}
	if err := c.d.queue.Clear(ctx, c.id); err != nil && ctx.Err() == nil {
		c.d.Log.Warn("clearing the queue of a job", "job", c.id, "error", err)
	}
	if c.d.Ended != nil {
		c.d.Ended(r)
	}
}

// carry opens the job and works on it until it is over or paused. Errors are of
// the machine, or of a job that cannot be exported.
func (c *carrier) carry(ctx context.Context) (err error) {
	r, ok := c.d.record(c.id)
	if !ok || r.State.Over() {
		return nil
	}
	if r.State == Queued {
		if _, err := c.d.change(ctx, c.id, func(r *Record) error {
			if r.State != Queued {
				return errMoved
			}
			r.State, r.Started = Planning, time.Now().UTC()
			return nil
		}); err != nil {
			return movedOr(err)
		}
	}
	if err := c.open(ctx, r.Round); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.close()) }()
	if err := c.recover(ctx); err != nil {
		return err
	}
	for {
		over, err := c.step(ctx)
		if err != nil || over {
			return err
		}
	}
}

// errMoved says that a record has changed under the carrier, which looks again.
var errMoved = errors.New("the job's state has changed")

func movedOr(err error) error {
	if errors.Is(err, errMoved) {
		return nil
	}
	return err
}

// step does what the job's state asks for, and waits for the next event.
func (c *carrier) step(ctx context.Context) (over bool, err error) {
	r, ok := c.d.record(c.id)
	if !ok {
		return true, nil
	}
	switch {
	case r.State == Cancelling || c.failJob:
		if over, err := c.stopping(ctx, r.State); err != nil || over {
			return over, err
		}
	case r.State == Finishing, r.State == Running && c.exhausted && len(c.flying) == 0:
		return c.complete(ctx)
	case r.State == Paused && len(c.flying) == 0:
		return true, nil
	}
	c.d.fair.want(c.share, r.State == Running && !c.exhausted && !c.failJob)
	return false, c.event(ctx)
}

// watchdog is how often a carrier asks whether its units are still there.
const watchdog = 30 * time.Second

// event waits for one thing to happen and deals with it.
func (c *carrier) event(ctx context.Context) error {
	look := watchdog
	if !c.until.IsZero() {
		look = max(time.Until(c.until), 0)
	}
	timer := time.NewTimer(look)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-c.pokes:
		return nil
	case <-c.inbox.more:
		for _, page := range c.inbox.take() {
			if err := c.page(ctx, page); err != nil {
				return err
			}
		}
		return nil
	case <-c.share.grants:
		return c.offer(ctx)
	case <-timer.C:
		return c.lookBack(ctx)
	}
}

// page takes up what a worker has reported.
func (c *carrier) page(ctx context.Context, r queue.Result) error {
	f := c.flying[r.Unit]
	switch {
	case f == nil && r.End:
		return c.d.queue.Settle(ctx, c.id, r.Unit)
	case f == nil || r.Fence < f.fence:
		return nil // of a unit that was settled, or of a worker that was overtaken
	}
	f.fence = r.Fence
	p, err := unit.DecodePage(r.Data)
	if err != nil {
		return err
	}
	if err := c.home.Keep(p.Lines...); err != nil {
		return err
	}
	c.d.Failpoint(StepKept)
	f.seconds += p.Seconds
	c.tell(p)
	if !r.End {
		return nil
	}
	if err := c.home.Sync(); err != nil {
		return err
	}
	c.d.Failpoint(StepSynced)
	if err := c.d.queue.Settle(ctx, c.id, r.Unit); err != nil {
		return err
	}
	c.d.Failpoint(StepSettled)
	delete(c.flying, r.Unit)
	c.d.fair.release(c.share, f.seconds)
	return nil
}

// tell makes a page known: log, counts, trouble.
func (c *carrier) tell(p unit.Page) {
	var entries []Entry
	assets := 0
	for _, l := range p.Lines {
		if a, ok := l.(report.AssetLine); ok {
			entries = append(entries, assetEntry(a))
			assets++
		}
	}
	if assets > 0 {
		c.d.pace.add(p.Seconds, assets)
	}
	c.log.add(entries...)
	c.failJob = c.failJob || p.FailJob
	if p.Trouble != nil {
		c.setTrouble(problem(p.Trouble))
	} else if assets > 0 {
		c.setTrouble(nil)
	}
	totals := c.home.Totals()
	c.d.live(c.id, func(r *Record) { r.Counts = totals })
}

// setTrouble tells what keeps the job from getting on, nil for nothing.
func (c *carrier) setTrouble(p *Problem) {
	if sameProblem(p, c.trouble) {
		return
	}
	c.trouble = p
	c.d.live(c.id, func(r *Record) { r.Trouble = p })
	if p != nil && c.log != nil {
		c.log.add(Entry{Kind: "trouble", Code: p.Code, Message: p.Message, Hint: p.Hint})
	}
}

// inbox holds pages for a carrier, which may be busy: the collector has others to
// serve.
type inbox struct {
	mu    sync.Mutex
	pages []queue.Result
	more  chan struct{}
}

func (b *inbox) put(r queue.Result) {
	b.mu.Lock()
	b.pages = append(b.pages, r)
	b.mu.Unlock()
	select {
	case b.more <- struct{}{}:
	default:
	}
}

func (b *inbox) take() []queue.Result {
	b.mu.Lock()
	defer b.mu.Unlock()
	pages := b.pages
	b.pages = nil
	return pages
}

func (b *inbox) some() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.pages) > 0
}
