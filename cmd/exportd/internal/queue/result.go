package queue

import (
	"context"
	"errors"
	"strconv"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// The headers of a page.
const (
	endHeader   = "Exportd-End"   // set on the page that ends the unit
	fenceHeader = "Exportd-Fence" // the claim's revision
)

// add appends a page to the unit's chain: it is refused when anybody else has
// added one since.
func (c *Claim) add(ctx context.Context, data []byte, end bool) error {
	m := nats.NewMsg(resultSubject(c.Job, c.Unit))
	m.Data = data
	m.Header.Set(fenceHeader, strconv.FormatUint(c.fence, 10))
	if end {
		m.Header.Set(endHeader, "1")
	}
	ack, err := c.q.js.PublishMsg(ctx, m, jetstream.WithExpectLastSequencePerSubject(c.chain))
	switch {
	case err == nil:
		c.chain = ack.Sequence
		return nil
	case conflict(err):
		return ErrLost
	}
	return c.q.failed("report results", err)
}

// Result is a page of a unit.
type Result struct {
	Job, Unit string
	Data      []byte // empty where a worker has taken the unit over
	Fence     uint64
	End       bool // the unit is done
}

// Pages reads what is stored of one unit.
func (q *Queue) Pages(ctx context.Context, job, unit string) ([]Result, error) {
	var all []Result
	for at := uint64(0); ; {
		m, err := q.result.GetMsg(ctx, at+1, jetstream.WithGetMsgSubject(resultSubject(job, unit)))
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			return all, nil
		}
		if err != nil {
			return nil, q.failed("read what was done of a unit", err)
		}
		at = m.Sequence
		all = append(all, resultOf(m.Subject, m.Header, m.Data))
	}
}

func resultOf(subject string, h nats.Header, data []byte) Result {
	r := Result{Data: data, End: h.Get(endHeader) != ""}
	r.Job, r.Unit = split(subject)
	r.Fence, _ = strconv.ParseUint(h.Get(fenceHeader), 10, 64)
	return r
}

// Results gives every page that is stored and then every new one, in their order,
// until ctx ends. An error of yield ends it too.
func (q *Queue) Results(ctx context.Context, yield func(Result) error) error {
	consumer, err := q.result.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{DeliverPolicy: jetstream.DeliverAllPolicy})
	if err != nil {
		return q.failed("read results", err)
	}
	messages, err := consumer.Messages()
	if err != nil {
		return q.failed("read results", err)
	}
	stop := context.AfterFunc(ctx, messages.Stop)
	defer stop()
	for {
		m, err := messages.Next()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, jetstream.ErrNoHeartbeat), errors.Is(err, jetstream.ErrOrderedConsumerReset):
			continue // the consumer makes itself anew
		case err != nil:
			return q.failed("read results", err)
		}
		if err := yield(resultOf(m.Subject(), m.Headers(), m.Data())); err != nil {
			return err
		}
	}
}
