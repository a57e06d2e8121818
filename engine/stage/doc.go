// Package stage is the contract between the engine and the kinds of stages.
//
// A [Kind] describes what a stage is: its ports, its parameters, how one is
// made. A [Stage] is one made from it; it handles an item at a time and is
// called by several workers at once. A [Registry] is the set of kinds that a
// program was built with: a value, filled where the program is wired together.
//
// The engine never imports a kind. Package stagetest is the suite that every
// kind runs.
package stage
