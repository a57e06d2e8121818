// Package diag is the one form in which exportd tells somebody that something
// is wrong: a stable code, a message, the place and the mend.
//
// Inside packages errors are plain and wrapped with %w. At an edge, where a
// person or a program will read it, an error becomes a [Diag]. Its code decides
// everything that depends on the error: the exit code of the command, the
// outcome of an asset, the text of `exportd explain CODE`. Codes start with
// their severity: E- is an error, W- a warning, N- a note.
//
// The package never prints on its own and never decides what happens next.
package diag
