package flow

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

// Retry says how often a node tries an item whose error is worth it (see
// [diag.Retryable]) and how long it waits in between. The zero value tries once.
type Retry struct {
	Attempts  int           // all in all; less than 2 is one
	Base, Max time.Duration // the first wait and the longest; 0 is [RetryBase] and [RetryMax]
}

// The waits of a retry that names none.
const (
	RetryBase = 500 * time.Millisecond
	RetryMax  = 30 * time.Second
)

// wait gives how long to wait after so many attempts: twice as long each time up
// to the longest, and of that a random part of at least one half, so that what
// failed together does not come back together.
func (r Retry) wait(attempts int) time.Duration {
	wait, most := r.Base, r.Max
	if wait <= 0 {
		wait = RetryBase
	}
	if most <= 0 {
		most = max(RetryMax, wait)
	}
	for i := 1; i < attempts && wait < most; i++ {
		wait *= 2
	}
	wait = min(wait, most)
	return wait/2 + rand.N(wait/2+1)
}

// patience is what a node has of it: its rule, and what ends a wait.
type patience struct {
	Retry
	stage string
	ctx   context.Context
	drain <-chan struct{}
}

// again waits before another attempt at what d says. It gives nil when the
// attempt is due, else what the item ends with.
func (p patience) again(d *diag.Diag, attempts int) *diag.Diag {
	if d == nil || !diag.Retryable(d) || attempts >= p.Attempts {
		return d.Tried(attempts)
	}
	due := time.NewTimer(p.wait(attempts))
	defer due.Stop()
	select {
	case <-due.C:
		return nil
	case <-p.drain:
		// A stop wins over patience: the item is not failed, it is not done, and
		// the next run takes it up.
		return diag.New(diag.Stopped, "stopped while stage %q waited to try again: %w", p.stage, d.Tried(attempts))
	case <-p.ctx.Done():
		return stopped(p.ctx, p.stage)
	}
}

func (r *running) patience(n Node) patience {
	return patience{Retry: n.Retry, stage: n.Name, ctx: r.ctx, drain: r.Drain}
}

// process runs the stage over one item, again while that is worth it, and says
// why the item ends here, if it does.
func (n *node) process(it *asset.Item) *diag.Diag {
	for attempts := 1; ; attempts++ {
		d := n.try(it)
		if d == nil {
			return nil
		}
		if d = n.patience.again(d, attempts); d != nil {
			return d
		}
	}
}

// persist commits a batch, and those of its items again for which that is worth
// it: these are prepared anew, because a commit leaves nothing of what failed.
func (c *committer) persist(batch []*asset.Item) []*diag.Diag {
	ends := c.commit(batch)
	at := make([]int, 0, len(batch)) // places in the batch that may be tried again
	for i, d := range ends {
		if d != nil {
			at = append(at, i)
		}
	}
	for attempts := 1; len(at) > 0; attempts++ {
		at = c.waitFor(ends, at, attempts)
		var items []*asset.Item
		var places []int
		for _, i := range at {
			if ends[i] = c.prepare(batch[i]); ends[i] == nil {
				items, places = append(items, batch[i]), append(places, i)
			}
		}
		for n, d := range c.commit(items) {
			ends[places[n]] = d
		}
		at = failedOf(ends, at)
	}
	return ends
}

// waitFor waits once for all items that are worth another attempt and gives
// their places; the ends of the others are final.
func (c *committer) waitFor(ends []*diag.Diag, at []int, attempts int) []int {
	var again []int
	waited := false
	for _, i := range at {
		if waited && diag.Retryable(ends[i]) && c.ctx.Err() == nil {
			again = append(again, i)
			continue
		}
		worth := diag.Retryable(ends[i])
		d := c.patience.again(ends[i], attempts)
		if d != nil {
			ends[i] = d
			continue
		}
		waited = waited || worth
		again = append(again, i)
	}
	return again
}

// failedOf gives those of the places whose items have not come through.
func failedOf(ends []*diag.Diag, at []int) []int {
	var failed []int
	for _, i := range at {
		if ends[i] != nil {
			failed = append(failed, i)
		}
	}
	return failed
}
