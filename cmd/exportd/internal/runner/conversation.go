package runner

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/exportd/exportd/engine/diag"
)

// conversation is the talk with one child, in one goroutine.
type conversation struct {
	*supervisor
	process *process

	alone    bool // one suspect at a time
	ready    bool
	closed   bool // end has been sent
	bye      bool
	progress bool
	started  int            // tasks this child was given
	killed   map[int]string // the stage in which an asset was overdue, by seq
}

// run talks until the child's events end. It returns errors of the run itself;
// a dead child is no error here.
func (c *conversation) run(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	drain := c.drain
	for {
		if err := c.feed(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			c.stopping = true
			c.process.kill()
			for e := range c.process.events { // what was done before counts
				if err := c.handle(e); err != nil {
					return err
				}
			}
			c.bye = true
			return nil
		case <-drain:
			c.stopping, drain = true, nil
			c.queue, c.suspects = nil, nil
			if c.ready {
				_ = c.process.orders.send(order{Stop: true}) // a dead child is seen by its events
			}
		case e, ok := <-c.process.events:
			if !ok {
				return nil
			}
			if err := c.handle(e); err != nil {
				return err
			}
		case <-tick.C:
			c.watch()
		}
	}
}

// handle takes one event.
func (c *conversation) handle(e event) error {
	switch {
	case e.Ready:
		c.ready = true
	case e.Refuse != nil:
		d := diag.New(diag.Code(e.Refuse.Code), "%s", e.Refuse.Message)
		d.Hint = e.Refuse.Hint
		return d
	case e.Enter != nil:
		if t := c.sent[e.Enter.Seq]; t != nil {
			if t.inside == nil {
				t.inside = map[string]time.Time{}
			}
			t.inside[e.Enter.Stage], t.begun = time.Now(), e.Enter.Stage
		}
	case e.Leave != nil:
		if t := c.sent[e.Leave.Seq]; t != nil {
			delete(t.inside, e.Leave.Stage)
		}
	case e.Probe != nil:
		if c.on.Probe != nil {
			c.on.Probe(*e.Probe)
		}
	case e.Branch != nil:
		return c.on.Branch(*e.Branch)
	case e.Done != nil:
		delete(c.sent, e.Done.Seq)
		c.progress = true
		return c.on.Done(*e.Done)
	case e.Log != nil:
		e.Log.tell(c.cfg.Log)
	case e.Fence:
		v := &verdict{}
		if err := c.on.Fence(); err != nil {
			v.Refused = err.Error()
		}
		_ = c.process.orders.send(order{Fence: v}) // a dead child is seen by its events
	case e.Bye:
		c.bye = true
		_ = c.process.stdin.Close() // that it was heard; the child waits for it
	}
	return nil
}

// feed sends what the child may have now, and end when there is no more for it.
func (c *conversation) feed() error {
	for c.ready && !c.closed {
		t, err := c.choose()
		if err != nil {
			return err
		}
		if t == nil {
			if c.over() {
				c.closed = true
				_ = c.process.orders.send(order{End: true}) // a dead child is seen by its events
			}
			return nil
		}
		c.sent[t.Seq] = t
		c.started++
		if err := c.process.orders.send(order{Task: &t.Task}); err != nil {
			return nil //nolint:nilerr // the child is dying; its events will end
		}
	}
	return nil
}

// choose takes the next task for this child, nil when none may be sent now.
func (c *conversation) choose() (*sentTask, error) {
	switch {
	case c.stopping || c.worn():
		return nil, nil
	case c.alone:
		if len(c.sent) > 0 || len(c.suspects) == 0 {
			return nil, nil
		}
		t := c.suspects[0]
		c.suspects = c.suspects[1:]
		return t, nil
	case len(c.sent) >= window, c.cfg.Alone && len(c.sent) > 0:
		return nil, nil
	case len(c.queue) > 0:
		t := c.queue[0]
		c.queue = c.queue[1:]
		return t, nil
	case c.ended:
		return nil, nil
	}
	t, ok, err := c.next()
	if err != nil || !ok {
		c.ended = true
		return nil, err
	}
	return &sentTask{Task: t}, nil
}

// over reports whether this child will get no further task.
func (c *conversation) over() bool {
	switch {
	case c.stopping || c.worn():
		return true
	case c.alone:
		return len(c.suspects) == 0 && len(c.sent) == 0
	}
	return c.ended && len(c.queue) == 0
}

// worn reports whether the child has done its share.
func (c *conversation) worn() bool {
	if c.cfg.MaxTasks > 0 && c.started >= c.cfg.MaxTasks {
		return true
	}
	return c.cfg.MaxRSS > 0 && c.started > 0 && c.started%32 == 0 && c.process.rss() > c.cfg.MaxRSS
}

// watch kills a child whose codec ignores its deadline.
func (c *conversation) watch() {
	for _, t := range c.sent {
		for name, since := range t.inside {
			if limit := c.cfg.Setup.timeout(name); limit > 0 && time.Since(since) > limit+c.cfg.Grace {
				if c.killed == nil {
					c.killed = map[int]string{}
				}
				c.killed[t.Seq] = name
				fmt.Fprintf(c.process.tail, "killed: over %s in one stage\n", limit)
				c.process.kill()
			}
		}
	}
}

// tasks lists what the child has not finished, in job order.
func (c *conversation) tasks() []*sentTask {
	return slices.SortedFunc(maps.Values(c.sent), func(a, b *sentTask) int { return a.Seq - b.Seq })
}
