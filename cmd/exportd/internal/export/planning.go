package export

import (
	"context"
	"errors"
	"iter"

	"github.com/exportd/exportd/cmd/exportd/internal/config"
	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/job"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/planning"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/stages/resolve"
)

// resolveBatch is how many handles a catalog is asked for at once.
const resolveBatch = 256

// Planning plans the assets of a job before any pixel is touched, for whoever
// asks: a run, a dry run, the tree. All see the same entries.
type Planning struct {
	job     *job.Job
	catalog resolve.Catalog
	caller  resolve.Caller
	planner *planning.Planner
}

// NewPlanning opens the catalog of a configuration. The caller closes.
func NewPlanning(p *plan.Plan, j *job.Job, cfg *config.Config, reg *stage.Registry) (*Planning, error) {
	planner, err := planning.New(p, reg, cfg.Macros)
	if err != nil {
		return nil, err
	}
	catalog, err := cfg.Catalog.Open()
	if err != nil {
		return nil, err
	}
	return &Planning{job: j, catalog: catalog, caller: cfg.Caller, planner: planner}, nil
}

// Close closes the catalog.
func (p *Planning) Close() error { return p.catalog.Close() }

// Resolve gives one asset as the catalog answers it: the modifiers of its record
// are as they are written.
func (p *Planning) Resolve(ctx context.Context, h asset.Handle) (*asset.Asset, error) {
	answers, err := p.catalog.Resolve(ctx, p.caller, []asset.Handle{h})
	switch {
	case err != nil:
		return nil, err
	case answers[0].Err != nil:
		return nil, answers[0].Err
	}
	return answers[0].Asset, nil
}

// Entries resolves and plans every handle of the job in its order. It can be
// walked once: names depend on what came before. An error ends it.
func (p *Planning) Entries(ctx context.Context) iter.Seq2[planning.Entry, error] {
	return func(yield func(planning.Entry, error) bool) {
		p.planner.FindWith(resolve.Find(ctx, p.catalog, p.caller))
		w := &walk{Planning: p, yield: yield}
		err := p.job.EachHandle(func(_ int, h asset.Handle) error {
			w.batch = append(w.batch, h)
			if len(w.batch) < resolveBatch {
				return nil
			}
			return w.flush(ctx)
		})
		if err == nil {
			err = w.flush(ctx)
		}
		if err != nil && !errors.Is(err, errEnough) {
			yield(planning.Entry{}, err)
		}
	}
}

// errEnough says that nobody wants to hear more.
var errEnough = errors.New("enough")

type walk struct {
	*Planning
	yield func(planning.Entry, error) bool
	batch []asset.Handle
	seq   int
}

// flush resolves and plans the handles gathered so far.
func (w *walk) flush(ctx context.Context) error {
	if len(w.batch) == 0 {
		return nil
	}
	answers, err := w.catalog.Resolve(ctx, w.caller, w.batch)
	if err != nil {
		return err
	}
	for i, a := range answers {
		if !w.yield(w.planner.Plan(w.seq, w.batch[i], a.Asset, a.Err), nil) {
			return errEnough
		}
		w.seq++
	}
	w.batch = w.batch[:0]
	return nil
}
