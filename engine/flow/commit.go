package flow

import (
	"context"
	"fmt"
	"time"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

// committer stands behind a node that has a Commit and gathers what it prepared
// into batches.
type committer struct {
	wire
	Node
	ctx    context.Context
	ledger *ledger
	size   int
	delay  time.Duration
	// patience and prepare are for items whose commit is worth another attempt.
	patience patience
	prepare  func(*asset.Item) *diag.Diag
}

func (r *running) newCommitter(n *node) *committer {
	return &committer{
		wire: r.wire(n.Workers, n.Workers), Node: n.Node, ctx: r.ctx, ledger: r.ledger, size: r.CommitSize, delay: r.CommitDelay,
		patience: n.patience, prepare: n.try,
	}
}

// run commits a batch when it is full, when its first item has waited for the
// delay, and when there are no more items. After the end of the run a batch is
// not committed, it ends as stopped.
func (c *committer) run() {
	defer close(c.out)
	due := time.NewTimer(c.delay) // on an empty batch it does nothing
	defer due.Stop()
	var batch []*asset.Item
	for {
		select {
		case e, more := <-c.in:
			if !more {
				c.flush(batch)
				return
			}
			if len(batch) == 0 {
				due.Reset(c.delay)
			}
			if batch = append(batch, e.(*asset.Item)); len(batch) < c.size {
				continue
			}
		case <-due.C:
		}
		c.flush(batch)
		batch = nil
	}
}

// flush commits a batch and hands on what is durable, in order.
func (c *committer) flush(batch []*asset.Item) {
	if len(batch) == 0 {
		return
	}
	for i, d := range c.persist(batch) {
		if d != nil {
			c.ledger.end(batch[i], d)
		} else {
			c.out <- batch[i]
		}
	}
}

// commit gives the reason why each item ends here, nil for those that are durable.
func (c *committer) commit(batch []*asset.Item) []*diag.Diag {
	if len(batch) == 0 {
		return nil
	}
	ends := make([]*diag.Diag, len(batch))
	if c.ctx.Err() != nil {
		for i := range ends {
			ends[i] = stopped(c.ctx, c.Name)
		}
		return ends
	}
	allowed := c.Timeout * time.Duration(len(batch))
	step, cancel := within(c.ctx, allowed)
	defer cancel()
	begun := time.Now()
	errs := c.call(step, batch)
	a := attempt{stage: c.Name, run: c.ctx, step: step, allowed: allowed, took: time.Since(begun), code: diag.InternalError}
	for i, err := range errs {
		if err != nil {
			ends[i] = a.blame(err)
		}
	}
	return ends
}

// call gives one error for each item, whatever Commit does.
func (c *committer) call(ctx context.Context, batch []*asset.Item) []error {
	var errs []error
	err := guarded(func() error {
		errs = c.Commit(ctx, batch)
		if len(errs) != len(batch) {
			return fmt.Errorf("the commit of %d items answered for %d", len(batch), len(errs))
		}
		return nil
	})
	if err == nil {
		return errs
	}
	errs = make([]error, len(batch))
	for i := range errs {
		errs[i] = err
	}
	return errs
}
