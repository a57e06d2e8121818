// Package daemon is what `exportd serve` does behind its front doors: it accepts
// jobs, plans them, gives their units to the queue, gathers what workers report
// and writes the manifests. Pixels are the workers' business; libvips is never
// started here.
//
// # What is where
//
//	state/lock              held by the daemon and by every local worker and child
//	state/jobs/<id>/        the request as it was accepted, checksummed: the queue
//	                        can be lost and every job is still there
//	state/jobs/<id>/log.ndjson, record.json
//	state/queue/            the embedded server's
//	out/<id>/               the job's files; its run state in out/<id>/.exportd/<id>/
//
// # States of a job
//
// A record changes by compare-and-set and along these edges only:
//
//	QUEUED -> PLANNING -> RUNNING -> FINISHING -> DONE | DONE_WITH_ERRORS | FAILED
//	QUEUED | PLANNING | RUNNING <-> PAUSED
//	QUEUED -> CANCELLED;  PLANNING | RUNNING | PAUSED -> CANCELLING -> CANCELLED
//	PLANNING | RUNNING -> FAILED (fail-job, a job that cannot be planned)
//	DONE | DONE_WITH_ERRORS | FAILED | CANCELLED -> QUEUED (retry)
//
// Whoever wants a job stopped changes its record; the goroutine that has the job
// sees it there. So a stop is never lost, whatever dies.
//
// One goroutine has a job while it is on its way ([carrier]). It alone touches the
// job's journal. A restarted daemon takes up every job where its journal, the units
// in the queue and the pages there say it stands.
package daemon
