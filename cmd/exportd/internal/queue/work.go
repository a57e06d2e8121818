package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go/jetstream"
)

// The consumer from which all workers take units.
const workers = "WORKERS"

func workSubject(job, unit string) string   { return "work." + job + "." + unit }
func resultSubject(job, unit string) string { return "result." + job + "." + unit }
func claimKey(job, unit string) string      { return job + "." + unit }

// split takes job and unit out of a subject.
func split(subject string) (job, unit string) {
	parts := strings.SplitN(subject, ".", 3)
	if len(parts) != 3 {
		return "", ""
	}
	return parts[1], parts[2]
}

// Ready makes the consumer of the workers. With the server in this process every
// worker has ended with the daemon before it, so what they had claimed is given
// out again at once.
func (q *Queue) Ready(ctx context.Context) error {
	if q.server != nil {
		if err := q.work.DeleteConsumer(ctx, workers); err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
			return q.failed("forget old claims", err)
		}
		if err := q.orphan(ctx); err != nil {
			return err
		}
	}
	_, err := q.work.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
		Durable: workers, AckPolicy: jetstream.AckExplicitPolicy, AckWait: q.cfg.Hold, MaxDeliver: -1, MaxAckPending: 4096,
		MaxWaiting: 4096,
	})
	if err != nil {
		return q.failed("make the workers' consumer", err)
	}
	return nil
}

// orphan marks every claim as one of a worker that died with its daemon.
func (q *Queue) orphan(ctx context.Context) error {
	return q.eachClaim(ctx, "*.*", func(job, unit string, h holder) error {
		if h.Released || h.Orphaned {
			return nil
		}
		h.Orphaned = true
		text, err := json.Marshal(h)
		if err != nil {
			return err
		}
		if _, err := q.claims.Put(ctx, claimKey(job, unit), text); err != nil {
			return q.failed("mark an old claim", err)
		}
		return nil
	})
}

// Offer puts a unit up for the workers. A unit that is offered already stays as
// it is.
func (q *Queue) Offer(ctx context.Context, job, unit string, data []byte) error {
	_, err := q.js.Publish(ctx, workSubject(job, unit), data, jetstream.WithExpectLastSequencePerSubject(0))
	if err != nil && !conflict(err) {
		return q.failed("offer a unit", err)
	}
	return nil
}

// Offered lists the units of a job that are offered or claimed.
func (q *Queue) Offered(ctx context.Context, job string) ([]string, error) {
	return q.subjects(ctx, q.work, workSubject(job, "*"))
}

// Reported lists the units of a job that have pages.
func (q *Queue) Reported(ctx context.Context, job string) ([]string, error) {
	return q.subjects(ctx, q.result, resultSubject(job, "*"))
}

func (q *Queue) subjects(ctx context.Context, s jetstream.Stream, filter string) ([]string, error) {
	info, err := s.Info(ctx, jetstream.WithSubjectFilter(filter))
	if err != nil {
		return nil, q.failed("list units", err)
	}
	var units []string
	for subject := range info.State.Subjects {
		_, unit := split(subject)
		units = append(units, unit)
	}
	return units, nil
}

// Claimed lists the units of a job that a worker has.
func (q *Queue) Claimed(ctx context.Context, job string) (map[string]bool, error) {
	found := map[string]bool{}
	err := q.eachClaim(ctx, job+".*", func(_, unit string, h holder) error {
		if !h.Released {
			found[unit] = true
		}
		return nil
	})
	return found, err
}

// eachClaim gives the claims whose keys match.
func (q *Queue) eachClaim(ctx context.Context, keys string, yield func(job, unit string, h holder) error) error {
	w, err := q.claims.Watch(ctx, keys, jetstream.IgnoreDeletes())
	if err != nil {
		return q.failed("list claims", err)
	}
	defer func() { _ = w.Stop() }()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case e, ok := <-w.Updates():
			if !ok || e == nil {
				return nil
			}
			var h holder
			if err := json.Unmarshal(e.Value(), &h); err != nil {
				return fmt.Errorf("read a claim: %w", err)
			}
			job, unit, _ := strings.Cut(e.Key(), ".")
			if err := yield(job, unit, h); err != nil {
				return err
			}
		}
	}
}

