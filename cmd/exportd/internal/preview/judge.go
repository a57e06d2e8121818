package preview

import (
	"context"
	"fmt"
	"slices"

	"github.com/exportd/exportd/cmd/exportd/internal/config"
	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/compile"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/planning"
	"github.com/exportd/exportd/engine/stage"
)

// Judge decides by the records of assets alone which of their planned files will
// be delivered: with the same stages as a run, but only those that look at
// records. It opens nothing and needs no libvips.
type Judge struct {
	plan   *plan.Plan
	stages map[string]judging
}

// judging is a stage that takes assets; image is set when it makes pictures.
type judging struct {
	stage.Stage
	image bool
}

// NewJudge makes a judge; reg holds the kinds of a dry run.
func NewJudge(p *plan.Plan, reg *stage.Registry, cfg *config.Config) (*Judge, error) {
	j := &Judge{plan: p, stages: map[string]judging{}}
	env := stage.Env{Limits: cfg.Limits, Loaders: cfg.Loaders, Attributes: compile.Attributes(p)}
	for _, st := range p.Stages {
		k, _ := reg.Kind(st.Kind)
		if k.Source() || k.Sink() || !k.Accepts(stage.PortAsset) {
			continue
		}
		made, err := k.New(stage.Config{Name: st.Name, Params: st.Params, Env: env})
		if err != nil {
			return nil, fmt.Errorf("stage %s: %w", st.Name, err)
		}
		j.stages[st.Name] = judging{made, k.Out == stage.PortImage}
	}
	return j, nil
}

// Files gives the files that an asset will leave as far as its record can tell,
// and why it will leave fewer than planned, nil when it will leave all.
func (j *Judge) Files(ctx context.Context, e planning.Entry) (files []planning.File, why *diag.Diag) {
	if d := e.Diag(); d != nil {
		return nil, d
	}
	why = e.Refused()
	if len(e.Files) == 0 && why == nil {
		return nil, j.ask(ctx, e, func(s judging, _ string) bool { return !s.image })
	}
	for _, f := range e.Files {
		d := j.ask(ctx, e, func(s judging, name string) bool {
			return j.behind(f.Stage, name) && (f.Rendition != "" || !s.image)
		})
		if d == nil {
			files = append(files, f)
		} else if why == nil {
			why = d
		}
	}
	return files, why
}

// ask lets the chosen stages judge an asset, in the plan's order.
func (j *Judge) ask(ctx context.Context, e planning.Entry, chosen func(judging, string) bool) *diag.Diag {
	for _, st := range j.plan.Stages {
		s, ok := j.stages[st.Name]
		if !ok || !chosen(s, st.Name) {
			continue
		}
		if err := s.Process(ctx, &asset.Item{Seq: e.Seq, Asset: e.Asset}); err != nil {
			return diag.From(err, diag.InternalError)
		}
	}
	return nil
}

// behind reports whether the stage name reads, over any number of stages, from
// the stage upstream.
func (j *Judge) behind(name, upstream string) bool {
	st := j.plan.Stage(name)
	return slices.ContainsFunc(st.From, func(f string) bool { return f == upstream || j.behind(f, upstream) })
}
