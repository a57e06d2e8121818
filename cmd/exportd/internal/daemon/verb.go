package daemon

import (
	"context"
	"errors"
	"os"
	"path/filepath"
)

// Stop has a job end as soon as may be: what was delivered stays, and nothing
// claims to be finished.
func (d *Daemon) Stop(ctx context.Context, id string) (Record, error) {
	return d.change(ctx, id, func(r *Record) error {
		switch {
		case r.State == Queued:
			r.State = Cancelled
		case r.State == Cancelling:
		case r.State.To(Cancelling):
			r.State = Cancelling
		default:
			return cannot(*r, "stopped")
		}
		return nil
	})
}

// Pause gives out no further units of a job; those that are out are finished.
func (d *Daemon) Pause(ctx context.Context, id string) (Record, error) {
	return d.change(ctx, id, func(r *Record) error {
		if !r.State.To(Paused) && r.State != Paused {
			return cannot(*r, "paused")
		}
		r.State = Paused
		return nil
	})
}

// Resume lets a paused job go on.
func (d *Daemon) Resume(ctx context.Context, id string) (Record, error) {
	return d.change(ctx, id, func(r *Record) error {
		switch {
		case r.State != Paused:
			return cannot(*r, "resumed")
		case r.Assets > 0:
			r.State = Running
		default:
			r.State = Queued
		}
		return nil
	})
}

// Retry runs what has failed of a job that is over once more, and what was never
// run.
func (d *Daemon) Retry(ctx context.Context, id string) (Record, error) {
	return d.change(ctx, id, func(r *Record) error {
		switch {
		case !r.State.Over(), r.State == Done:
			return cannot(*r, "retried")
		}
		r.State, r.Error, r.Trouble, r.Manifest = Queued, nil, nil, ""
		r.Round++
		return nil
	})
}

// Delete removes a job that is over, with its log; and what it has delivered, if
// files is set.
func (d *Daemon) Delete(ctx context.Context, id string, files bool) error {
	r, ok := d.record(id)
	if !ok {
		return unknown(id)
	}
	d.mu.Lock()
	busy := d.carriers[id] != nil
	d.mu.Unlock()
	if !r.State.Over() || busy {
		return cannot(r, "deleted: stop it first")
	}
	if err := d.queue.Forget(ctx, id); err != nil {
		return err
	}
	// The request last: until it is gone the job can be found again.
	dir := d.outOf(id)
	err := os.RemoveAll(filepath.Join(dir, ".exportd"))
	if files {
		err = errors.Join(err, os.RemoveAll(dir))
	} else {
		_ = os.Remove(dir) // it stays when there are files in it
	}
	if err != nil {
		return stateError("remove the files of a job", err)
	}
	if err := d.store.remove(id); err != nil {
		return err
	}
	d.mu.Lock()
	delete(d.records, id)
	d.mu.Unlock()
	d.more(id)
	return nil
}
