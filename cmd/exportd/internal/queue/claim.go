package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// ErrLost says that a claim is not this worker's any more: somebody has taken
// the unit over, or it was withdrawn. Nothing of it may be changed.
var ErrLost = errors.New("the unit was taken over by another worker, or withdrawn")

// holder is what the claim's key holds.
type holder struct {
	Worker  string `json:"worker"`
	Attempt int    `json:"attempt"` // from 1
	Toll    int    `json:"toll"`    // of deaths in a row without getting on
	Pages   int    `json:"pages"`   // of the unit when this attempt began
	Flying  []int  `json:"flying,omitempty"`
	// Suspects is the toll of assets that were known to be in flight, by their
	// places in the job.
	Suspects map[int]int `json:"suspects,omitempty"`
	Since    time.Time   `json:"since"`
	// Reply is where the unit is acknowledged, or refused in the name of a worker
	// that has died.
	Reply string `json:"reply"`
	// Released is set when the worker gave the unit back by itself, and Orphaned
	// when the daemon has died, and the worker with it.
	Released bool `json:"released,omitempty"`
	Orphaned bool `json:"orphaned,omitempty"`
}

// What a death weighs: that of a worker alone is the unit's fault more likely than
// that of a worker whose daemon has died.
const (
	WorkerDied = 3
	DaemonDied = 1
)

// Claim is a unit in the hands of a worker. It is not safe for concurrent use,
// but for [Claim.Beat].
type Claim struct {
	Job, Unit string
	Data      []byte
	Attempt   int
	// Toll sums up the deaths on the unit in a row without getting on, each with
	// its weight, and Suspects those of assets that were known to be in flight, by
	// their places in the job.
	Toll     int
	Suspects map[int]int
	// Pages are what earlier attempts have reported, in order; Ended is set when
	// the last of them ends the unit, so that only the acknowledgement is missing.
	Pages [][]byte
	Ended bool

	q     *Queue
	msg   jetstream.Msg
	now   holder
	fence uint64 // the claim's revision
	chain uint64 // the unit's last page
}

// Fence is the claim's revision: it tells this attempt from all others.
func (c *Claim) Fence() uint64 { return c.fence }

// Claim waits up to patience for a unit and claims it; nil when there is none.
func (q *Queue) Claim(ctx context.Context, patience time.Duration) (*Claim, error) {
	consumer, err := q.work.Consumer(ctx, workers)
	if err != nil {
		return nil, q.failed("find the workers' consumer", err)
	}
	batch, err := consumer.Fetch(1, jetstream.FetchMaxWait(patience))
	if err != nil {
		return nil, q.failed("ask for a unit", err)
	}
	msg, ok := <-batch.Messages()
	if !ok {
		if err := batch.Error(); err != nil {
			return nil, q.failed("ask for a unit", err)
		}
		return nil, ctx.Err()
	}
	job, unit := split(msg.Subject())
	c := &Claim{Job: job, Unit: unit, Data: msg.Data(), q: q, msg: msg}
	if err := c.take(ctx); err != nil {
		return nil, errors.Join(err, msg.Nak())
	}
	return c, nil
}

// take is steps 1 and 2 of the commit.
func (c *Claim) take(ctx context.Context) error {
	before, revision, err := c.read(ctx)
	if err != nil {
		return err
	}
	if err := c.readPages(ctx); err != nil {
		return err
	}
	c.now = holder{Worker: c.q.cfg.Name, Attempt: before.Attempt + 1, Since: time.Now().UTC(), Pages: len(c.Pages), Reply: c.msg.Reply()}
	c.now.Suspects = before.Suspects
	if before.Attempt > 0 && !before.Released {
		c.now.died(before, len(c.Pages))
	}
	if err := c.write(ctx, revision); err != nil {
		return err
	}
	c.Attempt, c.Toll, c.Suspects = c.now.Attempt, c.now.Toll, c.now.Suspects
	if c.Attempt == 1 || c.Ended {
		return nil
	}
	// From here on the worker before cannot add a page.
	return c.add(ctx, nil, false)
}

