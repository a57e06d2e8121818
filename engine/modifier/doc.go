// Package modifier is the Image Serving modifier language as text: it takes a
// modifier string apart, expands macros, merges the commands of a job, a macro
// and a catalog record into the effective [Settings] of one image, and works out
// the exact [Geometry]. It touches no pixels and no files.
//
// The order of work (is-protocol 2.1): undo transport encoding, expand macros,
// split on &, split each segment at its first =, substitute variables,
// percent-decode, split on commas and interpret. Every command keeps its
// [Origin], so that `exportd explain` can say where it came from.
//
// Every command of the language is in one table, [Commands]: supported, ignored
// with a note, or refused by name. Nothing is silently wrong.
package modifier
