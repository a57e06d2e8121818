package compile

import (
	"strings"

	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/stage"
)

// shrinkParam is the param of decode that lets it load fewer pixels.
const shrinkParam = "shrink"

// pushScale lets decode shrink while it loads. The plan holds the rule; how far,
// and whether it is legal, is decided per asset from the transforms behind
// (field-notes 4.7). A pipeline that says shrink = "off" keeps it.
func pushScale(s *state) error {
	return s.each(func(st *plan.Stage, k stage.Kind) error {
		for _, p := range k.Params {
			if p.Name != shrinkParam || st.Params[shrinkParam] != nil {
				continue
			}
			var behind []string
			for _, c := range s.plan.Children(st.Name) {
				behind = append(behind, c.Name)
			}
			st.Params[shrinkParam] = "auto"
			if len(behind) > 1 {
				s.why(st, "decodes once, at the largest shrink that "+strings.Join(behind, ", ")+" all allow, and keeps the pixels for each of them")
				continue
			}
			s.why(st, "loads no more pixels than "+strings.Join(behind, ", ")+" needs")
		}
		return nil
	})
}
