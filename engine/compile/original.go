package compile

import (
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
	for {
		i := slices.IndexFunc(s.plan.Stages, func(st plan.Stage) bool {
			return s.kind(st.Name).Out == stage.PortImage && !slices.Contains(s.kind(st.Name).In, stage.PortImage)
		})
		if i < 0 {
			s.foldOtherwise()
			return nil
		}
		s.contract(s.plan.Stages[i])
	}
}

// contract replaces the region behind one decode by an edge to a deliver stage.
func (s *state) contract(decode plan.Stage) {
	region := s.region(decode.Name)
	end := region[slices.IndexFunc(region, func(n string) bool { return s.kind(n).Sink() })]
	covered := s.covered(decode)

	for i := range s.plan.Stages {
		st := &s.plan.Stages[i]
		if st.Name != end || covered {
			continue
		}
		st.From, st.When = slices.Clone(decode.From), decode.When
		if name, ok := st.Params[nameParam].(string); ok {
			st.Params[nameParam] = originalName(name)
		}
		s.why(st, "fmt is orig: "+strings.Join(slices.DeleteFunc(region, func(n string) bool { return n == end }), ", ")+" are not needed")
		region = slices.DeleteFunc(region, func(n string) bool { return n == end })
		break
	}
	s.remove(append(region, decode.Name)...)
}

// region lists the stages behind a decode in plan order, the decode first, as
// long as they read from nothing else.
func (s *state) region(decode string) []string {
	in := []string{decode}
	for _, st := range s.plan.Stages {
		if slices.ContainsFunc(st.From, func(f string) bool { return slices.Contains(in, f) }) {
			in = append(in, st.Name)
		}
	}
	return in
}

// covered reports whether what the decode would have taken is delivered by a
// sibling anyway: one that takes everything, or the otherwise branch.
func (s *state) covered(decode plan.Stage) bool {
	for _, from := range decode.From {
		ok := slices.ContainsFunc(s.siblings(from, decode.Name), func(c *plan.Stage) bool {
			return (c.When == plan.Otherwise || c.When == "") && s.kind(c.Name).Sink()
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
