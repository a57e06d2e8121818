package flow

import (
	"context"
	"time"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

// node runs a stage behind the face of a go-streams flow. Its intake gives each
// item a slot of the window and a worker; its exit waits for the slots in the
// order of the intake.
type node struct {
	wire
	Node
	ctx      context.Context
	ledger   *ledger
	budget   Budget
	releases bool // whether some cost is given back here
	patience patience

	free   chan *slot // the slots nobody uses
	tasks  chan *slot // to the workers
	window chan *slot // to the exit, in order
}

// slot is a place in a node's window.
type slot struct {
	item *asset.Item // nil once it ended here
	done chan struct{}
}

func (r *running) newNode(n Node) *node {
	n.Workers = max(n.Workers, 1)
	size := 2 * n.Workers
	made := &node{
		wire: r.wire(0, n.Workers), Node: n, ctx: r.ctx, ledger: r.ledger, budget: r.Budget, releases: r.releases[n.Name], patience: r.patience(n),
		free: make(chan *slot, size), tasks: make(chan *slot), window: make(chan *slot, size),
	}
	for range size {
		made.free <- &slot{done: make(chan struct{}, 1)}
	}
	return made
}

// start starts the node's goroutines, which end when its input is closed.
func (n *node) start() {
	n.group.Go(n.intake)
	for range n.Workers {
		n.group.Go(n.work)
	}
	n.group.Go(n.exit)
}

func (n *node) intake() {
	defer close(n.window)
	defer close(n.tasks)
	for e := range n.in {
		it := e.(*asset.Item)
		n.enter(it)
		s := <-n.free
		if !n.admit(it) {
			n.free <- s
			continue
		}
		s.item = it
		n.window <- s
		n.tasks <- s
	}
}

// enter puts the node's name on an item.
func (n Node) enter(it *asset.Item) {
	it.Stage = n.Name
	if n.Rendition != "" {
		it.Rendition = n.Rendition
	}
}

// admit takes the item's cost. It ends an item that may not go on.
func (n *node) admit(it *asset.Item) bool {
	if n.ctx.Err() != nil {
		n.ledger.end(it, stopped(n.ctx, n.Name))
		return false
	}
	if n.Cost == nil {
		return true
	}
	var release func()
	err := guarded(func() error {
		cost, err := n.Cost(it)
		if err == nil {
			release, err = n.budget.Acquire(n.ctx, cost)
		}
		return err
	})
	if err != nil {
		a := attempt{stage: n.Name, run: n.ctx, step: n.ctx, code: diag.InternalError}
		n.ledger.end(it, a.blame(err))
		return false
	}
	n.ledger.hold(it, n.ReleaseAfter, release)
	return true
}

func (n *node) work() {
	for s := range n.tasks {
		if d := n.process(s.item); d != nil {
			n.ledger.end(s.item, d)
			s.item = nil
		}
		s.done <- struct{}{}
	}
}

// try runs the stage over one item once and says why it ends here, if it does.
func (n *node) try(it *asset.Item) *diag.Diag {
	if n.ctx.Err() != nil {
		return stopped(n.ctx, n.Name)
	}
	step, cancel := within(n.ctx, n.Timeout)
	defer cancel()
	begun := time.Now()
	err := guarded(func() error { return n.Run.Process(step, it) })
	if err != nil {
		a := attempt{stage: n.Name, run: n.ctx, step: step, allowed: n.Timeout, took: time.Since(begun), code: diag.InternalError}
		return a.blame(err)
	}
	if n.releases {
		n.ledger.leave(it, n.Name)
	}
	return nil
}

// exit hands the items on in the order of the intake.
func (n *node) exit() {
	defer close(n.out)
	for s := range n.window {
		<-s.done
		it := s.item
		s.item = nil
		n.free <- s
		if it != nil {
			n.out <- it
		}
	}
}

// within is ctx with a timeout; zero is none.
func within(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	if timeout <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, timeout)
}
