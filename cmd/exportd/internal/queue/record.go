package queue

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/exportd/exportd/engine/diag"
)

// ErrConflict says that a record was changed by somebody else meanwhile.
var ErrConflict = errors.New("the record was changed meanwhile")

// ErrNoRecord says that there is none.
var ErrNoRecord = errors.New("no such record")

// Record is a stored value with its revision.
type Record struct {
	Key      string
	Value    []byte // nil when it was removed
	Revision uint64
}

// Job reads the record of a job.
func (q *Queue) Job(ctx context.Context, id string) (Record, error) {
	entry, err := q.jobs.Get(ctx, id)
	if errors.Is(err, jetstream.ErrKeyNotFound) || errors.Is(err, jetstream.ErrInvalidKey) {
		return Record{}, ErrNoRecord
	}
	if err != nil {
		return Record{}, q.failed("read a job's record", err)
	}
	return Record{Key: id, Value: entry.Value(), Revision: entry.Revision()}, nil
}

// PutJob writes the record of a job in place of the one with a revision, 0 for
// none; [ErrConflict] when that is not the last one.
func (q *Queue) PutJob(ctx context.Context, id string, value []byte, revision uint64) (uint64, error) {
	var err error
	if revision == 0 {
		revision, err = q.jobs.Create(ctx, id, value)
	} else {
		revision, err = q.jobs.Update(ctx, id, value, revision)
	}
	switch {
	case err == nil:
		return revision, nil
	case conflict(err), errors.Is(err, jetstream.ErrKeyExists):
		return 0, ErrConflict
	}
	return 0, q.failed("write a job's record", err)
}

// WatchJobs gives every change of a job's record until ctx ends; all has it begin
// with every record that is there.
func (q *Queue) WatchJobs(ctx context.Context, all bool, yield func(Record)) error {
	var options []jetstream.WatchOpt
	if !all {
		options = append(options, jetstream.UpdatesOnly())
	}
	w, err := q.jobs.WatchAll(ctx, options...)
	if err != nil {
		return q.failed("watch jobs", err)
	}
	defer func() { _ = w.Stop() }()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case e, ok := <-w.Updates():
			switch {
			case !ok:
				return ctx.Err()
			case e == nil: // all that were there have been given
			case e.Operation() == jetstream.KeyValuePut:
				yield(Record{Key: e.Key(), Value: e.Value(), Revision: e.Revision()})
			default:
				yield(Record{Key: e.Key(), Revision: e.Revision()})
			}
		}
	}
}

// EachJob gives every record there is.
func (q *Queue) EachJob(ctx context.Context, yield func(Record) error) error {
	w, err := q.jobs.WatchAll(ctx, jetstream.IgnoreDeletes())
	if err != nil {
		return q.failed("list jobs", err)
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
			if err := yield(Record{Key: e.Key(), Value: e.Value(), Revision: e.Revision()}); err != nil {
				return err
			}
		}
	}
}

// PutPlan stores the plan of a job, compressed.
func (q *Queue) PutPlan(ctx context.Context, job string, text []byte) error {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(text)
	if err = errors.Join(err, w.Close()); err != nil {
		return err
	}
	if b.Len() > maxSize-1024 {
		return diag.New(diag.FileSize, "the plan has %d bytes when compressed, allowed is 1 MiB", b.Len()).WithHint("divide the pipeline")
	}
	if _, err := q.plans.Put(ctx, job, b.Bytes()); err != nil {
		return q.failed("store a plan", err)
	}
	return nil
}

// Plan reads the plan of a job; [ErrNoRecord] when the job is gone.
func (q *Queue) Plan(ctx context.Context, job string) ([]byte, error) {
	entry, err := q.plans.Get(ctx, job)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return nil, ErrNoRecord
	}
	if err != nil {
		return nil, q.failed("read a plan", err)
	}
	r, err := gzip.NewReader(bytes.NewReader(entry.Value()))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(r, 64<<20))
}

// Bury puts a unit's dead into the dead letter.
func (q *Queue) Bury(ctx context.Context, job, unit string, data []byte) error {
	if _, err := q.js.Publish(ctx, "dead."+job+"."+unit, data); err != nil {
		return q.failed("write the dead letter", err)
	}
	return nil
}

// Buried gives the dead letters of a job.
func (q *Queue) Buried(ctx context.Context, job string, yield func(unit string, data []byte) error) error {
	units, err := q.subjects(ctx, q.dead, "dead."+job+".*")
	if err != nil {
		return err
	}
	for _, unit := range units {
		m, err := q.dead.GetLastMsgForSubject(ctx, "dead."+job+"."+unit)
		if err != nil {
			return q.failed("read the dead letter", err)
		}
		if err := yield(unit, m.Data); err != nil {
			return err
		}
	}
	return nil
}
