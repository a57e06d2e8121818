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
	for _, decode := range slices.Clone(s.plan.Stages) {
		k := s.kind(decode.Name)
		if k.Out != stage.PortImage || !k.Accepts(stage.PortAsset) || decode.When != "" {
			continue
		}
		if s.nonConvertible(decode.From) != "original" {
			continue
		}
		s.goAround(decode)
	}
	return order(s)
}

// goAround guards a decode and adds the branch that takes the rest.
func (s *state) goAround(decode plan.Stage) {
	st := s.plan.Stage(decode.Name)
	st.When = "asset.renderable"
	s.why(st, "what cannot be rendered goes around, as it is")
	for _, from := range decode.From {
		if slices.ContainsFunc(s.siblings(from, decode.Name), func(c *plan.Stage) bool { return c.When == plan.Otherwise }) {
			return
		}
	}
	region := s.region(decode.Name)
	end := s.plan.Stage(region[slices.IndexFunc(region, func(n string) bool { return s.kind(n).Sink() })])
	around := *end
	around.Name, around.From, around.When = s.freeName("as-is"), slices.Clone(decode.From), plan.Otherwise
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
	for n := 2; s.plan.Stage(name) != nil; n++ {
		name = fmt.Sprintf("as-is-%d", n)
	}
	return name
}
