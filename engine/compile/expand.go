package compile

import (
	"strings"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/expression"
	"github.com/exportd/exportd/engine/job"
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
				if own := CheckJob(s.Job, s.Macros, s.Plugins); own != nil {
					return own
				}
				return placed(err, s.Spec.Place(st.Name, "params", p.Name))
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
	warnings, err := modifier.Check(program, s.plan.Foreign()...)
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
				own, err := modifier.Bind(s.Job.Modifier, s.Job.Macro, s.Macros)
				if err != nil {
					return nil, err
				}
				all = append(all, own...)
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

// CheckJob judges the job's own commands, is_modifier & macro. Its errors have
// their place in the job.
func CheckJob(j *job.Job, macros *modifier.Macros, plugins Plugins) error {
	if _, err := modifier.Bind(j.Modifier, "", macros); err != nil {
		return placed(err, j.Place("is_modifier"))
	}
	program, err := modifier.Bind(j.Modifier, j.Macro, macros)
	if err != nil {
		return placed(err, j.Place("macro"))
	}
	if _, err := modifier.Check(program, foreign(plugins)...); err != nil {
		key := "is_modifier"
		if j.Modifier == "" {
			key = "macro"
		}
		return placed(err, j.Place(key))
	}
	return nil
}

// placed gives every diagnostic that has none a place.
func placed(err error, at diag.Place) error {
	found := diag.All(err, diag.CommandValue)
	for _, d := range found {
		if d.Line == 0 && d.File == "" {
			d.Place = at
		}
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
				_, err = modifier.Check(program, s.plan.Foreign()...)
			}
			if err != nil {
				return placed(err, s.Spec.Place(st.Name, "params", p.Name))
			}
		}
	}
	return nil
}
