package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/budget"
	"github.com/exportd/exportd/engine/compile"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/expression"
	"github.com/exportd/exportd/engine/flow"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/stage"
)

// Compile makes a plan of a pipeline and a job; see [compile.Compile].
func Compile(in compile.Input) (*plan.Plan, diag.List, error) { return compile.Compile(in) }

// Options say how a plan runs.
type Options struct {
	Env     stage.Env
	Workers int   // items at once in each stage; at least 1
	Budget  int64 // pixels in flight between decode and encode
	// Drain, once closed, ends every wait for another attempt; see [flow.Options].
	Drain <-chan struct{}
	// CommitDelay is how long a batch waits for more; 0 is [stage.CommitDelay].
	CommitDelay time.Duration
	// Enter and Leave are called around every stage that touches pixels, from
	// several goroutines. Each may be nil.
	Enter, Leave func(seq int, stage string)
	// Spent is called after every stage with the time it took, from several
	// goroutines. It may be nil.
	Spent func(seq int, stage string, took time.Duration)
	// OnBegin, OnBranch and OnAsset are called one at a time; see [flow.Options].
	OnBegin  func(seq int)
	OnBranch func(flow.BranchEnd)
	OnAsset  func(flow.AssetEnd)
}

// Run makes the plan's stages and runs the items through them until the channel
// is closed. Its contract is that of [flow.Run].
func Run(ctx context.Context, p *plan.Plan, reg *stage.Registry, o Options, items <-chan *asset.Item) (err error) {
	b := &builder{plan: p, registry: reg, options: o, ways: newWays(p, reg)}
	defer func() { err = errors.Join(err, b.close()) }()
	graph, err := b.graph()
	if err != nil {
		return err
	}
	return flow.Run(ctx, graph, flow.Options{
		Budget: budget.New(o.Budget), CopyArtifact: copyArtifact(o.Env.Scratch), Drain: o.Drain, CommitDelay: o.CommitDelay,
		OnBegin: o.OnBegin, OnBranch: o.OnBranch, OnAsset: o.OnAsset,
	}, items)
}

// builder makes a graph of stages from a plan.
type builder struct {
	plan     *plan.Plan
	registry *stage.Registry
	options  Options
	closers  []stage.Closer
	ways     *ways
}

func (b *builder) graph() (flow.Graph, error) {
	var g flow.Graph
	for _, st := range b.plan.Stages {
		if k, _ := b.registry.Kind(st.Kind); k.Errors {
			continue // no item flows there: whoever hears of the ends keeps the failed ones
		}
		n, err := b.node(st)
		if err != nil {
			return g, fmt.Errorf("stage %s: %w", st.Name, err)
		}
		g.Nodes = append(g.Nodes, n)
	}
	return g, nil
}

func (b *builder) node(st plan.Stage) (flow.Node, error) {
	kind, ok := b.registry.Kind(st.Kind)
	if !ok {
		return flow.Node{}, diag.New(diag.StageKind, "no kind is named %q", st.Kind)
	}
	made, err := kind.New(stage.Config{Name: st.Name, Params: st.Params, Consumers: b.consumers(st.Name), Env: b.options.Env})
	if err != nil {
		return flow.Node{}, err
	}
	if c, ok := made.(stage.Closer); ok {
		b.closers = append(b.closers, c)
	}
	n := flow.Node{
		Name: st.Name, From: st.From, Run: made, Workers: max(b.options.Workers, 1),
		Otherwise: st.When == plan.Otherwise, Timeout: b.timeout(st),
	}
	if r := st.Retry; r != nil {
		n.Retry = flow.Retry{Attempts: r.Attempts, Base: r.Base, Max: r.Max}
	}
	if w, ok := made.(stage.Waiter); ok {
		n.Workers = max(n.Workers, w.AtOnce())
	}
	if st.Workers > 0 {
		n.Workers = st.Workers
	}
	if kind.Out == stage.PortImage && kind.Accepts(stage.PortImage) {
		n.Rendition = st.Name
	}
	if c, ok := made.(stage.Coster); ok {
		n.Cost, n.ReleaseAfter = b.watchCost(st.Name, c.Cost), b.encodersBehind(st.Name)
	}
	if c, ok := made.(stage.Committer); ok {
		n.Commit = c.Commit
	}
	n.Run = watched{made, st.Name, kind.Out == stage.PortImage || kind.Accepts(stage.PortImage), b.options}
	if b.forks(st) {
		n.Done = b.ways.done(st.Name)
	}
	n.Guard, err = guard(st.When)
	return n, err
}

// timeout is the stage's own, the pipeline's, or the limit of one asset.
func (b *builder) timeout(st plan.Stage) time.Duration {
	return cmp.Or(b.plan.TimeoutOf(st), b.options.Env.Limits.Time)
}

// consumers lists the transforms directly behind a stage.
func (b *builder) consumers(name string) []stage.Consumer {
	var out []stage.Consumer
	for _, c := range b.plan.Children(name) {
		if k, _ := b.registry.Kind(c.Kind); k.Accepts(stage.PortImage) {
			out = append(out, stage.Consumer{Name: c.Name, Params: c.Params})
		}
	}
	return out
}

// encodersBehind lists the stages behind one in which its images end.
func (b *builder) encodersBehind(name string) []string {
	var out []string
	for _, c := range b.plan.Children(name) {
		k, _ := b.registry.Kind(c.Kind)
		if k.Accepts(stage.PortImage) && k.Out != stage.PortImage {
			out = append(out, c.Name)
		} else {
			out = append(out, b.encodersBehind(c.Name)...)
		}
	}
	return out
}

func (b *builder) close() error {
	var errs []error
	for _, c := range b.closers {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// guard makes the function that decides an edge; nil for no condition.
func guard(when string) (func(*asset.Item) (bool, error), error) {
	if when == "" || when == plan.Otherwise {
		return nil, nil
	}
	g, err := expression.ParseGuard(when, nil)
	if err != nil {
		return nil, err
	}
	return func(it *asset.Item) (bool, error) { return g.Eval(expression.OfItem(it)) }, nil
}

// watchCost tells the supervisor of looking at the cost too: that reads a header,
// which a codec can die of.
func (b *builder) watchCost(name string, cost func(*asset.Item) (int64, error)) func(*asset.Item) (int64, error) {
	return func(it *asset.Item) (int64, error) {
		if b.options.Enter != nil {
			b.options.Enter(it.Seq, name)
		}
		if b.options.Leave != nil {
			defer b.options.Leave(it.Seq, name)
		}
		return cost(it)
	}
}

// watched measures a stage and tells the supervisor what is inside a codec: if
// the process dies now, it died of this.
type watched struct {
	stage.Stage
	name   string
	pixels bool
	o      Options
}

// Process calls the stage, between enter and leave where pixels are touched.
func (w watched) Process(ctx context.Context, it *asset.Item) error {
	if w.o.Spent != nil {
		defer func(start time.Time) { w.o.Spent(it.Seq, w.name, time.Since(start)) }(time.Now())
	}
	if w.pixels && w.o.Enter != nil {
		w.o.Enter(it.Seq, w.name)
	}
	if w.pixels && w.o.Leave != nil {
		defer w.o.Leave(it.Seq, w.name)
	}
	return w.Stage.Process(ctx, it)
}
