package compile

import (
	"github.com/exportd/exportd/engine/pipeline"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/stage"
)

// Outline is a pipeline as its file draws it, without a job: in topological
// order, its edges checked, nothing folded, expanded or added. It can be drawn,
// not run.
func Outline(spec *pipeline.Spec, reg *stage.Registry) (*plan.Plan, error) {
	s, err := outline(Input{Spec: spec, Registry: reg})
	if err != nil {
		return nil, err
	}
	return s.plan, nil
}

// outline gives the state also with an error.
func outline(in Input) (*state, error) {
	s := &state{Input: in, plan: fromSpec(in.Spec)}
	if err := order(s); err != nil {
		return s, err
	}
	return s, check(s)
}
