// Package pin finds plugins and holds them fast: which programs the configured
// folders hold, what their sums are, what exportd.lock says of them, and the
// private copies that are run (reliability S19).
//
// A plugin runs only from its copy in state/plugins/<sum>, and only when that
// copy has the sum that the lock file names. Whoever changes the program in its
// folder, also between the check and the start, changes nothing that runs.
package pin
