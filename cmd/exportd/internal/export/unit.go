package export

import (
	"context"
	"errors"
	"os"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/planning"
	"github.com/exportd/exportd/engine/report"
)

// Unit is a part of a job that a worker exports for somebody else, who keeps the
// job's journal and writes its manifest; see [Home].
type Unit struct {
	Options
	// State is a private folder for this attempt, best below Dir: what is made
	// there has only to be renamed. It is removed at the end.
	State   string
	Entries []planning.Entry
	// Before are lines that the job's journal and earlier attempts have of these
	// assets, in their order.
	Before []report.Line
	// Keep hears every line once what it tells is durable.
	Keep func(report.Line) error
	// Begin is asked before each asset; it may be nil.
	Begin func(seq int) error
	// Fence says whether the unit is still this worker's, with an error when it
	// is not. It is asked between the barrier and the rename of a batch; it may be
	// nil.
	Fence func(context.Context) error
	// Lock is handed to the child, which holds it as long as it lives; it may be nil.
	Lock *os.File
	// Alone has one asset at a time in the child.
	Alone bool
}

// UnitEnd says how a unit ended.
type UnitEnd struct {
	// Halt is the trouble of the environment that stopped the unit early.
	Halt *diag.Diag
	// FailJob is set when an asset failed whose stage says fail-job.
	FailJob bool
	// Unfinished are the assets that have no outcome: the unit was stopped.
	Unfinished int
}

// RunUnit exports the assets of a unit that are not done. Errors are of the
// input or the environment, as with [Run].
func RunUnit(ctx context.Context, u Unit) (end UnitEnd, err error) {
	s, err := newUnitState(u.State)
	if err != nil {
		return end, err
	}
	if u.Failpoint == nil {
		u.Failpoint = func(string) {}
	}
	e := &exporter{Options: u.Options, ctx: ctx, state: s, stop: make(chan struct{}), flying: map[int]*flight{}, unit: &u, total: len(u.Entries)}
	defer func() {
		e.close()
		err = errors.Join(err, removeAll(u.State))
	}()
	if err := e.openUnit(); err != nil {
		return end, err
	}
	if err := e.openLetters(ctx); err != nil {
		return end, err
	}
	gentle, release := e.untilStopped(ctx)
	defer release()
	err = errors.Join(e.work(ctx, gentle.Done()), e.letters.close())
	return UnitEnd{Halt: e.halt, FailJob: e.failJob, Unfinished: e.total - e.journal.Totals().Total}, err
}

// newUnitState makes the folder of one attempt. Nobody else knows its name, so
// it has no lock of its own.
func newUnitState(dir string) (*state, error) {
	s := &state{dir: dir}
	if err := removeAll(dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(s.path(scratchDir), 0o755); err != nil {
		return nil, environment(err, "make the unit's folder")
	}
	return s, nil
}

func removeAll(dir string) error {
	if err := os.RemoveAll(dir); err != nil {
		return environment(err, "remove a unit's folder")
	}
	return nil
}

// openUnit makes a state of the unit's own that looks as a run's does which was
// killed: what is known of the assets is in its journal.
func (e *exporter) openUnit() (err error) {
	if e.targets, err = OpenTargets(e.Plan, e.env()); err != nil {
		return err
	}
	if err := writeEntries(e.state, e.unit.Entries); err != nil {
		return err
	}
	if e.journal, err = report.OpenJournal(e.state.path(journalFile)); err != nil {
		return err
	}
	return e.journal.Append(e.unit.Before...)
}

// fence gives the question that a child's commits ask, nil for none.
func (e *exporter) fence(ctx context.Context) func() error {
	if e.unit == nil || e.unit.Fence == nil {
		return nil
	}
	return func() error { return e.unit.Fence(ctx) }
}