// died counts the death of the holder before, when the unit has so many pages now.
func (h *holder) died(before holder, pages int) {
	weight := WorkerDied
	if before.Orphaned {
		weight = DaemonDied
	}
	h.Toll = weight
	if pages <= before.Pages {
		h.Toll += before.Toll
	}
	for _, seq := range before.Flying {
		if h.Suspects == nil {
			h.Suspects = map[int]int{}
		}
		h.Suspects[seq] += weight
	}
}

func (c *Claim) read(ctx context.Context) (h holder, revision uint64, err error) {
	entry, err := c.q.claims.Get(ctx, claimKey(c.Job, c.Unit))
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return h, 0, nil
	}
	if err != nil {
		return h, 0, c.q.failed("read a claim", err)
	}
	if err := json.Unmarshal(entry.Value(), &h); err != nil {
		return h, 0, fmt.Errorf("read a claim: %w", err)
	}
	return h, entry.Revision(), nil
}

// write puts the claim in place of the one with a revision, 0 for none.
func (c *Claim) write(ctx context.Context, revision uint64) error {
	text, err := json.Marshal(c.now)
	if err != nil {
		return err
	}
	if revision == 0 {
		c.fence, err = c.q.claims.Create(ctx, claimKey(c.Job, c.Unit), text)
	} else {
		c.fence, err = c.q.claims.Update(ctx, claimKey(c.Job, c.Unit), text, revision)
	}
	switch {
	case err == nil:
		return nil
	case conflict(err), errors.Is(err, jetstream.ErrKeyExists):
		return ErrLost
	}
	return c.q.failed("claim a unit", err)
}

// readPages reads the unit's chain.
func (c *Claim) readPages(ctx context.Context) error {
	subject := resultSubject(c.Job, c.Unit)
	for {
		m, err := c.q.result.GetMsg(ctx, c.chain+1, jetstream.WithGetMsgSubject(subject))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return nil
		}
		if err != nil {
			return c.q.failed("read what was done of a unit", err)
		}
		c.chain = m.Sequence
		if len(m.Data) > 0 {
			c.Pages = append(c.Pages, m.Data)
		}
		c.Ended = m.Header.Get(endHeader) != ""
	}
}

// Held says whether the unit is still this worker's; [ErrLost] when it is not.
func (c *Claim) Held(ctx context.Context) error {
	_, revision, err := c.read(ctx)
	if err == nil && revision != c.fence {
		return ErrLost
	}
	return err
}

// Beat is the sign of life that keeps the claim. It may be called at any time.
func (c *Claim) Beat() error { return c.msg.InProgress() }

// Begin notes which assets are in flight, so that a death has a name.
func (c *Claim) Begin(ctx context.Context, flying ...int) error {
	c.now.Flying = flying
	return c.write(ctx, c.fence)
}

// Page reports what became of some assets. It is stored when Page returns.
func (c *Claim) Page(ctx context.Context, data []byte) error { return c.add(ctx, data, false) }

// End ends the unit with a last page.
func (c *Claim) End(ctx context.Context, data []byte) error { return c.add(ctx, data, true) }

// Acknowledge takes a unit that has ended out of the queue.
func (c *Claim) Acknowledge(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := c.msg.DoubleAck(ctx); err != nil {
		return c.q.failed("acknowledge a unit", err)
	}
	return nil
}

// Release gives the unit back, for anybody to take up after a delay. What was
// reported stays.
func (c *Claim) Release(ctx context.Context, delay time.Duration) error {
	c.now.Released, c.now.Flying, c.now.Toll = true, nil, 0
	if err := c.write(ctx, c.fence); err != nil {
		return err
	}
	if err := c.msg.NakWithDelay(delay); err != nil {
		return c.q.failed("give a unit back", err)
	}
	return nil
}
