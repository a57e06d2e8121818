package engine

import (
	"slices"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/stage"
)

// ways knows which files can come of an item that goes into a stage, so that
// a resumed asset does not go where everything has been delivered.
type ways struct {
	plan     *plan.Plan
	registry *stage.Registry
	files    map[way][]string
}

// way is a stage and the rendition with which an item comes to it.
type way struct{ stage, rendition string }

// newWays walks every way through the plan.
func newWays(p *plan.Plan, reg *stage.Registry) *ways {
	w := &ways{plan: p, registry: reg, files: map[way][]string{}}
	for _, st := range p.Stages {
		if len(st.From) == 0 {
			w.walk(way{st.Name, ""})
		}
	}
	return w
}

// walk gives the keys (see [asset.NameKey]) of the files behind a way.
func (w *ways) walk(at way) []string {
	if keys, ok := w.files[at]; ok {
		return keys
	}
	kind, _ := w.registry.Kind(w.plan.Stage(at.stage).Kind)
	next := at.rendition
	if kind.Out == stage.PortImage && kind.Accepts(stage.PortImage) {
		next = at.stage
	}
	var keys []string
	if kind.Sink() {
		keys = []string{asset.NameKey(at.stage, next)}
	}
	for _, c := range w.plan.Children(at.stage) {
		for _, key := range w.walk(way{c.Name, next}) {
			if !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	w.files[at] = keys
	return keys
}

// forks reports whether the edge into a stage is one of several: along a single
// way nothing can be left out that was not left out before.
func (b *builder) forks(st plan.Stage) bool {
	return slices.ContainsFunc(st.From, func(f string) bool { return len(b.plan.Children(f)) > 1 })
}

// done makes the function that says whether an earlier run has delivered
// everything that an item could leave behind a stage.
func (w *ways) done(name string) func(*asset.Item) bool {
	return func(it *asset.Item) bool {
		if len(it.Done) == 0 {
			return false
		}
		left := func(key string) bool { return !slices.Contains(it.Done, key) }
		return !slices.ContainsFunc(w.files[way{name, it.Rendition}], left)
	}
}
