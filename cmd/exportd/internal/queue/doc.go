// Package queue is the only one that knows NATS JetStream: it hands units of
// work to workers, takes their results, and keeps the records of jobs. The server
// is inside the process by default and a cluster when a URL is given; nothing
// above this package sees a difference.
//
// # What is stored
//
//	WORK    work.<job>.<unit>    a unit that is to be exported; gone once acknowledged
//	RESULT  result.<job>.<unit>  pages of what became of its assets, a chain a unit
//	CLAIM   <job>.<unit>         who has the unit; the revision is the fence
//	JOB     <job>                the job's record, changed by compare-and-set only
//	PLAN    <job>                the compiled plan, for workers on other machines
//	DEAD    dead.<job>.<unit>    units given up, with the assets in flight
//
// # The commit of a unit (reliability 2.2)
//
//  1. claim: CLAIM by compare-and-set. The revision is the fence.
//  2. what earlier attempts committed is read from the unit's chain in RESULT and
//     given to the worker, which skips it. A takeover then adds an empty page.
//  3. before files get their names the claim is read again ([Claim.Held]).
//  4. pages are published, each expecting the one before it as the last of its
//     subject; the last one ends the unit.
//  5. the message in WORK is acknowledged, and the answer waited for.
//  6. whoever keeps the job's journal reads the pages, makes them durable there
//     and only then lets go of the unit ([Queue.Settle]).
//
// So an acknowledgement proves nothing here. NATS takes one from a worker that
// was stopped for longer than its claim, but the chain does not: after a takeover
// the stale worker's next page is refused, and its next rename never happens.
//
// # Decisions
//
// One consumer serves all workers, where the notes suggest one a job: making 500
// of them costs 7 s with synchronous writes, and which unit comes next is for the
// scheduler to say, which keeps only a few units in WORK. Pause and stop take a
// job's units out of WORK by subject. Deliveries are not limited: what counts is
// how often a worker died without getting on ([Claim.Toll]), and the server's
// own count can be wrong.
//
// Synchronous writes are always on in the embedded server: every other setting
// lost whole streams in power cuts. Its folder is locked, because two servers on
// one folder destroy each other's messages without an error.
package queue
