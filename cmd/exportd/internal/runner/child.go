package runner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/exportd/exportd/engine"
	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/compile"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/flow"
	"github.com/exportd/exportd/engine/pipeline"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/report"
	"github.com/exportd/exportd/engine/secret"
	"github.com/exportd/exportd/engine/stage"
)

// ChildConfig is what the program lends to a child.
type ChildConfig struct {
	Registry *stage.Registry
	// Dry holds the kinds of a dry run, by the same names.
	Dry *stage.Registry
	// Start makes the process ready for pixels: libvips with its loaders.
	Start func(loaders []asset.Format) error
	// Open makes the function that opens assets, from the setup's catalog.
	Open func(catalog []byte) (func(context.Context, *asset.Asset) (asset.Source, error), error)
	// Plugins makes the encoders of plugins ready, from the setup's plugins. It may be
	// nil where no setup has any.
	Plugins func(ctx context.Context, plugins []byte, log *slog.Logger) (Plugins, error)
}

// Plugins are encoders that are to be closed.
type Plugins interface {
	stage.Encoders
	io.Closer
}

// Child is the pixel child: it reads orders from in, runs the tasks until end or
// stop, writes events to out, says bye, and waits for the parent to close the
// pipe. A pipe that is closed before bye means that the parent is gone:
// everything in flight is dropped, and no bye is said.
func Child(ctx context.Context, cfg ChildConfig, in io.Reader, out io.Writer) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	c := &child{cfg: cfg, events: newSender(out), tasks: make(chan Task, window), setups: make(chan Setup, 1), stop: make(chan struct{}), verdicts: make(chan verdict, 1)}
	listened := make(chan struct{})
	go func() {
		defer close(listened)
		cancel(c.listen(in))
	}()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case setup := <-c.setups:
		if err := c.run(ctx, setup); err != nil {
			return err
		}
	}
	if err := c.events.send(event{Bye: true}); err != nil {
		return err
	}
	<-listened
	return nil
}

// errOrphan is what a child ends with when its parent is gone.
var errOrphan = errors.New("the parent has gone")

type child struct {
	cfg    ChildConfig
	events *sender
	setups chan Setup
	// tasks holds all that a parent may send ahead, so that the parent never
	// waits for a busy child while the child waits for the parent to listen.
	tasks chan Task
	stop  chan struct{} // closed: begin no further task
	// asking holds one question at a time, verdicts its answer.
	asking   sync.Mutex
	verdicts chan verdict
}

// listen reads orders until the pipe is closed, and says why it is over. Answers
// and a stop may come after the end: the last tasks are still to be begun then.
func (c *child) listen(in io.Reader) error {
	defer close(c.verdicts)
	err := receive(in, parseOrder, func(o order) error {
		switch {
		case o.Setup != nil:
			c.setups <- *o.Setup
		case o.Task != nil:
			c.tasks <- *o.Task
		case o.Stop:
			close(c.stop)
		case o.Fence != nil:
			c.verdicts <- *o.Fence
		case o.End:
			close(c.tasks)
		}
		return nil
	})
	if err == nil {
		err = errOrphan
	}
	return err
}

