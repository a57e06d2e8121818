// Package planning says, before any pixel is touched, what will become of every
// asset of a job: its resolved record, the branches it may take, and the name of
// each file it may leave (DESIGN 6). The entries are written to assets.ndjson in
// job order; workers get their share of them and need no agreement. `run`,
// `plan` and `tree` read the same entries.
package planning
