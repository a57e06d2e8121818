package compile

import (
	"fmt"
	"maps"
	"slices"

	"github.com/exportd/exportd/engine/pipeline"
	"github.com/exportd/exportd/engine/plan"
)

// FromSpec takes a compiled plan as it stands, without running any pass: what a
// worker does with the plan it was handed.
func FromSpec(spec *pipeline.Spec) *plan.Plan {
	p := fromSpec(spec)
	p.Job.Name, _ = spec.Plan["job"].(string)
	p.Job.Digest, _ = spec.Plan["digest"].(string)
	return p
}

func fromSpec(spec *pipeline.Spec) *plan.Plan {
	p := &plan.Plan{
		Name: spec.Name, Description: spec.Description,
		Defaults: plan.Defaults{
			OnError: orElse(spec.Defaults.OnError, "report"), Timeout: spec.Defaults.Timeout,
			NonConvertible: orElse(spec.Defaults.NonConvertible, "original"),
		},
	}
	for _, name := range slices.Sorted(maps.Keys(spec.Plugins)) {
		pin := plan.Plugin{Name: name, Version: spec.Plugins[name].Version, Sum: spec.Plugins[name].Sum}
		for _, line := range spec.Plugins[name].Encoders {
			pin.Encoders = append(pin.Encoders, plan.ParseEncoder(line))
		}
		p.Plugins = append(p.Plugins, pin)
	}
	for _, st := range spec.Stages {
		p.Stages = append(p.Stages, fromStage(st))
	}
	if spec.Attributes != nil {
		p.Attributes = map[string]string{}
		for k, v := range spec.Attributes {
			p.Attributes[k] = fmt.Sprint(v)
		}
	}
	return p
}

func fromStage(st pipeline.Stage) plan.Stage {
	out := plan.Stage{
		Name: st.Name, Kind: st.Kind, From: slices.Clone(st.From), When: st.When,
		Params: maps.Clone(st.Params), Timeout: st.Timeout, Workers: st.Workers,
		OnError: st.OnError, Why: slices.Clone(st.Why),
	}
	if out.Params == nil {
		out.Params = map[string]any{}
	}
	if r := st.Retry; r != nil {
		out.Retry = &plan.Retry{Attempts: r.Attempts, Base: r.Base, Max: r.Max}
	}
	return out
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