// fence asks whether files may get their names.
func (c *child) fence(ctx context.Context) error {
	c.asking.Lock()
	defer c.asking.Unlock()
	if err := c.events.send(event{Fence: true}); err != nil {
		return err
	}
	select {
	case v, ok := <-c.verdicts:
		switch {
		case !ok:
			return errOrphan
		case v.Refused != "":
			return diag.New(diag.Stopped, "%s", v.Refused)
		}
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// run starts libvips and runs the plan over the tasks.
func (c *child) run(ctx context.Context, s Setup) (err error) {
	p, env, err := c.prepare(s)
	if err == nil && s.Plugins != nil {
		var plugins Plugins
		if plugins, err = c.cfg.Plugins(ctx, s.Plugins, slog.New(logHandler{events: c.events})); err == nil {
			env.Encoders = plugins
			defer func() { err = errors.Join(err, plugins.Close()) }()
		}
	}
	if err != nil {
		d := diag.From(err, diag.ChildStart)
		return errors.Join(err, c.events.send(event{Refuse: &refusal{Code: string(d.Code), Message: d.Message, Hint: d.Hint}}))
	}
	if err := c.events.send(event{Ready: true}); err != nil {
		return err
	}
	items := make(chan *asset.Item)
	go c.feed(ctx, items)
	r := &recorder{events: c.events, open: map[int]*open{}}
	if s.Fenced {
		env.Fence = c.fence
	}
	kinds := c.cfg.Registry
	if s.Dry {
		kinds = c.cfg.Dry
		env.Probe = func(p stage.Probe) { r.tell(event{Probe: &p}) }
	}
	return engine.Run(ctx, p, kinds, engine.Options{
		Env: env, Workers: s.Workers, Budget: s.Budget, Drain: c.stop, CommitDelay: s.CommitDelay,
		Enter:    func(seq int, stage string) { _ = c.events.span(enters, seq, stage) }, // as in tell
		Leave:    func(seq int, stage string) { _ = c.events.span(leaves, seq, stage) },
		Spent:    r.spent,
		OnBegin:  r.begin,
		OnBranch: r.branch,
		OnAsset:  r.asset,
	}, items)
}

// feed makes items of tasks until there are no more or it is told to stop.
func (c *child) feed(ctx context.Context, items chan<- *asset.Item) {
	defer close(items)
	for {
		t, ok := c.next(ctx)
		if !ok {
			return
		}
		select {
		case items <- &asset.Item{Seq: t.Seq, Asset: t.Asset, Names: t.Names, Done: t.Done}:
		case <-c.stop:
			return
		case <-ctx.Done():
			return
		}
	}
}

// next waits for a task; there is none after a stop, whatever was sent ahead.
func (c *child) next(ctx context.Context) (Task, bool) {
	select {
	case <-c.stop:
		return Task{}, false
	default:
	}
	select {
	case t, ok := <-c.tasks:
		return t, ok
	case <-c.stop:
	case <-ctx.Done():
	}
	return Task{}, false
}

func (c *child) prepare(s Setup) (*plan.Plan, stage.Env, error) {
	env := stage.Env{Scratch: s.Scratch, State: s.State, Fresh: s.Fresh, Targets: secret.New(s.Targets), Root: s.Root, Durable: s.Durable, Limits: s.Limits, Loaders: s.Loaders, Profiles: s.Profiles}
	spec, err := pipeline.Parse("plan.toml", []byte(s.Plan), c.cfg.Registry)
	if err != nil {
		return nil, env, fmt.Errorf("read the plan: %w", err)
	}
	p := compile.FromSpec(spec)
	env.Attributes = compile.Attributes(p)
	if env.Open, err = c.cfg.Open(s.Catalog); err != nil {
		return nil, env, err
	}
	return p, env, c.cfg.Start(s.Loaders)
}

// recorder turns what ended into the journal's lines.
type recorder struct {
	events *sender
	mu     sync.Mutex
	open   map[int]*open
}

// open is what is known of an asset that is on its way.
type open struct {
	spent  time.Duration // in all stages
	stages map[string]time.Duration
	notes  diag.List
	source string // sha256
}

// seconds are those of each stage that took a millisecond or more; most take
// none, and a journal has many lines.
func (o *open) seconds() map[string]float64 {
	var all map[string]float64
	for stage, took := range o.stages {
		if took = took.Round(time.Millisecond); took == 0 {
			continue
		}
		if all == nil {
			all = map[string]float64{}
		}
		all[stage] = took.Seconds()
	}
	return all
}

// tell sends an event. When the parent is gone nobody listens, and the order
// pipe has ended too: that is what stops the child.
func (r *recorder) tell(e event) { _ = r.events.send(e) }

func (r *recorder) begin(seq int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open[seq] = &open{stages: map[string]time.Duration{}}
}

func (r *recorder) spent(seq int, stage string, took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open[seq].spent += took
	r.open[seq].stages[stage] += took
}

func (r *recorder) branch(b flow.BranchEnd) {
	r.mu.Lock()
	defer r.mu.Unlock()
	o := r.open[b.Seq]
	for _, n := range b.Notes { // branches repeat what was noted before they parted
		if !slices.ContainsFunc(o.notes, func(m *diag.Diag) bool { return m.Code == n.Code && m.Message == n.Message }) {
			o.notes.Add(n)
		}
	}
	if b.SourceSHA256 != "" {
		o.source = b.SourceSHA256
	}
	line := report.BranchLine{Seq: b.Seq, Handle: b.Asset.Handle, Rendition: b.Rendition, Stage: b.Stage, Outcome: b.Outcome, Delivered: b.Delivered, SourceSHA256: b.SourceSHA256}
	line.Code, line.Message, line.Hint = parts(b.Diag)
	if b.Diag != nil {
		line.Attempts, line.Cause = b.Diag.Attempts, causeOf(b.Diag)
	}
	if b.Delivered != nil {
		line.Notes = b.Notes
	}
	r.tell(event{Branch: &line})
}

func (r *recorder) asset(a flow.AssetEnd) {
	r.mu.Lock()
	defer r.mu.Unlock()
	o := r.open[a.Seq]
	delete(r.open, a.Seq)
	line := report.AssetLine{Seq: a.Seq, Handle: a.Asset.Handle, Outcome: a.Outcome, Notes: o.notes, SourceSHA256: o.source, Seconds: o.spent.Round(time.Millisecond).Seconds(), Stages: o.seconds()}
	line.Code, line.Message, line.Hint = parts(a.Diag)
	r.tell(event{Done: &line})
}

// causeOf gives the innermost error behind d, "" when there is none.
func causeOf(d *diag.Diag) string {
	err := d.Unwrap()
	if err == nil {
		return ""
	}
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(err) {
		err = next
	}
	return err.Error()
}

func parts(d *diag.Diag) (diag.Code, string, string) {
	if d == nil {
		return "", "", ""
	}
	return d.Code, d.Error(), d.Mend()
}
