// Package original holds the stores in which the files of a catalog lie: a
// [Folder] of this machine, or a [Bucket] that is read through a bounded cache.
//
// A store gives bytes, never a path that somebody could follow elsewhere, and it
// gives the bytes that were there when the job was planned or none: a file that
// has changed since, or changes while it is read, is E-SOURCE-CHANGED.
package original
