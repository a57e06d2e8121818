package compile

import (
	"slices"
	"strings"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/plan"
)

// order sorts the stages topologically, keeping the author's order where the
// edges leave a choice. Unknown names in from and cycles are refused.
func order(s *state) error {
	if err := s.known(); err != nil {
		return err
	}
	var sorted []plan.Stage
	placed := map[string]bool{}
	rest := slices.Clone(s.plan.Stages)
	for len(rest) > 0 {
		i := slices.IndexFunc(rest, func(st plan.Stage) bool {
			return !slices.ContainsFunc(s.feeders(st), func(f string) bool { return !placed[f] })
		})
		if i < 0 {
			return s.cycle(rest)
		}
		placed[rest[i].Name] = true
		sorted = append(sorted, rest[i])
		rest = slices.Delete(rest, i, i+1)
	}
	s.plan.Stages = sorted
	return nil
}

// known checks that every from names a stage.
func (s *state) known() error {
	names := make([]string, len(s.plan.Stages))
	for i, st := range s.plan.Stages {
		names[i] = st.Name
	}
	var found diag.List
	for _, st := range s.plan.Stages {
		for _, f := range st.From {
			if slices.Contains(names, f) {
				continue
			}
			found.Add(diag.New(diag.StageFrom, "stage %q reads from %q, which is no stage", st.Name, f).
				At(s.Spec.Place(st.Name, "from")).
				WithHint("%s", diag.DidYouMean(f, names, "the stages are "+strings.Join(names, ", "))))
		}
	}
	return found.Err()
}

// cycle names one circle among stages that wait for each other.
func (s *state) cycle(rest []plan.Stage) error {
	waits := func(name string) *plan.Stage {
		i := slices.IndexFunc(rest, func(st plan.Stage) bool { return st.Name == name })
		if i < 0 {
			return nil
		}
		return &rest[i]
	}
	var path []string
	for st := &rest[0]; ; {
		if i := slices.Index(path, st.Name); i >= 0 {
			circle := append(slices.Clone(path[i:]), st.Name)
			slices.Reverse(circle)
			return diag.New(diag.StageCycle, "the stages %s feed each other in a circle", strings.Join(circle, " -> ")).
				At(s.Spec.Place(circle[0], "from")).
				WithHint("break the circle at one from")
		}
		path = append(path, st.Name)
		for _, f := range st.From {
			if next := waits(f); next != nil {
				st = next
				break
			}
		}
	}
}
