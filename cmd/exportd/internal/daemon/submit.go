package daemon

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/job"
)

// Submission is a job that comes in.
type Submission struct {
	Job      []byte    // TOML, or JSON
	Handles  io.Reader // one a line; nil when they stand in the job
	Pipeline Pipeline
	Company  string
	User     string
	Roles    []string
	Priority int
}

// spare is what must be free on the disk of the state besides a request, in bytes.
const spare = 64 << 20

// Submit accepts a job: it is checked, compiled and stored, and only then has an
// id. The warnings of the compiler come along.
func (d *Daemon) Submit(ctx context.Context, s Submission) (Record, diag.List, error) {
	if free := room(d.Config.Config.Daemon.State); free >= 0 && free < spare {
		return Record{}, nil, diag.New(diag.StateFull, "%d MB are free on the disk of %s, and %d are kept for jobs on their way", free>>20, d.Config.Config.Daemon.State, spare>>20)
	}
	id := ulid.Make().String()
	dir, err := d.store.begin(id)
	if err != nil {
		return Record{}, nil, err
	}
	request, notes, err := d.receive(dir, id, s)
	if err == nil {
		d.Failpoint(StepReceived)
		err = d.store.accept(dir, request)
	}
	if err != nil {
		return Record{}, nil, errors.Join(err, os.RemoveAll(dir))
	}
	d.Failpoint(StepStored)
	r := recordOf(request)
	if err := d.put(ctx, r); err != nil {
		// The job is safe: the next start finds it. But nobody was told its id.
		return Record{}, nil, errors.Join(err, d.store.remove(id))
	}
	d.tell(id, "", Queued)
	r, _ = d.record(id)
	return r, notes, nil
}

// recordOf is the record of a job that waits for its turn.
func recordOf(r *Request) Record {
	return Record{
		ID: r.ID, Name: r.Job.Name, State: Queued, Company: r.Company, User: r.User, Pipeline: r.Pipeline,
		Priority: r.Priority, Created: r.Created,
	}
}

// receive checks and compiles what comes in, and writes its files.
func (d *Daemon) receive(dir, id string, s Submission) (*Request, diag.List, error) {
	handles := filepath.Join(dir, handlesFile)
	sent := ""
	if s.Handles != nil {
		if err := copyHandles(handles, s.Handles); err != nil {
			return nil, nil, err
		}
		sent = handles
	}
	j, err := job.ParseRequest("job", s.Job, sent)
	if err != nil {
		return nil, nil, err
	}
	if s.Handles == nil {
		if err := writeHandles(handles, j.Handles); err != nil {
			return nil, nil, err
		}
		j.HandleFile, j.Handles = handles, nil
	}
	p, notes, err := d.Compile(j, s.Pipeline)
	if err != nil {
		return nil, nil, err
	}
	if err := os.WriteFile(filepath.Join(dir, planFile), p.TOML(), 0o600); err != nil {
		return nil, nil, stateError("store a job's plan", err)
	}
	return &Request{
		ID: id, Created: time.Now().UTC().Truncate(time.Millisecond), Company: s.Company, User: s.User, Roles: s.Roles,
		Pipeline: s.Pipeline.Name, Priority: s.Priority,
		Job: jobText{Name: j.Name, Format: j.Format, Modifier: j.Modifier, Macro: j.Macro, EmailSetting: j.EmailSetting, ClientID: j.ClientID},
	}, notes, nil
}

// copyHandles writes handles as they come, whatever their number.
func copyHandles(path string, from io.Reader) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return stateError("store a job's handles", err)
	}
	w := bufio.NewWriterSize(f, 256<<10)
	if _, err := io.Copy(w, from); err != nil {
		return errors.Join(stateError("store a job's handles", err), f.Close())
	}
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		return stateError("store a job's handles", err)
	}
	return nil
}
