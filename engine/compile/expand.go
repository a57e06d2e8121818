package compile

import (
	"strings"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/expression"
	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/stage"
)

// originsParam holds, in a compiled plan, the origin of each command of the
// modifier beside it.
const originsParam = "origins"

// expand replaces macros and ${job.modifier} by commands that keep their origin.
// The job's own are `is_modifier & macro`, so the macro wins (DESIGN 5).
func expand(s *state) error {
	return s.each(func(st *plan.Stage, k stage.Kind) error {
		for _, p := range k.Params {
			if p.Type != stage.Modifier {
				continue
			}
			if err := s.expandParam(st, p.Name); err != nil {
				return s.places(err, st.Name, p.Name)
			}
		}
		return nil
	})
}

func (s *state) expandParam(st *plan.Stage, param string) error {
	text, _ := st.Params[param].(string)
	if _, done := st.Params[originsParam]; done {
		return nil
	}
	program, err := s.program(text)
	if err != nil {
		return err
	}
	warnings, err := modifier.Check(program)
	s.notes.Add(warnings...)
	if err != nil {
		return err
	}
	origins := make([]string, len(program))
	for i, c := range program {
		origins[i] = c.Origin.String()
	}
	st.Params[originsParam] = origins
	if expanded := program.Text(); expanded != text {
		s.why(st, "params."+param+" was "+text)
		st.Params[param] = expanded
	}
	return nil
}

// program takes a modifier param apart: literal text is the pipeline's, and
// where ${job.modifier} stands the job's commands come in whole.
func (s *state) program(text string) (modifier.Program, error) {
	t, err := expression.ParseTemplate(text, &s.env)
	if err != nil {
		return nil, err
	}
	var all modifier.Program
	for _, p := range t.Parts() {
		if p.Source != "" {
			return nil, diag.New(diag.Expression, "a modifier may look at the job alone, not at ${%s}", p.Source).
				WithHint("what depends on the asset belongs into its catalog record, or into a branch with a when")
		}
		for i, literal := range strings.Split(p.Literal, jobModifier) {
			if i > 0 {
				job, err := modifier.Bind(s.Job.Modifier, s.Job.Macro, s.Macros)
				if err != nil {
					return nil, err
				}
				all = append(all, job...)
			}
			own, err := modifier.Parse(literal, modifier.Origin{Source: "pipeline"}, s.Macros)
			if err != nil {
				return nil, err
			}
			all = append(all, own...)
		}
	}
	return all, nil
}

// places gives every diagnostic without a place that of the param, or of the
// job when it is the job's text that is wrong.
func (s *state) places(err error, stageName, param string) error {
	found := diag.All(err, diag.CommandValue)
	for i := range found {
		found[i] = s.at(found[i], stageName, "params", param)
	}
	return found
}

// checkModifiers judges a stage's modifiers as far as they are literal.
func (s *state) checkModifiers(st *plan.Stage, k stage.Kind) error {
	for _, p := range k.Params {
		text, ok := st.Params[p.Name].(string)
		if p.Type != stage.Modifier || !ok {
			continue
		}
		t, err := expression.ParseTemplate(text, nil)
		if err != nil {
			continue // checkExpressions has said so
		}
		for _, part := range t.Parts() {
			program, err := modifier.Parse(part.Literal, modifier.Origin{Source: "pipeline"}, s.Macros)
			if err == nil {
				_, err = modifier.Check(program)
			}
			if err != nil {
				return s.places(err, st.Name, p.Name)
			}
		}
	}
	return nil
}
