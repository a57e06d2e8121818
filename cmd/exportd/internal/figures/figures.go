// Package figures counts what a run left at every stage of its plan, from its
// journal, for a drawing of the plan.
package figures

import (
	"slices"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/report"
	"github.com/exportd/exportd/engine/stage"
)

// Read counts the lines of the journal at path. A stage that several branches of
// an asset went through counts it once.
func Read(path string, p *plan.Plan, reg *stage.Registry) (map[string]plan.Figures, error) {
	c := &counter{plan: p, registry: reg, assets: map[int]*ended{}, seconds: map[string]float64{}}
	for line, err := range report.Lines(path) {
		if err != nil {
			return nil, err
		}
		switch l := line.(type) {
		case report.BranchLine:
			c.branch(l)
		case report.AssetLine:
			c.asset(l)
		}
	}
	return c.figures(), nil
}

type counter struct {
	plan     *plan.Plan
	registry *stage.Registry
	assets   map[int]*ended
	seconds  map[string]float64
}

// ended is how the branches of one asset ended, the last time it was tried.
type ended struct {
	branches []end
	over     bool // its asset line has been seen
}

type end struct {
	report.Branch
	outcome asset.Outcome
}

func (c *counter) of(seq int) *ended {
	e := c.assets[seq]
	if e == nil {
		e = &ended{}
		c.assets[seq] = e
	}
	return e
}

func (c *counter) branch(l report.BranchLine) {
	e := c.of(l.Seq)
	if e.over { // it is tried again; what was delivered stays
		e.over = false
		e.branches = slices.DeleteFunc(e.branches, func(b end) bool { return b.outcome != asset.Exported })
	}
	e.branches = slices.DeleteFunc(e.branches, func(b end) bool { return b.Branch == l.Branch() })
	e.branches = append(e.branches, end{l.Branch(), l.Outcome})
}

func (c *counter) asset(l report.AssetLine) {
	e := c.of(l.Seq)
	if e.over || len(e.branches) == 0 { // nobody but the supervisor knows of it
		e.branches = []end{{report.Branch{Stage: c.blamed(l.Code)}, l.Outcome}}
	}
	e.over = true
	for name, s := range l.Stages {
		c.seconds[name] += s
	}
}

// blamed is the stage of an asset that never came to a branch's end: one that did
// not resolve, or one that took its codec with it.
func (c *counter) blamed(code diag.Code) string {
	pixels := code == diag.CodecCrash || code == diag.LimitTime || code == diag.PluginCrash
	for _, st := range c.plan.Stages {
		if k := c.kind(st.Name); pixels && k.Out == stage.PortImage || !pixels && k.Source() {
			return st.Name
		}
	}
	return ""
}

func (c *counter) kind(name string) stage.Kind {
	st := c.plan.Stage(name)
	if st == nil {
		return stage.Kind{}
	}
	k, _ := c.registry.Kind(st.Kind)
	return k
}

func (c *counter) figures() map[string]plan.Figures {
	sum := map[string]plan.Figures{}
	for _, st := range c.plan.Stages {
		sum[st.Name] = plan.Figures{Seconds: c.seconds[st.Name]}
	}
	for _, e := range c.assets {
		through := map[string]bool{}
		for _, b := range e.branches {
			f, known := sum[b.Stage]
			if !known {
				continue
			}
			switch b.outcome {
			case asset.Failed:
				f.Failed++
				if letter := c.plan.OnError(b.Stage); c.kind(letter).Errors {
					through[letter] = true
				}
			case asset.Skipped:
				f.Skipped++
			default:
				f.Items++
			}
			sum[b.Stage] = f
			c.upstream(b.Stage, b.Rendition, through)
		}
		for name := range through {
			f := sum[name]
			f.Items++
			sum[name] = f
		}
	}
	return sum
}

// upstream marks the stages that an item of a rendition came through on its way
// to name. An original came through no picture's stages, where there is another
// way.
func (c *counter) upstream(name, rendition string, marked map[string]bool) {
	from := c.plan.Stage(name).From
	if rendition == "" && c.kind(name).Sink() {
		plain := slices.DeleteFunc(slices.Clone(from), func(f string) bool { return c.kind(f).Out != stage.PortAsset })
		if len(plain) > 0 {
			from = plain
		}
	}
	for _, f := range from {
		if c.carries(f, rendition) {
			marked[f] = true
			c.upstream(f, rendition, marked)
		}
	}
}

// carries reports whether items of the rendition pass a stage: not those of the
// transforms beside it.
func (c *counter) carries(name, rendition string) bool {
	k := c.kind(name)
	if rendition == "" || !k.Accepts(stage.PortImage) {
		return true
	}
	return name == rendition || c.reads(name, rendition) || c.reads(rendition, name)
}

// reads reports whether the stage name reads, over any number of stages, from
// the stage upstream.
func (c *counter) reads(name, upstream string) bool {
	st := c.plan.Stage(name)
	if st == nil {
		return false
	}
	return slices.ContainsFunc(st.From, func(f string) bool { return f == upstream || c.reads(f, upstream) })
}
