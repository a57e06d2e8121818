package compile

import (
	"fmt"
	"strings"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/stage"
)

// check looks at the graph as a whole: ports, branches and reach.
func check(s *state) error {
	var found diag.List
	for _, look := range []func() error{s.sources, s.ports, s.branches, s.reach, s.onError, s.deadLetters} {
		if err := look(); err != nil {
			found.Add(diag.All(err, diag.InternalError)...)
		}
	}
	return found.Err()
}

// sources wants exactly one stage that starts the plan.
func (s *state) sources() error {
	var names []string
	for _, st := range s.plan.Stages {
		if s.kind(st.Name).Source() {
			names = append(names, st.Name)
		}
	}
	switch len(names) {
	case 1:
		return nil
	case 0:
		return diag.New(diag.StageFrom, "no stage starts the pipeline").At(s.Spec.Place("")).
			WithHint(`add [stage.resolve] with kind = "resolve"`)
	}
	return diag.New(diag.StageFrom, "the stages %s all start the pipeline", strings.Join(names, ", ")).
		At(s.Spec.Place(names[1])).WithHint("keep one of them")
}

// ports wants every edge to carry what its end takes.
func (s *state) ports() error {
	return s.each(func(st *plan.Stage, k stage.Kind) error {
		var found diag.List
		for _, f := range st.From {
			up := s.kind(f)
			if up.Sink() {
				found.Add(diag.New(diag.StagePort, "stage %q reads from %q, but %s is an end: it gives nothing", st.Name, f, up.Name).
					At(s.Spec.Place(st.Name, "from")).WithHint("read from the stage before %q", f))
				continue
			}
			if k.Accepts(up.Out) {
				continue
			}
			found.Add(diag.New(diag.StagePort, "stage %q (%s) takes %s, but %q (%s) gives %s", st.Name, k.Name, portNames(k.In), f, up.Name, portName(up.Out)).
				At(s.Spec.Place(st.Name, "from")).WithHint("%s", s.mendPort(up.Out, k)))
		}
		return found.Err()
	})
}

// mendPort says what would fit between a port and a kind.
func (s *state) mendPort(have stage.Port, k stage.Kind) string {
	for _, name := range s.Registry.Names() {
		between, _ := s.Registry.Kind(name)
		if between.Accepts(have) && k.Accepts(between.Out) {
			return fmt.Sprintf("put a stage of kind %q in between", name)
		}
	}
	return fmt.Sprintf("read from a stage that gives %s", portNames(k.In))
}

func portName(p stage.Port) string {
	if p == stage.PortAsset || p == stage.PortArtifact || p == stage.PortImage {
		return "an " + string(p)
	}
	return "nothing"
}

func portNames(in []stage.Port) string {
	names := make([]string, len(in))
	for i, p := range in {
		names[i] = portName(p)
	}
	return strings.Join(names, " or ")
}

// branches wants the branches behind a stage to be told apart: at most one
// otherwise, and only beside siblings that can refuse.
func (s *state) branches() error {
	return s.each(func(st *plan.Stage, _ stage.Kind) error {
		var otherwise, guarded, always []string
		for _, c := range s.plan.Children(st.Name) {
			switch c.When {
			case plan.Otherwise:
				otherwise = append(otherwise, c.Name)
			case "":
				always = append(always, c.Name)
			default:
				guarded = append(guarded, c.Name)
			}
		}
		switch {
		case len(otherwise) > 1:
			return diag.New(diag.StageBranch, "the stages %s behind %q are all the otherwise branch", strings.Join(otherwise, ", "), st.Name).
				At(s.Spec.Place(otherwise[1], "when")).WithHint("keep one otherwise, give the others a when of their own")
		case len(otherwise) == 1 && len(always) > 0:
			return diag.New(diag.StageBranch, "stage %q can never be reached: its sibling %q takes everything", otherwise[0], always[0]).
				At(s.Spec.Place(otherwise[0], "when")).WithHint("give %q a when", always[0])
		case len(otherwise) == 1 && len(guarded) == 0:
			return diag.New(diag.StageBranch, "stage %q is the otherwise branch of %q, which has no other branch", otherwise[0], st.Name).
				At(s.Spec.Place(otherwise[0], "when")).WithHint("delete the when")
		}
		return nil
	})
}

// reach wants every stage to lead to an end.
func (s *state) reach() error {
	leads := map[string]bool{}
	for i := len(s.plan.Stages) - 1; i >= 0; i-- {
		st := s.plan.Stages[i]
		leads[st.Name] = s.kind(st.Name).Sink()
		for _, c := range s.plan.Children(st.Name) {
			leads[st.Name] = leads[st.Name] || leads[c.Name]
		}
	}
	return s.each(func(st *plan.Stage, k stage.Kind) error {
		if leads[st.Name] {
			return nil
		}
		return diag.New(diag.StageUnused, "stage %q leads nowhere: no deliver stage reads what it gives", st.Name).
			At(s.Spec.Place(st.Name)).WithHint("%s", s.mendReach(k))
	})
}

func (s *state) mendReach(k stage.Kind) string {
	for _, name := range s.Registry.Names() {
		if next, _ := s.Registry.Kind(name); next.Accepts(k.Out) {
			return fmt.Sprintf("add a stage of kind %q that reads from it, or delete it", name)
		}
	}
	return "delete it"
}
