// Package report keeps what became of a job's assets: the [Journal], a file that
// grows while a run goes on and from which the next run resumes; the [Totals],
// which always add up; the manifest, which lists what was delivered and stands
// for a finished job; and the [Summary] of `run --json`.
//
// # Order of writes
//
// A branch is written into the journal after its file is durable at the target,
// an asset after all its branches, the manifest after all assets. So whatever a
// crash leaves behind claims no more than is true, and what it does not claim is
// done again with the same result.
package report
