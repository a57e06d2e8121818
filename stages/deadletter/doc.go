// Package deadletter is the kind dead-letter: a folder that keeps what a job
// could not export. No stage feeds it; on_error leads failed items there. Of
// each asset it keeps the original's bytes, delivered as any file is, and what
// is known of the failure is written beside them by whoever runs the plan: a
// stage cannot, for the worst failures take its process with them.
package deadletter
