package daemon

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/exportd/exportd/cmd/exportd/internal/config"
	"github.com/exportd/exportd/cmd/exportd/internal/queue"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/job"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/stage"
)

// Config is what a daemon needs.
type Config struct {
	Config   *config.Config
	Registry *stage.Registry
	// Compile makes the plan of a job: pipeline is a name, or the text of one.
	Compile func(j *job.Job, pipeline Pipeline) (*plan.Plan, diag.List, error)
	// Worker is the command line of a local worker.
	Worker []string
	Log    *slog.Logger
	// Ended hears of every job that is over, once each time, before anybody else
	// can see it. It may be nil.
	Ended func(Record)
	// Failpoint, which only tests set, is called at the constants named Step.
	Failpoint func(step string)
}

// Pipeline names a pipeline, or is the text of one.
type Pipeline struct {
	Name string
	Text []byte // nil where Name says it all
}

// maxCarriers is how many jobs are on their way at once; others wait.
const maxCarriers = 64

// Daemon accepts jobs and carries them to their end.
type Daemon struct {
	Config
	lock  *os.File
	store store
	queue *queue.Queue
	fair  *fair
	hands *hands
	pace  pace
	group sync.WaitGroup // carriers and the collector
	// carrying is the context of the carriers; it outlives the front doors.
	carrying context.Context
	stop     context.CancelFunc

	mu        sync.Mutex
	records   map[string]Record
	carriers  map[string]*carrier
	followers map[string]map[chan struct{}]bool
	closing   bool
	finished  time.Time // when an asset last ended
}

// New locks the state, opens the queue and finds every job. The caller runs the
// daemon and closes it.
func New(ctx context.Context, cfg Config) (*Daemon, error) {
	if cfg.Failpoint == nil {
		cfg.Failpoint = func(string) {}
	}
	lock, err := lockState(cfg.Config.Daemon.State)
	if err != nil {
		return nil, err
	}
	d := &Daemon{
		Config: cfg, lock: lock, records: map[string]Record{}, carriers: map[string]*carrier{}, followers: map[string]map[chan struct{}]bool{},
		finished: time.Now(),
	}
	d.hands = newHands(cfg, lock, d.buried)
	d.fair = newFair(slots(cfg.Config.Daemon.Workers), d.hands.need)
	d.carrying, d.stop = context.WithCancel(context.WithoutCancel(ctx))
	if err := d.open(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// slots is how many units are out at once: one in each worker's hands, and some
// at hand for whoever is done first. More would keep small jobs waiting.
func slots(workers int) int { return workers + max(workers/2, 1) }

func (d *Daemon) open(ctx context.Context) (err error) {
	state := d.Config.Config.Daemon.State
	if d.store, err = newStore(filepath.Join(state, "jobs")); err != nil {
		return err
	}
	if d.queue, err = queue.Open(ctx, QueueConfig(d.Config.Config, "daemon", d.Log)); err != nil {
		return err
	}
	if err := d.queue.Ready(ctx); err != nil {
		return err
	}
	return d.find(ctx)
}

// QueueConfig says where the queue of a configuration is, for a process of a name.
func QueueConfig(c *config.Config, name string, log *slog.Logger) queue.Config {
	return queue.Config{
		URL: c.Queue.URL, Dir: filepath.Join(c.Daemon.State, "queue"), Socket: filepath.Join(c.Daemon.State, "queue.sock"),
		MaxStore: c.Queue.MaxStore, Hold: c.Queue.Hold, Replicas: c.Queue.Replicas,
		Credentials: c.Queue.Credentials, CA: c.Queue.CA, Cert: c.Queue.Cert, Key: c.Queue.Key, Name: name, Log: log,
	}
}

// find learns of every job: the queue has their records, and the store those that
// the queue has lost, or that a crash kept from it.
func (d *Daemon) find(ctx context.Context) error {
	if err := d.queue.EachJob(ctx, func(r queue.Record) error { return d.learn(r) }); err != nil {
		return err
	}
	ids, err := d.store.ids()
	if err != nil {
		return err
	}
	slices.Sort(ids) // by age
	for _, id := range ids {
		if _, known := d.records[id]; known {
			continue
		}
		if err := d.restore(ctx, id); err != nil {
			d.Log.Error("a job cannot be taken up", "job", id, "error", err)
		}
	}
	return nil
}

// restore gives a stored job its record back: the last one that was kept when the
// job was over or paused then, and else it begins again, with its journal.
func (d *Daemon) restore(ctx context.Context, id string) error {
	r, err := d.store.readRecord(id)
	if err != nil {
		d.Log.Warn("a job's record is damaged; the job is taken up again", "job", id, "error", err)
	}
	if !r.State.Over() && r.State != Paused {
		request, err := d.store.read(id)
		if err != nil {
			return err
		}
		r = recordOf(request)
	}
	return d.put(ctx, r)
}

// Run carries jobs until drain is closed; then what workers have begun gets its
// time to end. The queue is open until then.
func (d *Daemon) Run(ctx context.Context, drain <-chan struct{}) error {
	d.group.Go(func() { d.collect(d.carrying) })
	d.group.Go(func() { d.tend(d.carrying) })
	d.admit()
	select {
	case <-drain:
	case <-ctx.Done():
	case err := <-d.hands.broken:
		return err
	}
	d.fair.resize(0)
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.Config.Config.Daemon.Drain)
	defer cancel()
	d.hands.drain(late)
	d.settle(late)
	return nil
}

// settle waits for what the last workers have reported to reach the journals.
func (d *Daemon) settle(ctx context.Context) {
	for d.queued() && ctx.Err() == nil {
		time.Sleep(5 * time.Millisecond)
	}
}

func (d *Daemon) queued() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range d.carriers {
		if c.inbox.some() {
			return true
		}
	}
	return false
}

