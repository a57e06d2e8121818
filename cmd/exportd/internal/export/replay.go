package export

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/planning"
	"github.com/exportd/exportd/stages/deadletter"
)

// replay are the assets of a dead letter that run again, and no others; nil is
// all that are not done.
type replay map[int]asset.Handle

// readReplay reads a dead letter, the list or its folder. It must be of the same
// job and plan; lines may have been taken out of it.
func (e *exporter) readReplay(path string) (replay, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, deadletter.ListName)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, diag.New(diag.Replay, "open the dead letter: %w", err)
	}
	defer f.Close()
	found := replay{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, maxEntry)
	for n := 1; lines.Scan(); n++ {
		at := diag.Place{File: path, Line: n, Column: 1}
		var l Letter
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			return nil, diag.New(diag.Replay, "this is no line of a dead letter: %w", err).At(at)
		}
		if l.Job != e.ID {
			return nil, diag.New(diag.Replay, "this line is of the run %q, and this is %s", l.Job, e.ID).At(at).
				WithHint("replay it with the job, the pipeline and the configuration it came from")
		}
		found[l.Seq] = l.Handle
	}
	if err := lines.Err(); err != nil {
		return nil, diag.New(diag.Replay, "read the dead letter: %w", err)
	}
	return found, nil
}

// prepareReplay reads the dead letter that is to be replayed. A run that has not
// finished has no use for one: it takes up what failed by itself.
func (e *exporter) prepareReplay() (err error) {
	if e.Replay == "" {
		return nil
	}
	if e.replay, err = e.readReplay(e.Replay); err != nil {
		return err
	}
	if e.journal.Totals().Total < e.total {
		return diag.New(diag.Replay, "this run has not finished").WithHint("run the same command without --replay: it takes up what failed as well")
	}
	return nil
}

// takes reports whether an entry may run.
func (r replay) takes(entry planning.Entry) (bool, error) {
	if r == nil {
		return true, nil
	}
	handle, ok := r[entry.Seq]
	if ok && handle != entry.Handle {
		return false, diag.New(diag.Replay, "asset %d of the job is %q, and in the dead letter %q", entry.Seq, entry.Handle, handle)
	}
	return ok, nil
}
