package compile

import (
	"slices"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/plan"
)

// foldGuards acts on guards that became constant: a branch that is never taken
// goes, one that is always taken loses its guard, and an otherwise whose
// siblings are gone takes everything.
func foldGuards(s *state) error {
	var never []string
	for i := range s.plan.Stages {
		st := &s.plan.Stages[i]
		switch st.When {
		case "true":
			st.When = ""
			s.why(st, "the job always takes this branch")
		case "false":
			never = append(never, st.Name)
		}
	}
	s.remove(never...)
	s.settle()
	if !slices.ContainsFunc(s.plan.Stages, func(st plan.Stage) bool { return s.kind(st.Name).Sink() && !s.kind(st.Name).Errors }) {
		return diag.New(diag.StageBranch, "with this job no branch of the pipeline is ever taken").
			At(s.Spec.Place("")).WithHint(`give one branch when = "otherwise"`)
	}
	return nil
}

// settle removes what leads to no end any more and folds the otherwise branches,
// until nothing changes: each may leave work to the other. What the job never
// takes is as if it had not been written, so assets go to the siblings.
func (s *state) settle() {
	for before := -1; before != len(s.plan.Stages); {
		before = len(s.plan.Stages)
		var dead []string
		for _, st := range s.plan.Stages {
			k := s.kind(st.Name)
			if !k.Sink() && !k.Source() && len(s.plan.Children(st.Name)) == 0 {
				dead = append(dead, st.Name)
			}
		}
		s.remove(dead...)
		s.foldOtherwise()
	}
}

// foldOtherwise settles otherwise branches after siblings have changed: without
// guarded siblings it takes everything, beside one that takes everything it
// goes. A stage that reads from several keeps its guard until all agree.
func (s *state) foldOtherwise() {
	var never []string
	for i := range s.plan.Stages {
		st := &s.plan.Stages[i]
		if st.When != plan.Otherwise {
			continue
		}
		alone, shadowed := true, true
		for _, from := range st.From {
			sibling := s.siblings(from, st.Name)
			alone = alone && len(sibling) == 0
			shadowed = shadowed && slices.ContainsFunc(sibling, func(c *plan.Stage) bool { return c.When == "" })
		}
		switch {
		case alone:
			st.When = ""
			s.why(st, "no other branch is left")
		case shadowed:
			never = append(never, st.Name)
		}
	}
	s.remove(never...)
}

// siblings lists the other stages that read from one.
func (s *state) siblings(from, name string) []*plan.Stage {
	return slices.DeleteFunc(s.plan.Children(from), func(c *plan.Stage) bool { return c.Name == name })
}
