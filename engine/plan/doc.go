// Package plan is the artefact that a job and a pipeline compile to: the exact
// DAG of stages, every expression that the job decides folded, every macro
// expanded, with a why on each stage that the compiler changed.
//
// A plan is TOML that people review and commit. It compiles to itself, byte for
// byte, and its digest names it. Running, dry-running and drawing are views of
// it. The package holds the values and their text; it decides nothing.
package plan
