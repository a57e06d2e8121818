// Package pipeline reads a pipeline file into a [Spec] and judges each key of it
// on its own: known, of the right type, allowed by the kind of its stage.
//
//	spec, err := pipeline.Parse("shop.toml", text, registry)
//
// What stages are to each other, ports, circles, branches and expressions, is
// for the compiler to judge, with the places that [Spec.Place] keeps. Defaults
// of params are the compiler's too: a Spec holds what the file says, no more. A
// compiled plan is a pipeline file with a table [plan], and is read the same way.
package pipeline
