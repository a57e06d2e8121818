package compile

import (
	"maps"
	"slices"
	"strings"

	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/stage"
)

// nameParam and toParam are the params of a deliver stage that the compiler
// writes: the file name's template and the target.
const (
	nameParam = "name"
	toParam   = "to"
)

// contractOriginal makes sure that with fmt=orig no stage makes or takes an
// image: every region between a decode and its deliver stages shrinks to an
// edge, guarded as the decode was, so that nothing delivered gets lost.
func contractOriginal(s *state) error {
	if s.Job.Format != "orig" {
		return nil
	}
	var decodes []plan.Stage
	for _, st := range s.plan.Stages {
		if k := s.kind(st.Name); k.Out == stage.PortImage && !k.Accepts(stage.PortImage) {
			decodes = append(decodes, st)
		}
	}
	// Those without a guard first: what they take needs no edge of another.
	slices.SortStableFunc(decodes, func(a, b plan.Stage) int { return len(a.When) - len(b.When) })
	var edges []plan.Stage
	for _, decode := range decodes {
		if !s.covered(decode, edges) {
			edges = append(edges, s.edge(decode))
		}
	}
	var gone []string
	for _, decode := range decodes {
		gone = append(gone, decode.Name)
	}
	s.remove(gone...)
	s.edges = map[string]string{}
	for _, e := range edges {
		end := e.Name
		e.Name = s.freeName(e.Name)
		s.edges[e.Name] = end
		s.plan.Stages = append(s.plan.Stages, e)
	}
	s.settle()
	return nil
}

// edge is the deliver stage that takes the place of the region behind a decode.
func (s *state) edge(decode plan.Stage) plan.Stage {
	end := *s.end(decode.Name)
	end.From, end.When = slices.Clone(decode.From), decode.When
	end.Params = maps.Clone(end.Params)
	if name, ok := end.Params[nameParam].(string); ok {
		end.Params[nameParam] = originalName(name)
	}
	region := slices.DeleteFunc(s.region(decode.Name), func(n string) bool { return s.kind(n).Sink() })
	end.Why = slices.Clone(end.Why)
	s.why(&end, "fmt is orig: "+strings.Join(region, ", ")+" are not needed")
	return end
}

// end is the first deliver stage behind a decode.
func (s *state) end(decode string) *plan.Stage {
	region := s.region(decode)
	return s.plan.Stage(region[slices.IndexFunc(region, func(n string) bool { return s.kind(n).Sink() })])
}

// region lists the stages behind a decode in plan order, the decode first.
func (s *state) region(decode string) []string {
	in := []string{decode}
	for _, st := range s.plan.Stages {
		if slices.ContainsFunc(st.From, func(f string) bool { return slices.Contains(in, f) }) {
			in = append(in, st.Name)
		}
	}
	return in
}

// covered reports whether what the decode would have taken is delivered anyway:
// by a sibling, or an edge already made, that takes everything, or by the
// otherwise branch beside nothing but ends and decodes.
func (s *state) covered(decode plan.Stage, edges []plan.Stage) bool {
	for _, from := range decode.From {
		sibling := s.siblings(from, decode.Name)
		for i := range edges {
			if slices.Contains(edges[i].From, from) {
				sibling = append(sibling, &edges[i])
			}
		}
		plain := !slices.ContainsFunc(sibling, func(c *plan.Stage) bool { return s.kind(c.Name).Out == stage.PortAsset })
		ok := slices.ContainsFunc(sibling, func(c *plan.Stage) bool {
			return s.kind(c.Name).Sink() && (c.When == "" || c.When == plan.Otherwise && plain)
		})
		if !ok {
			return false
		}
	}
	return true
}

// originalName gives the name of an unconverted file for the name of a
// converted one: the original's own file name in the place of stem, rendition
// and extension.
func originalName(name string) string {
	for _, converted := range []string{"${asset.stem}-${rendition}.${artifact.ext}", "${asset.stem}.${artifact.ext}"} {
		name = strings.ReplaceAll(name, converted, "${asset.file}")
	}
	return name
}
