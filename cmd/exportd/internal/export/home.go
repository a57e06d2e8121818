package export

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/exportd/exportd/engine/planning"
	"github.com/exportd/exportd/engine/report"
)

// Home is a job on its way whose assets others export, unit by unit: it plans
// them, gives out what is not done, keeps the journal and writes the manifest.
// Its folder is that of a run, in the same order of writes. It is not safe for
// concurrent use.
type Home struct {
	e       *exporter
	entries *entries
}

// unitsDir holds the folders of units that are being exported.
const unitsDir = "units"

// OpenHome locks the state of a job. Options needs neither child nor workers.
func OpenHome(ctx context.Context, o Options) (*Home, error) {
	root, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, environment(err, "find the output folder")
	}
	o.Dir = root
	e, err := open(ctx, o)
	if err != nil {
		return nil, err
	}
	h := &Home{e: e}
	if err := h.open(ctx); err != nil {
		h.e.close()
		return nil, err
	}
	return h, nil
}

func (h *Home) open(ctx context.Context) (err error) {
	if h.e.targets, err = OpenTargets(h.e.Plan, h.e.env()); err != nil {
		return err
	}
	if err := h.e.refuseTaken(); err != nil {
		return err
	}
	if h.e.journal, err = report.OpenJournal(h.e.state.path(journalFile)); err != nil {
		return err
	}
	return h.e.openLetters(ctx)
}

// Close lets go of the job's state.
func (h *Home) Close() error {
	if h.entries != nil {
		h.entries.close()
	}
	err := errors.Join(h.e.letters.close(), h.e.targets.Close())
	h.e.state.close()
	return errors.Join(err, h.e.journal.Close())
}

// UnitDir gives the folder for an attempt at a unit of the job whose relative
// targets lie below dir. Its name is that of the attempt.
func UnitDir(dir, id, attempt string) string {
	return filepath.Join(dir, stateDir, id, unitsDir, attempt)
}

// Plan plans every asset of the job, once: a job that is taken up again keeps
// the plan it had, whatever the catalog says now. It gives the number of assets.
func (h *Home) Plan(ctx context.Context) (total int, err error) {
	f, err := os.Open(h.e.state.path(assetsFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = h.e.plan(ctx)
	case err == nil:
		h.e.total, err = countLines(f)
		_ = f.Close()
	}
	if err != nil {
		return 0, err
	}
	h.entries, err = openEntries(h.e.state)
	return h.e.total, err
}

func countLines(f *os.File) (n int, err error) {
	in := bufio.NewReaderSize(f, 256<<10)
	buf := make([]byte, 64<<10)
	for {
		got, err := in.Read(buf)
		n += bytes.Count(buf[:got], []byte{'\n'})
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, environment(err, "read the planned assets")
		}
	}
}

// Part is an asset that has to be exported, with what the journal has of it.
type Part struct {
	Entry  planning.Entry
	Before []report.Line
}

// Next gives the next asset in job order that is not done, io.EOF behind the
// last one; one that has failed is done unless retry is set. What needs no worker
// ends here: a handle that nobody knows, an asset whose own line was all that was
// missing.
func (h *Home) Next(retry bool) (Part, error) {
	for {
		entry, err := h.entries.next()
		if err != nil {
			return Part{}, err
		}
		if outcome, ended := h.e.journal.Asset(entry.Seq); ended && outcome == report.Failed && !retry {
			continue
		}
		_, needed, err := h.e.open(entry)
		delete(h.e.flying, entry.Seq)
		if err != nil {
			return Part{}, err
		}
		if needed {
			before, err := h.before(entry.Seq)
			return Part{Entry: entry, Before: before}, err
		}
	}
}

// Skip leaves out the assets before seq: they have been given out already.
func (h *Home) Skip(seq int) error {
	for {
		at, err := h.entries.peek()
		if errors.Is(err, io.EOF) || err == nil && at >= seq {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := h.entries.next(); err != nil {
			return err
		}
	}
}

// Peek gives the place in the job of the entry that Next looks at first, io.EOF
// behind the last one.
func (h *Home) Peek() (seq int, err error) { return h.entries.peek() }

// Rewind begins again with the first asset, for another round over what failed.
func (h *Home) Rewind() (err error) {
	h.entries.close()
	h.entries, err = openEntries(h.e.state)
	return err
}

// before lists the journal's lines of one asset.
func (h *Home) before(seq int) ([]report.Line, error) {
	branches, err := h.e.journal.Branches(seq)
	if err != nil {
		return nil, err
	}
	var lines []report.Line
	for _, b := range branches {
		lines = append(lines, b)
	}
	a, ok, err := h.e.journal.AssetLine(seq)
	if ok {
		lines = append(lines, a)
	}
	return lines, err
}

// Keep appends lines that a worker has reported.
func (h *Home) Keep(lines ...report.Line) error { return h.e.journal.Append(lines...) }

// Sync makes what was kept durable.
func (h *Home) Sync() error { return h.e.journal.Sync() }

// Totals counts the assets that have ended.
func (h *Home) Totals() report.Totals { return h.e.journal.Totals() }

// Ended gives the outcome of an asset that has ended.
func (h *Home) Ended(seq int) (report.Outcome, bool) { return h.e.journal.Asset(seq) }

// Complete reports whether every asset has ended.
func (h *Home) Complete() bool { return h.e.journal.Totals().Total >= h.e.total }

// Finish writes the lists of the dead letters and the manifests, last of all,
// when every asset has ended.
func (h *Home) Finish() (*report.Summary, error) {
	if err := h.e.writeLetters(); err != nil {
		return nil, err
	}
	if err := h.e.publish(); err != nil {
		return nil, err
	}
	if err := h.Sweep(); err != nil {
		return nil, err
	}
	return h.e.summary(), nil
}

// Sweep removes what units have left behind. Nobody may be exporting one.
func (h *Home) Sweep() error { return removeAll(h.e.state.path(unitsDir)) }

// Manifest is where the manifest of the first target lies: a path, or a URL.
func (h *Home) Manifest() string { return h.e.targets[0].Place.Manifest }
