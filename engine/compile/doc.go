// Package compile turns a pipeline and a job into a plan, in small passes that
// each do one thing and leave a why behind (DESIGN 5):
//
//	order     stages in topological order; a cycle is refused
//	check     edges, ports, branches, reach
//	plugins   the plugins that are named, and the sums of all that may run
//	bind      the job's constants into templates and guards
//	guards    guards that became constant decide: a branch stays or goes
//	original  fmt=orig: no stage makes or takes an image
//	expand    macros and ${job.modifier} into commands that keep their origin
//	as-is     an edge around decode for assets that cannot be rendered
//	scale     decode may load no more pixels than its transforms need
//	defaults  every param that was left out
//
// A plan compiles to itself: each pass finds nothing to do in its own result.
// Mistakes are reported with their place before anything runs.
package compile
