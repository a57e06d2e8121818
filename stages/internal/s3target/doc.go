// Package s3target delivers files as objects of S3 and of what speaks its
// protocol.
//
// An object appears whole or not at all, so there is nothing to hide: Prepare
// writes it, under the condition that no object has the name, where the server
// knows that condition; it is asked once. Where it does not, or where the bytes
// are many, a look comes first. An object that is there already is success when
// its bytes are the same, which its metadata or its bytes themselves say; other
// bytes are a conflict, unless the run overwrites. An answer that was lost is
// such a case: the next attempt finds the object.
//
// The manifest is written last, its sum before it.
package s3target
