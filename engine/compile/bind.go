package compile

import (
	"fmt"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/expression"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/stage"
)

// jobModifier stands for ${job.modifier} until expand puts the job's commands
// there, so that each keeps its origin. It cannot occur in a file: TOML refuses
// the control character.
const jobModifier = "\x00job.modifier\x00"

// bind folds what the job decides into templates and guards, and tells the
// stages that ask for it whether the job converts.
func bind(s *state) error {
	return s.each(func(st *plan.Stage, k stage.Kind) error {
		var found diag.List
		if err := s.bindGuard(st); err != nil {
			found.Add(s.at(err, st.Name, "when"))
		}
		for _, p := range k.Params {
			if err := s.bindParam(st, p); err != nil {
				found.Add(s.at(err, st.Name, "params", p.Name))
			}
		}
		return found.Err()
	})
}

func (s *state) bindGuard(st *plan.Stage) error {
	if st.When == "" || st.When == plan.Otherwise {
		return nil
	}
	g, err := expression.ParseGuard(st.When, &s.env)
	if err != nil {
		return err
	}
	if g.Text() != st.When {
		s.why(st, fmt.Sprintf("when was %s", st.When))
		st.When = g.Text()
	}
	return nil
}

func (s *state) bindParam(st *plan.Stage, p stage.Param) error {
	switch {
	case p.Name == "convert" && p.Type == stage.Bool:
		if converts := s.Job.Format == "convert"; st.Params[p.Name] != converts {
			s.why(st, fmt.Sprintf("params.convert is %v, for the job's fmt is %s", converts, s.Job.Format))
			st.Params[p.Name] = converts
		}
		return nil
	case p.Name == "non_convertible" && st.Params[p.Name] == nil:
		st.Params[p.Name] = s.plan.Defaults.NonConvertible
		return nil
	case p.Type != stage.Template:
		return nil
	}
	text, _ := st.Params[p.Name].(string)
	t, err := expression.ParseTemplate(text, &s.env)
	if err != nil {
		return err
	}
	if t.Uses("image") {
		return diag.New(diag.Expression, "params.%s may look at job, asset, rendition and artifact.ext, not at the image", p.Name).
			WithHint("names are planned before any picture is opened")
	}
	if t.Text() != text {
		s.why(st, fmt.Sprintf("params.%s was %s", p.Name, text))
		st.Params[p.Name] = t.Text()
	}
	return nil
}

// checkExpressions parses a stage's expressions without a job.
func (s *state) checkExpressions(st *plan.Stage, k stage.Kind) error {
	var found diag.List
	if st.When != "" && st.When != plan.Otherwise {
		if _, err := expression.ParseGuard(st.When, nil); err != nil {
			found.Add(s.at(err, st.Name, "when"))
		}
	}
	for _, p := range k.Params {
		text, ok := st.Params[p.Name].(string)
		if !ok || p.Type != stage.Template && p.Type != stage.Modifier {
			continue
		}
		if _, err := expression.ParseTemplate(text, nil); err != nil {
			found.Add(s.at(err, st.Name, "params", p.Name))
		}
	}
	return found.Err()
}
