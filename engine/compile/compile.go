package compile

import (
	"slices"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/expression"
	"github.com/exportd/exportd/engine/job"
	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/engine/pipeline"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/stage"
)

// Input is what a plan is made of.
type Input struct {
	Spec     *pipeline.Spec
	Job      *job.Job
	Registry *stage.Registry
	// Macros are the command macros that the job and the pipeline may name; nil
	// for none.
	Macros *modifier.Macros
	// Attributes are the configuration's; a compiled plan brings its own.
	Attributes modifier.Attributes
	// Plugins are those that may run; nil for none.
	Plugins Plugins
}

// pass is one step of the compiler.
type pass struct {
	name string
	run  func(*state) error
}

// passes lists the steps in order.
func passes() []pass {
	return []pass{
		{"order", order},
		{"check", check},
		{"plugins", pinPlugins},
		{"bind", bind},
		{"guards", foldGuards},
		{"original", contractOriginal},
		{"expand", expand},
		{"as-is", addAsIs},
		{"names", names},
		{"scale", pushScale},
		{"defaults", fillDefaults},
		{"params", judgeParams},
		{"plugins", dropPlugins},
		{"dead-letter", dropDeadLetters},
		{"order", order},
	}
}

// state is a plan under construction.
type state struct {
	Input
	plan  *plan.Plan
	env   expression.Job
	notes diag.List
	pass  string
	// edges are the deliver stages that stand for a region with fmt=orig, and the
	// end of that region.
	edges map[string]string
}

// Compile makes the plan. The list holds warnings; the error, a diag.List or a
// diag.Diag, says everything that was found wrong by the pass that failed.
func Compile(in Input) (*plan.Plan, diag.List, error) {
	s, err := newState(in)
	if err != nil {
		return nil, nil, err
	}
	for _, p := range passes() {
		s.pass = p.name
		if err := p.run(s); err != nil {
			return nil, s.notes, err
		}
	}
	return s.plan, s.notes, nil
}

// Check finds what is wrong with a pipeline without a job: edges, ports,
// branches, expressions, and modifiers as far as they are literal.
func Check(spec *pipeline.Spec, reg *stage.Registry, macros *modifier.Macros, plugins Plugins) error {
	s, err := outline(Input{Spec: spec, Registry: reg, Macros: macros, Plugins: plugins})
	found := diag.All(err, diag.InternalError)
	if err := pinPlugins(s); err != nil {
		found.Add(diag.All(err, diag.PluginUnknown)...)
	}
	err = s.each(func(st *plan.Stage, k stage.Kind) error {
		var found diag.List
		if err := s.checkExpressions(st, k); err != nil {
			found.Add(diag.All(err, diag.Expression)...)
		}
		if err := s.checkModifiers(st, k); err != nil {
			found.Add(diag.All(err, diag.CommandValue)...)
		}
		if err := s.checkParams(st, k); err != nil {
			found.Add(err)
		}
		return found.Err()
	})
	found.Add(diag.All(err, diag.InternalError)...)
	return found.Err()
}

// CheckGraph finds what is wrong with a pipeline whatever the job and the macros
// are: edges, ports and branches.
func CheckGraph(spec *pipeline.Spec, reg *stage.Registry) error {
	s := &state{Input: Input{Spec: spec, Registry: reg}, plan: fromSpec(spec)}
	if err := order(s); err != nil {
		return err
	}
	return check(s)
}

func newState(in Input) (*state, error) {
	of, err := plan.JobOf(in.Job)
	if err != nil {
		return nil, err
	}
	s := &state{Input: in, plan: fromSpec(in.Spec)}
	if in.Spec.Plan != nil {
		if got, _ := in.Spec.Plan["digest"].(string); got != of.Digest {
			name, _ := in.Spec.Plan["job"].(string)
			return nil, diag.New(diag.PlanForeign, "this plan was compiled for another job (%q)", name).
				At(in.Spec.Place("", "plan", "digest")).
				WithHint("compile the pipeline with this job: exportd compile JOB -p PIPELINE")
		}
	}
	s.plan.Job = of
	if s.plan.Attributes == nil {
		if err := in.Attributes.Validate(); err != nil {
			return nil, err
		}
		s.plan.Attributes = attributes(in.Attributes)
	}
	s.env = expression.Job{
		Name: in.Job.Name, Format: in.Job.Format, Macro: in.Job.Macro,
		Modifier: jobModifier, EmailSetting: in.Job.EmailSetting,
	}
	return s, nil
}

// at gives err the place of a key of a stage, unless it has one already.
func (s *state) at(err error, stageName string, keys ...string) *diag.Diag {
	d := diag.From(err, diag.Expression)
	if d.Line == 0 && d.File == "" {
		return d.At(s.Spec.Place(stageName, keys...))
	}
	return d
}

// why notes on a stage what the running pass did to it.
func (s *state) why(st *plan.Stage, text string) {
	st.Why = append(st.Why, s.pass+": "+text)
}

// each calls f for every stage with its kind and gathers what it finds.
func (s *state) each(f func(*plan.Stage, stage.Kind) error) error {
	var found diag.List
	for i := range s.plan.Stages {
		st := &s.plan.Stages[i]
		k, _ := s.Registry.Kind(st.Kind)
		if err := f(st, k); err != nil {
			found.Add(diag.All(err, diag.InternalError)...)
		}
	}
	return found.Err()
}

// kind gives a stage's kind; reading the pipeline has made sure that it exists.
func (s *state) kind(name string) stage.Kind {
	st := s.plan.Stage(name)
	if st == nil {
		return stage.Kind{}
	}
	k, _ := s.Registry.Kind(st.Kind)
	return k
}

// remove drops stages and what hung on them alone.
func (s *state) remove(names ...string) {
	gone := map[string]bool{}
	for _, n := range names {
		gone[n] = true
	}
	for changed := true; changed; {
		changed = false
		for i := range s.plan.Stages {
			st := &s.plan.Stages[i]
			if gone[st.Name] {
				continue
			}
			had := len(st.From)
			st.From = slices.DeleteFunc(st.From, func(f string) bool { return gone[f] })
			if had > 0 && len(st.From) == 0 {
				gone[st.Name], changed = true, true
			}
		}
		for _, st := range s.plan.Stages {
			k, _ := s.Registry.Kind(st.Kind)
			if gone[st.Name] || k.Sink() {
				continue
			}
			alive := slices.ContainsFunc(s.plan.Children(st.Name), func(c *plan.Stage) bool { return !gone[c.Name] })
			if !alive && k.Out != stage.PortAsset {
				gone[st.Name], changed = true, true
			}
		}
	}
	s.plan.Stages = slices.DeleteFunc(s.plan.Stages, func(st plan.Stage) bool { return gone[st.Name] })
}
