package compile

import (
	"fmt"
	"maps"
	"slices"

	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/stage"
)

// addAsIs gives assets that cannot be rendered a way around decode, as they
// are, unless the pipeline says skip or fail, or its author has drawn the
// branches himself (DESIGN 5).
func addAsIs(s *state) error {
	var guarded []string
	for i := range s.plan.Stages {
		st := &s.plan.Stages[i]
		k := s.kind(st.Name)
		if k.Out != stage.PortImage || !k.Accepts(stage.PortAsset) || st.When != "" || s.nonConvertible(st.From) != "original" {
			continue
		}
		st.When = "asset.renderable"
		s.why(st, "what cannot be rendered goes around, as it is")
		guarded = append(guarded, st.Name)
	}
	for _, decode := range guarded {
		s.goAround(*s.plan.Stage(decode))
	}
	return order(s)
}

// goAround adds the branch that takes what a decode cannot. Where a sibling
// takes everything, or all the rest, there is one already.
func (s *state) goAround(decode plan.Stage) {
	from := slices.DeleteFunc(slices.Clone(decode.From), func(f string) bool {
		return slices.ContainsFunc(s.siblings(f, decode.Name), func(c *plan.Stage) bool { return c.When == "" || c.When == plan.Otherwise })
	})
	if len(from) == 0 {
		return
	}
	end := s.end(decode.Name)
	around := *end
	around.Name, around.From, around.When = s.freeName("as-is"), from, plan.Otherwise
	around.Params = maps.Clone(end.Params)
	if name, ok := end.Params[nameParam].(string); ok {
		around.Params[nameParam] = originalName(name)
	}
	around.Why = nil
	s.why(&around, fmt.Sprintf("added for assets that %s cannot take", decode.Name))
	s.plan.Stages = append(s.plan.Stages, around)
}

// nonConvertible finds what the nearest stage upstream says about assets that
// cannot be rendered.
func (s *state) nonConvertible(from []string) string {
	if len(from) == 0 {
		return s.plan.Defaults.NonConvertible
	}
	st := s.plan.Stage(from[0])
	if v, ok := st.Params["non_convertible"].(string); ok {
		return v
	}
	return s.nonConvertible(st.From)
}

// freeName gives a stage name that is not taken.
func (s *state) freeName(name string) string {
	free := name
	for n := 2; s.plan.Stage(free) != nil; n++ {
		free = fmt.Sprintf("%s-%d", name, n)
	}
	return free
}
