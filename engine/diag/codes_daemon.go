package diag

import "slices"

// The codes of the daemon and its queue.
const (
	JobUnknown  Code = "E-JOB-UNKNOWN"
	JobState    Code = "E-JOB-STATE"
	JobFailed   Code = "E-JOB-FAILED"
	StateFull   Code = "E-STATE-FULL"
	Queue       Code = "E-QUEUE"
	QueueFull   Code = "E-QUEUE-FULL"
	Daemon      Code = "E-DAEMON"
	WorkerCrash Code = "E-WORKER-CRASH"
	RecordSize  Code = "E-RECORD-SIZE"
)

var codes = slices.Concat(general, ofDaemon)

var ofDaemon = []Entry{
	{JobUnknown, Input, "the daemon has no job of this id, or it belongs to another company", "see exportd jobs ls"},
	{JobState, Input, "what was asked for is not possible in the state the job is in", "see exportd jobs show ID"},
	{JobFailed, Input, "an asset failed, and its stage says that this ends the job", "see exportd jobs logs ID, mend the asset, then exportd jobs retry ID"},
	{StateFull, Environment, "the disk of the daemon's state has no space left", "make room; jobs that were accepted are safe and go on by themselves"},
	{Queue, Environment, "the queue of the daemon cannot be used", "check that the daemon runs, its state folder, or queue.url"},
	{QueueFull, Environment, "the queue of the daemon has no space left", "make room on its disk; jobs go on by themselves"},
	{Daemon, Environment, "the daemon does not answer", "start it with exportd serve, or check daemon.listen"},
	{WorkerCrash, Asset, "workers of the daemon died again and again on this asset", "look for a lack of memory on the machine; exportd jobs retry tries it once more"},
	{RecordSize, Asset, "what the catalog knows of the asset is too large to be handed to a worker", "shorten its record"},
}
