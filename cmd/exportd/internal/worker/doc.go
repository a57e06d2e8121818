// Package worker is `exportd worker`: it claims one unit at a time, exports its
// assets with the runner of every run, and commits what became of them.
//
// The order of a commit is the queue's (see package queue). Within a unit, what
// became of assets is reported in pages while it goes on, after every 16 assets
// or a second, so that whoever takes the unit over redoes little.
//
// A unit on which a worker has died is taken up carefully: its next assets go one
// by one, each noted in the claim before it begins, and those that were in flight
// at a death come last. An asset that was in flight at three such deaths fails as
// E-WORKER-CRASH, its name is in the queue's dead letter, and the rest goes on. So
// does all that is left after twelve deaths in a row without a sign of what was in
// flight. Where the daemon died, and the worker only with it, a death weighs a
// third: that may be anybody's fault.
package worker
