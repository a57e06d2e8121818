package flow

import (
	"context"
	"fmt"
	"sync"
	"time"

	streams "github.com/reugn/go-streams"
	"github.com/reugn/go-streams/flow"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/stage"
)

// Budget is what costs are taken from; see package budget.
type Budget interface {
	// Acquire waits for n in the order of the calls and fails only with ctx's
	// error. Release may be called from any goroutine and must not wait.
	Acquire(ctx context.Context, n int64) (release func(), err error)
}

// Options are what a run needs besides its graph. Each callback may be nil. They
// are never called at the same time and must neither block for long nor panic:
// the run waits for them.
type Options struct {
	// Budget is needed when a node has a cost.
	Budget Budget
	// Drain, once closed, ends every wait for another attempt: the items that
	// waited end as E-STOPPED. The source is closed by whoever closes it.
	Drain <-chan struct{}
	// OnBegin is called when an item is taken from the source, before its ends.
	OnBegin func(seq int)
	// OnBranch is called after the item of the branch was closed.
	OnBranch func(BranchEnd)
	// OnAsset is called after the OnBranch of the asset's last branch.
	OnAsset func(AssetEnd)
	// CopyArtifact gives a second artifact with a scratch file of its own. Without
	// it an artifact can have only one taker; the others fail.
	CopyArtifact func(context.Context, *asset.Artifact) (*asset.Artifact, error)
	// The bounds of a batch; zero is [stage.CommitSize] and [stage.CommitDelay].
	CommitSize  int
	CommitDelay time.Duration
}

// running is a run while it is wired and runs.
type running struct {
	Options
	ctx      context.Context
	graph    Graph
	ledger   *ledger
	group    *sync.WaitGroup
	releases map[string]bool
}

// Run takes items from the source through the graph until the source is closed
// and everything that was taken has ended. The run owns and closes every item it
// takes. An item must not be given twice, and none may be nil.
//
// To stop gently, close the source. When ctx ends, no more items are taken and
// those in flight end as E-STOPPED, unless the last stage on their way was done
// already; Run then gives the cause of ctx. What was never taken stays with the
// sender, who must watch ctx too. Stages must return when their context ends: Run
// waits for them, and leaves no goroutine behind.
//
// A graph that cannot run is the only other error.
func Run(ctx context.Context, g Graph, o Options, items <-chan *asset.Item) error {
	if err := g.Validate(); err != nil {
		return err
	}
	r := &running{Options: o, ctx: ctx, graph: g, ledger: newLedger(o), group: new(sync.WaitGroup), releases: map[string]bool{}}
	for _, n := range g.Nodes {
		if n.Cost != nil && o.Budget == nil {
			return fmt.Errorf("node %q has a cost, but there is no budget", n.Name)
		}
		for _, after := range n.ReleaseAfter {
			r.releases[after] = true
		}
	}
	if r.CommitSize <= 0 {
		r.CommitSize = stage.CommitSize
	}
	if r.CommitDelay <= 0 {
		r.CommitDelay = stage.CommitDelay
	}
	r.connect(items)
	r.group.Wait()
	return context.Cause(ctx)
}

func (r *running) wire(in, out int) wire {
	return wire{in: make(chan any, in), out: make(chan any, out), group: r.group}
}

// connect makes every part of the run and starts it. Nothing in here can fail:
// go-streams starts goroutines in its constructors, and a part that is made and
// not connected would leak them.
func (r *running) connect(items <-chan *asset.Item) {
	inlets := make([][]streams.Flow, len(r.graph.Nodes))
	src := source{r.wire(0, 0)}
	r.spread("", src, inlets)
	heads := make([]*node, len(r.graph.Nodes))
	for i, n := range r.graph.Nodes {
		heads[i] = r.newNode(n)
		r.spread(n.Name, r.tail(heads[i]), inlets)
	}
	for i, head := range heads {
		if len(inlets[i]) == 1 {
			inlets[i][0].Via(head)
		} else {
			flow.Merge(inlets[i]...).Via(head)
		}
		head.start()
	}
	r.group.Go(func() { src.run(r.ctx, items, r.ledger) })
}

// tail is where a node's items leave: the node, or the committer behind it.
func (r *running) tail(n *node) streams.Flow {
	if n.Commit == nil {
		return n
	}
	c := r.newCommitter(n)
	r.group.Go(c.run)
	return n.Via(c)
}

// spread leads what leaves one part to the nodes behind it: to a sink when there
// are none, directly to one that takes everything, else through a fork.
func (r *running) spread(name string, from streams.Flow, inlets [][]streams.Flow) {
	kids := r.graph.children(name)
	switch {
	case len(kids) == 0:
		s := sink{in: make(chan any), done: make(chan struct{})}
		r.group.Go(func() { s.run(r.ledger) })
		r.group.Go(func() { from.To(s) })
	case len(kids) == 1 && r.graph.Nodes[kids[0]].Guard == nil && r.graph.Nodes[kids[0]].Done == nil:
		inlets[kids[0]] = append(inlets[kids[0]], from)
	default:
		f := &fork{ctx: r.ctx, ledger: r.ledger, copies: r.CopyArtifact, stage: name}
		for _, kid := range kids {
			l := r.newLane(r.graph.Nodes[kid])
			f.lanes = append(f.lanes, l)
			inlets[kid] = append(inlets[kid], l)
		}
		r.group.Go(func() { f.run(from) })
	}
}

// newLane makes a lane: a buffer is a channel whose two ends are shown.
func (r *running) newLane(n Node) lane {
	buffer := make(chan any, max(n.Workers, 1))
	return lane{wire: wire{in: buffer, out: buffer, group: r.group}, node: n}
}
