package compile

import (
	"maps"
	"slices"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/stage"
)

// fillDefaults writes every param that was left out, so that a plan does not
// change its meaning with another version's defaults.
func fillDefaults(s *state) error {
	return s.each(func(st *plan.Stage, k stage.Kind) error {
		maps.Copy(st.Params, missing(st, k))
		return nil
	})
}

// missing gives the defaults of the params that a stage leaves out.
func missing(st *plan.Stage, k stage.Kind) map[string]any {
	left := map[string]any{}
	for _, p := range k.Params {
		if st.Params[p.Name] == nil && p.Default != nil {
			left[p.Name] = p.Default
		}
	}
	return left
}

// judgeParams refuses a plan whose kinds do not take their params: at compile
// time, where the pipeline's place is known.
func judgeParams(s *state) error {
	return s.each(func(st *plan.Stage, k stage.Kind) error {
		if err := s.checkParams(st, k); err != nil {
			return err
		}
		return nil
	})
}

// checkParams lets a kind judge its params, as long as they do not wait for a job.
func (s *state) checkParams(st *plan.Stage, k stage.Kind) *diag.Diag {
	waits := slices.ContainsFunc(k.Params, func(p stage.Param) bool { return p.Type == stage.Modifier })
	if waits || k.New == nil {
		return nil
	}
	params := missing(st, k)
	maps.Copy(params, st.Params)
	made, err := k.New(stage.Config{Name: st.Name, Params: params})
	if err != nil {
		return s.at(diag.From(err, diag.KeyValue), st.Name, "params")
	}
	if c, ok := made.(stage.Closer); ok {
		if err := c.Close(); err != nil {
			return s.at(diag.From(err, diag.InternalError), st.Name, "params")
		}
	}
	return nil
}
