package export

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/planning"
	"github.com/exportd/exportd/engine/report"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/stages/deadletter"
	"github.com/exportd/exportd/stages/deliver"
	"github.com/exportd/exportd/stages/resolve"
)

// Letter is a line of a dead letter: one branch that failed.
type Letter struct {
	Handle    asset.Handle    `json:"handle"`
	Seq       int             `json:"seq"`
	Rendition string          `json:"rendition,omitempty"`
	Stage     string          `json:"stage,omitempty"` // "" when it failed before the first one
	Code      diag.Code       `json:"code"`
	Message   string          `json:"message"`
	Hint      string          `json:"hint,omitempty"`
	Attempts  int             `json:"attempts"`          // at least 1
	Cause     string          `json:"cause,omitempty"`   // the innermost error
	Locator   string          `json:"locator,omitempty"` // as the catalog understands it
	File      string          `json:"file,omitempty"`    // the kept original, beside this file
	Job       string          `json:"job"`               // job.id
	Plan      string          `json:"plan"`              // the plan's digest
	Names     []planning.File `json:"names,omitempty"`   // the files that the asset should have left
}

// letterBox is one dead-letter stage of the plan. The supervisor keeps it and
// not the pixel child: an asset that kills the child must get there too.
type letterBox struct {
	name  string
	dir   string
	stage stage.Committer
}

// letters are all of them, with what they need to read originals.
type letters struct {
	ctx     context.Context // the run's: keeping a large original ends with it
	catalog resolve.Catalog
	boxes   []*letterBox
}

// openLetters makes the dead-letter stages of the plan; none is the usual case.
func (e *exporter) openLetters(ctx context.Context) (err error) {
	e.letters = &letters{ctx: ctx}
	for _, st := range e.Plan.Stages {
		kind, _ := e.Registry.Kind(st.Kind)
		if !kind.Errors {
			continue
		}
		if e.letters.catalog == nil {
			if e.letters.catalog, err = e.Config.Catalog.Open(); err != nil {
				return err
			}
		}
		env := e.env()
		env.Open = e.letters.catalog.Open
		made, err := kind.New(stage.Config{Name: st.Name, Params: st.Params, Env: env})
		if err != nil {
			return err
		}
		keeper, ok := made.(stage.Committer)
		if !ok {
			return diag.New(diag.InternalError, "the dead-letter stage %q cannot keep anything", st.Name)
		}
		to, _ := st.Params["to"].(string)
		dir, err := deliver.Folder(env, to)
		if err != nil {
			return err
		}
		e.letters.boxes = append(e.letters.boxes, &letterBox{name: st.Name, dir: dir, stage: keeper})
	}
	return nil
}

func (l *letters) close() error {
	var errs []error
	for _, b := range l.boxes {
		if c, ok := b.stage.(stage.Closer); ok {
			errs = append(errs, c.Close())
		}
	}
	if l.catalog != nil {
		errs = append(errs, l.catalog.Close())
	}
	return errors.Join(errs...)
}

// failed does what on_error asks for an asset that has failed, before its line
// reaches the journal: what is in the journal has been kept. Trouble of the
// environment is given back, for then the asset is not to end at all.
func (e *exporter) failed(f *flight, line *report.AssetLine) *diag.Diag {
	stages := []string{""}
	if len(f.failed) > 0 {
		stages = stages[:0]
	}
	for _, b := range f.failed {
		line.Failed = append(line.Failed, b.Branch())
		stages = append(stages, b.Stage)
	}
	kept := map[string]bool{}
	for _, name := range stages {
		switch to := e.Plan.OnError(name); {
		case to == plan.FailJob:
			e.failJob = true
			e.halts()
		case !kept[to]:
			kept[to] = true
			if d := e.keepOriginal(to, f, line); d != nil {
				return d
			}
		}
	}
	return nil
}

// keepOriginal puts the original of a failed asset into a dead letter. One that
// cannot be read is noted; its line says where it lies.
func (e *exporter) keepOriginal(to string, f *flight, line *report.AssetLine) *diag.Diag {
	for _, b := range e.letters.boxes {
		if b.name != to || f.entry.Asset == nil || !f.entry.Asset.Type.Exportable() {
			continue
		}
		it := &asset.Item{Seq: line.Seq, Asset: f.entry.Asset}
		err := b.stage.Process(e.letters.ctx, it)
		if err == nil {
			err = b.stage.Commit(e.letters.ctx, []*asset.Item{it})[0]
		}
		err = errors.Join(err, it.Close())
		switch d := diag.From(err, diag.Target); {
		case d == nil:
		case e.letters.ctx.Err() != nil:
			return diag.New(diag.Stopped, "stopped while the dead letter was written")
		case environmental(d.Code):
			return d
		default:
			line.Notes.Add(diag.New(diag.DeadLetter, "the original of %q is not in the dead letter: %w", line.Handle, err))
		}
	}
	return nil
}

// revived removes the kept original of an asset that has come through after all.
func (e *exporter) revived(f *flight) {
	for _, b := range e.letters.boxes {
		if f.entry.Asset != nil {
			_ = os.Remove(filepath.Join(b.dir, deadletter.FileName(f.entry.Seq, f.entry.Asset))) // a leftover harms nobody
		}
	}
}

// has reports whether an original is in the box.
func (b *letterBox) has(name string) bool {
	info, err := os.Lstat(filepath.Join(b.dir, name))
	return err == nil && info.Mode().IsRegular()
}

// clear removes the list of a box in which nothing is left, and its folder if
// that is empty.
func (b *letterBox) clear() error {
	if err := os.Remove(filepath.Join(b.dir, deadletter.ListName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return environment(err, "clear the dead letter")
	}
	_ = os.Remove(b.dir) // it stays when it is not empty
	return nil
}