// Demand says how many workers wait for a unit, and how many units nobody has
// claimed.
func (q *Queue) Demand(ctx context.Context) (waiting, unclaimed int, err error) {
	consumer, err := q.work.Consumer(ctx, workers)
	if err != nil {
		return 0, 0, q.failed("find the workers' consumer", err)
	}
	info := consumer.CachedInfo()
	return info.NumWaiting, int(info.NumPending), nil
}

// Withdraw takes all units of a job back, claimed ones too: their workers find
// out at the next question.
func (q *Queue) Withdraw(ctx context.Context, job string) error {
	if err := q.work.Purge(ctx, jetstream.WithPurgeSubject(workSubject(job, "*"))); err != nil {
		return q.failed("take units back", err)
	}
	return nil
}

// Settle lets go of a unit whose pages are durable in the job's journal.
func (q *Queue) Settle(ctx context.Context, job, unit string) error {
	for _, s := range []struct {
		stream  jetstream.Stream
		subject string
	}{{q.work, workSubject(job, unit)}, {q.result, resultSubject(job, unit)}} {
		if err := s.stream.Purge(ctx, jetstream.WithPurgeSubject(s.subject)); err != nil {
			return q.failed("let go of a unit", err)
		}
	}
	if err := q.claims.Purge(ctx, claimKey(job, unit)); err != nil {
		return q.failed("let go of a claim", err)
	}
	return nil
}

// Abandon gives out again at once what a worker had claimed that is known to be
// dead. Without it the unit comes back when its claim has run out.
func (q *Queue) Abandon(ctx context.Context, worker string) error {
	return q.eachClaim(ctx, "*.*", func(_, _ string, h holder) error {
		if h.Worker != worker || h.Released {
			return nil
		}
		if err := q.conn.Publish(h.Reply, []byte("-NAK")); err != nil {
			return q.failed("give out a dead worker's unit", err)
		}
		return nil
	})
}

// Clear removes the units, results and the plan of a job that has ended; its
// record and its dead letters stay.
func (q *Queue) Clear(ctx context.Context, job string) error {
	if err := q.Withdraw(ctx, job); err != nil {
		return err
	}
	if err := q.result.Purge(ctx, jetstream.WithPurgeSubject(resultSubject(job, "*"))); err != nil {
		return q.failed("forget results", err)
	}
	if err := q.purgeClaims(ctx, job); err != nil {
		return err
	}
	if err := q.plans.Purge(ctx, job); err != nil {
		return q.failed("forget a plan", err)
	}
	return nil
}

func (q *Queue) purgeClaims(ctx context.Context, job string) error {
	s, err := q.js.Stream(ctx, "KV_CLAIM")
	if err == nil {
		err = s.Purge(ctx, jetstream.WithPurgeSubject("$KV.CLAIM."+job+".*"))
	}
	if err != nil {
		return q.failed("forget claims", err)
	}
	return nil
}

// Forget removes everything that is stored of a job.
func (q *Queue) Forget(ctx context.Context, job string) error {
	if err := q.Clear(ctx, job); err != nil {
		return err
	}
	if err := q.dead.Purge(ctx, jetstream.WithPurgeSubject("dead."+job+".*")); err != nil {
		return q.failed("forget the dead letters of a job", err)
	}
	if err := q.jobs.Purge(ctx, job); err != nil {
		return q.failed("forget a job", err)
	}
	return nil
}

// conflict reports whether a compare-and-set was refused because somebody else
// was there before.
func conflict(err error) bool {
	var api *jetstream.APIError
	return errors.As(err, &api) && (api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence || api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant)
}
