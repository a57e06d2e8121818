package compile

import (
	"slices"
	"strings"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/stage"
)

// onError wants every on_error to be a word or the name of a dead-letter stage.
func (s *state) onError() error {
	var found diag.List
	judge := func(value, stageName string, keys ...string) {
		if value == "" || value == plan.Report || value == plan.FailJob || s.kind(value).Errors {
			return
		}
		d := diag.New(diag.StageOnError, "on_error is %q, which is no stage", value)
		if st := s.plan.Stage(value); st != nil {
			d = diag.New(diag.StageOnError, "on_error is %q, a stage of kind %s: it keeps no failed items", value, st.Kind)
		}
		words := append([]string{plan.Report, plan.FailJob}, s.letters()...)
		found.Add(d.At(s.Spec.Place(stageName, keys...)).
			WithHint("%s", diag.DidYouMean(value, words, "write one of "+strings.Join(words, ", ")+`, or add a stage of kind "dead-letter"`)))
	}
	judge(s.plan.Defaults.OnError, "", "defaults", "on_error")
	for _, st := range s.plan.Stages {
		judge(st.OnError, st.Name, "on_error")
	}
	return found.Err()
}

// letters lists the dead-letter stages.
func (s *state) letters() []string {
	var names []string
	for _, st := range s.plan.Stages {
		if s.kind(st.Name).Errors {
			names = append(names, st.Name)
		}
	}
	return names
}

// deadLetters wants every dead-letter stage to be named by an on_error, and to
// have none of what only a stage with items of its own can have.
func (s *state) deadLetters() error {
	return s.each(func(st *plan.Stage, k stage.Kind) error {
		if !k.Errors {
			return nil
		}
		var found diag.List
		for key, given := range map[string]bool{
			"when": st.When != "", "on_error": st.OnError != "", "retry": st.Retry != nil,
			"timeout": st.Timeout != 0, "workers": st.Workers != 0,
		} {
			if given {
				found.Add(diag.New(diag.StageOnError, "the dead-letter stage %q has no %s: it takes what failed, as it is", st.Name, key).
					At(s.Spec.Place(st.Name, key)).WithHint("delete it"))
			}
		}
		slices.SortFunc(found, func(a, b *diag.Diag) int { return strings.Compare(a.Message, b.Message) })
		if !s.fed(st.Name) {
			found.Add(diag.New(diag.StageUnused, "nothing reaches the dead-letter stage %q", st.Name).
				At(s.Spec.Place(st.Name)).WithHint("write on_error = %q under [defaults] or at a stage, or delete it", st.Name))
		}
		return found.Err()
	})
}

// fed reports whether some on_error names a stage.
func (s *state) fed(name string) bool {
	return s.plan.Defaults.OnError == name || slices.ContainsFunc(s.plan.Stages, func(st plan.Stage) bool { return st.OnError == name })
}

// feeders lists the stages that stand before one: those it reads from, and for
// a dead letter those whose failed items it takes.
func (s *state) feeders(st plan.Stage) []string {
	if !s.kind(st.Name).Errors {
		return st.From
	}
	var names []string
	for _, other := range s.plan.Stages {
		if !s.kind(other.Name).Errors && s.plan.OnError(other.Name) == st.Name {
			names = append(names, other.Name)
		}
	}
	return names
}

// dropDeadLetters drops dead-letter stages that only stages named which other
// passes have taken out.
func dropDeadLetters(s *state) error {
	s.plan.Stages = slices.DeleteFunc(s.plan.Stages, func(st plan.Stage) bool {
		return s.kind(st.Name).Errors && !s.fed(st.Name)
	})
	return nil
}
