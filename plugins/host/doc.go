// Package host runs plugins: processes that may hang, crash, lie or be replaced.
//
// A [Host] has one pool of processes for each plugin. A call takes a process,
// starting one where there is none; a process has one call at a time unless the
// plugin says that it is concurrent. A process that died, that passed a deadline
// or that grew is not used again. Whatever dies costs the call in hand, which is
// made once more with a process of its own; the second time it is an error with
// the plugin's stack.
//
// Pixels lie in files in a folder of the host's own on a tmpfs, mapped by both
// sides and reused; only base names cross the wire (see encoder.proto). A plugin
// that does not take files gets the same pixels as strips.
//
// Processes start with an environment of exactly what is listed in env.go, in a
// process group of their own, with limits, and die with this one. Nothing that
// happens there is a panic here, and every goroutine ends with [Host.Close].
package host
