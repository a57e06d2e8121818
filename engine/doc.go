// Package engine is the front door: [Compile] makes a plan of a pipeline and a
// job, [Run] runs a plan over resolved items.
//
//	spec, err := pipeline.Parse(name, text, registry)
//	plan, warnings, err := engine.Compile(compile.Input{Spec: spec, Job: job, Registry: registry})
//	err = engine.Run(ctx, plan, registry, engine.Options{Env: env}, items)
//
// The engine knows the contract of stages, not the stages: the caller brings a
// registry of kinds. It touches no pixels and needs no cgo.
package engine