// Close lets go of everything. Whatever was on its way is taken up by the next
// daemon.
func (d *Daemon) Close() error {
	d.mu.Lock()
	d.closing = true
	d.mu.Unlock()
	d.stop()
	d.hands.kill()
	d.group.Wait()
	var errs []error
	if d.queue != nil {
		errs = append(errs, d.queue.Close())
	}
	return errors.Join(append(errs, d.lock.Close())...)
}

// admit gives every job that is on its way a carrier, as far as there may be so
// many: first what has begun, then by company, priority and age.
func (d *Daemon) admit() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for !d.closing && len(d.carriers) < maxCarriers {
		next := d.waiting()
		if next == "" {
			return
		}
		d.start(next)
	}
}

// waiting finds the next job for a carrier. The daemon is locked.
func (d *Daemon) waiting() string {
	busy := map[string]int{}
	for id := range d.carriers {
		busy[d.records[id].Company]++
	}
	best := Record{}
	for id, r := range d.records {
		if d.carriers[id] != nil || r.State.Over() || r.State == Paused {
			continue
		}
		if best.ID == "" || sooner(r, best, busy) {
			best = r
		}
	}
	return best.ID
}

func sooner(a, b Record, busy map[string]int) bool {
	switch {
	case (a.State == Queued) != (b.State == Queued):
		return b.State == Queued
	case busy[a.Company] != busy[b.Company]:
		return busy[a.Company] < busy[b.Company]
	case a.Priority != b.Priority:
		return a.Priority > b.Priority
	}
	return a.ID < b.ID
}

// start makes the carrier of a job. The daemon is locked.
func (d *Daemon) start(id string) *carrier {
	c := newCarrier(d, id)
	d.carriers[id] = c
	d.group.Go(func() {
		c.run(d.carrying)
		d.mu.Lock()
		delete(d.carriers, id)
		d.mu.Unlock()
		d.admit()
	})
	return c
}

// collect passes pages on to the carriers.
func (d *Daemon) collect(ctx context.Context) {
	for ctx.Err() == nil {
		err := d.queue.Results(ctx, func(r queue.Result) error { return d.deliver(ctx, r) })
		if ctx.Err() == nil {
			d.Log.Warn("reading results", "error", err)
			pause(ctx, time.Second)
		}
	}
}

// deliver gives a page to the carrier of its job. What belongs to no job is
// removed.
func (d *Daemon) deliver(ctx context.Context, r queue.Result) error {
	d.mu.Lock()
	record, known := d.records[r.Job]
	c := d.carriers[r.Job]
	if c == nil && known && !record.State.Over() && !d.closing {
		c = d.start(r.Job)
	}
	d.mu.Unlock()
	if c == nil {
		return d.queue.Settle(ctx, r.Job, r.Unit)
	}
	c.inbox.put(r)
	return nil
}

// tend looks after what no event tells: workers of other machines that wait for
// units, units that got lost, and a queue that has stopped storing.
func (d *Daemon) tend(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := d.queue.Healthy(); err != nil {
			if d.Config.Config.Queue.URL == "" {
				d.hands.fail(err)
				return
			}
			continue // the connection is found again
		}
		if d.Config.Config.Queue.URL != "" {
			d.tune(ctx)
		}
	}
}

// tune offers as many units as there are workers that wait, wherever they are.
func (d *Daemon) tune(ctx context.Context) {
	waiting, unclaimed, err := d.queue.Demand(ctx)
	if err != nil {
		return // the next second
	}
	least := slots(d.Config.Config.Daemon.Workers)
	out := d.fair.held()
	d.fair.resize(max(least, out-unclaimed+max(waiting, 1)))
}

// buried is told that a local worker has died.
func (d *Daemon) buried(name string) {
	if err := d.queue.Abandon(d.carrying, name); err != nil && d.carrying.Err() == nil {
		d.Log.Warn("a dead worker's unit comes back when its claim runs out", "worker", name, "error", err)
	}
}

// pause waits, or for the end of ctx.
func pause(ctx context.Context, long time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(long):
	}
}

// outOf is the root of a job's relative targets.
func (d *Daemon) outOf(id string) string { return filepath.Join(d.Config.Config.Daemon.Out, id) }

func unknown(id string) error {
	return diag.New(diag.JobUnknown, "there is no job %q", id)
}

func cannot(r Record, verb string) error {
	return fmt.Errorf("%w", diag.New(diag.JobState, "the job %s is %s, so it cannot be %s", r.ID, r.State, verb))
}
