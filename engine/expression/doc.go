// Package expression is the one expression language of pipelines: guards
// (`when = 'asset.type == "Image"'`) and the ${…} parts of templates. It is
// expr-lang with a typed environment, so a typo is found when the pipeline is
// read, and without anything that differs from run to run (now, date).
//
// What the job decides is folded: job.* becomes a constant, and whatever is then
// constant is evaluated, so that a compiled plan speaks of assets only.
package expression
