// Package target is the contract of places that files are delivered to, with
// what all of them share: a folder, a ZIP archive, object storage, a server.
//
// A file goes three steps. Its bytes are written to a temporary file of the
// [Staging], where they are hashed; Prepare brings them to the target's side,
// several at a time, as far as that can be done before anybody may see them;
// Commit makes a batch durable and visible. When all files of a job are
// delivered, Finish ends the target: the manifest last, because its presence
// says that the job is finished.
//
// Every target promises the same, and the suite in package targettest holds it
// to that: nobody ever sees a part of a file; what was reported as delivered
// survives a power cut; the same file delivered again changes nothing; whatever
// a crash left behind, the same calls once more lead to the same end.
//
// Decorators over [Target] are packages of their own: limit, retry.
package target
