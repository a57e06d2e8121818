package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/exportd/exportd/cmd/exportd/internal/queue"
)

// learn takes up a record that the queue has.
func (d *Daemon) learn(r queue.Record) error {
	var record Record
	if err := json.Unmarshal(r.Value, &record); err != nil {
		return fmt.Errorf("the record of %s: %w", r.Key, err)
	}
	record.revision = r.Revision
	d.mu.Lock()
	defer d.mu.Unlock()
	d.records[r.Key] = record
	return nil
}

// record gives what is known of a job.
func (d *Daemon) record(id string) (Record, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	r, ok := d.records[id]
	return r, ok
}

// put stores a record in place of the one whose revision it carries, and makes it
// known.
func (d *Daemon) put(ctx context.Context, r Record) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	revision, err := d.queue.PutJob(ctx, r.ID, text, r.revision)
	if err != nil {
		return err
	}
	r.revision = revision
	if err := d.store.writeRecord(r); err != nil {
		d.Log.Warn("the copy of a job's record", "job", r.ID, "error", err)
	}
	d.mu.Lock()
	if d.records[r.ID].revision < revision {
		d.records[r.ID] = r
	}
	d.mu.Unlock()
	return nil
}

// change changes a record by compare-and-set: f is called again when somebody
// else was faster.
func (d *Daemon) change(ctx context.Context, id string, f func(*Record) error) (Record, error) {
	for {
		r, ok := d.record(id)
		if !ok {
			return r, unknown(id)
		}
		was := r.State
		if err := f(&r); err != nil {
			return r, err
		}
		if r.State != was && !was.To(r.State) {
			return r, fmt.Errorf("a job cannot go from %s to %s", was, r.State)
		}
		err := d.put(ctx, r)
		if errors.Is(err, queue.ErrConflict) {
			if err := d.reread(ctx, id); err != nil {
				return r, err
			}
			continue
		}
		if err == nil {
			r, _ = d.record(id)
			d.tell(id, was, r.State)
		}
		return r, err
	}
}

// reread takes up what somebody else has written.
func (d *Daemon) reread(ctx context.Context, id string) error {
	r, err := d.queue.Job(ctx, id)
	if err != nil {
		return err
	}
	return d.learn(r)
}

// tell lets the job's carrier and the log know of a change.
func (d *Daemon) tell(id string, was, now State) {
	d.mu.Lock()
	c := d.carriers[id]
	d.mu.Unlock()
	if was != now {
		d.Log.Info("job", "job", id, "state", now)
		d.logState(id, now)
	}
	if c != nil {
		c.poke()
	}
	d.admit()
}

// logState writes a change of state into the job's log.
func (d *Daemon) logState(id string, now State) {
	log, err := openLog(d.store.path(id, logFile), func() { d.more(id) })
	if err != nil {
		return // a log is no proof of anything
	}
	defer log.close()
	log.add(Entry{Kind: "state", State: now})
}

// live changes what is only known here: counts, trouble. It is not stored, for the
// journal knows better.
func (d *Daemon) live(id string, f func(*Record)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if r, ok := d.records[id]; ok {
		ended := r.Counts.Total
		f(&r)
		if r.Counts.Total > ended {
			d.finished = time.Now()
		}
		d.records[id] = r
	}
}

// Filter says which jobs are listed.
type Filter struct {
	Company *string // nil for all
	States  []State // none for all
	Before  string  // jobs older than this one; "" begins with the newest
	Limit   int     // at most so many; 0 for all
}

// List gives jobs, the newest first.
func (d *Daemon) List(f Filter) []Record {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []Record
	for _, r := range d.records {
		if f.Company != nil && r.Company != *f.Company || len(f.States) > 0 && !slices.Contains(f.States, r.State) || f.Before != "" && r.ID >= f.Before {
			continue
		}
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b Record) int { return strings.Compare(b.ID, a.ID) })
	if f.Limit > 0 && len(all) > f.Limit {
		all = all[:f.Limit]
	}
	return all
}

// Job gives one job; E-JOB-UNKNOWN when there is none.
func (d *Daemon) Job(id string) (Record, error) {
	r, ok := d.record(id)
	if !ok {
		return r, unknown(id)
	}
	return r, nil
}
