package export

import (
	"cmp"
	"errors"
	"io"
	"slices"

	"github.com/exportd/exportd/cmd/exportd/internal/runner"
	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/planning"
	"github.com/exportd/exportd/engine/report"
)

// todo walks the planned assets and leaves out what is done.
type todo struct {
	*exporter
	entries *entries
	done    int
}

func (e *exporter) openTodo() (*todo, error) {
	open, err := openEntries(e.state)
	if err != nil {
		return nil, err
	}
	t := &todo{exporter: e, entries: open}
	if e.journal.Totals().Total > 0 {
		// Count what is done before showing a bar that starts in the middle.
		if err := t.count(); err != nil {
			return nil, errors.Join(err, open.file.Close())
		}
	}
	return t, nil
}

// count counts the assets that an earlier run has done, and rewinds.
func (t *todo) count() error {
	for {
		entry, err := t.entries.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		ok, err := t.isDone(entry)
		if err != nil {
			return err
		}
		if ok {
			t.done++
		}
	}
	t.entries.close()
	again, err := openEntries(t.state)
	t.entries = again
	return err
}

// next gives the next asset that has to be done.
func (t *todo) next() (runner.Task, bool, error) {
	for !t.stopped() {
		entry, err := t.entries.next()
		if errors.Is(err, io.EOF) {
			return runner.Task{}, false, nil
		}
		if err != nil {
			return runner.Task{}, false, err
		}
		ok, err := t.replay.takes(entry)
		if err != nil {
			return runner.Task{}, false, err
		}
		if !ok {
			continue
		}
		task, needed, err := t.task(entry)
		if err == nil && needed {
			err = t.begin(entry.Seq)
		}
		if err != nil || needed {
			return task, err == nil, err
		}
	}
	return runner.Task{}, false, nil
}

// begin tells who wants to know that an asset is about to be exported.
func (t *todo) begin(seq int) error {
	if t.unit == nil || t.unit.Begin == nil {
		return nil
	}
	return t.unit.Begin(seq)
}

// task makes the task of an entry, or ends an asset that needs none.
func (t *todo) task(entry planning.Entry) (_ runner.Task, needed bool, err error) {
	f, needed, err := t.open(entry)
	if err != nil || !needed {
		return runner.Task{}, false, err
	}
	return runner.Task{Seq: entry.Seq, Asset: entry.Asset, Names: entry.Names(), Done: f.done()}, true, nil
}

// open begins an asset, or ends one of which nothing is left to do.
func (e *exporter) open(entry planning.Entry) (f *flight, needed bool, err error) {
	if d := entry.Diag(); d != nil {
		e.flying[entry.Seq] = &flight{entry: entry}
		return nil, false, e.asset(report.AssetLine{Seq: entry.Seq, Handle: entry.Handle, Outcome: report.Failed, Code: d.Code, Message: d.Message, Hint: d.Hint})
	}
	delivered, whole, err := e.delivered(entry)
	if err != nil {
		return nil, false, err
	}
	outcome, ended := e.journal.Asset(entry.Seq)
	if whole && ended && outcome != report.Failed {
		return nil, false, nil
	}
	f = &flight{entry: entry, before: delivered}
	e.flying[entry.Seq] = f
	if !ended && len(delivered) > 0 && len(delivered) == len(entry.Files) {
		// Everything was delivered, and the asset's own line is all that a crash
		// has left out.
		return nil, false, e.asset(report.AssetLine{Seq: entry.Seq, Handle: entry.Handle, Outcome: report.Exported})
	}
	return f, true, nil
}

// isDone reports whether an earlier run has exported or skipped the asset as it
// is planned now, and what it delivered is still there.
func (t *todo) isDone(entry planning.Entry) (bool, error) {
	outcome, ended := t.journal.Asset(entry.Seq)
	if !ended || outcome == report.Failed {
		return false, nil
	}
	_, whole, err := t.delivered(entry)
	return whole, err
}

// delivered lists what earlier runs have delivered of an asset under the names
// that are planned now, as far as it is still there; whole says that all is.
func (e *exporter) delivered(entry planning.Entry) (lines []report.BranchLine, whole bool, err error) {
	all, err := e.journal.Branches(entry.Seq)
	if err != nil {
		return nil, false, err
	}
	whole = true
	names := entry.Names()
	for _, l := range all {
		if l.Outcome != report.Exported || l.Delivered == nil {
			continue
		}
		held := names[asset.NameKey(l.Delivered.Stage, l.Delivered.Rendition)] == l.Delivered.Name
		if to := e.targets.Of(l.Delivered.Stage); held && to != nil {
			if held, err = to.Holds(e.ctx, l.Delivered); err != nil {
				return nil, false, err
			}
		}
		if held {
			lines = append(lines, l)
		} else {
			whole = false
		}
	}
	return lines, whole, nil
}

// flight is what the run knows of an asset between its task and its end.
type flight struct {
	entry  planning.Entry
	before []report.BranchLine // delivered by earlier runs, not taken again
	failed []report.BranchLine // in this run
}

// fail keeps how a branch failed. An asset that comes back after its codec died
// reports its branches once more.
func (f *flight) fail(line report.BranchLine) {
	same := func(l report.BranchLine) bool { return l.Branch() == line.Branch() }
	f.failed = append(slices.DeleteFunc(f.failed, same), line)
}

// done gives the keys of the branches that are not taken again.
func (f *flight) done() []string {
	var keys []string
	for _, l := range f.before {
		keys = append(keys, asset.NameKey(l.Delivered.Stage, l.Delivered.Rendition))
	}
	return keys
}

// complete adds to an asset's line what only the branches of earlier runs know,
// so that it says what it would have said without an interruption, and orders its
// notes: branches that run side by side make theirs in any order.
func (f *flight) complete(line *report.AssetLine) {
	for _, b := range f.before {
		if line.SourceSHA256 == "" {
			line.SourceSHA256 = b.SourceSHA256
		}
		for _, n := range b.Notes {
			same := func(m *diag.Diag) bool { return m.Code == n.Code && m.Message == n.Message }
			if !slices.ContainsFunc(line.Notes, same) {
				line.Notes.Add(n)
			}
		}
	}
	slices.SortFunc(line.Notes, func(a, b *diag.Diag) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message))
	})
}
