// Package filename makes names that every file system takes, and keeps them
// apart.
//
// [Safe] brings a slash-separated name into a portable form: nothing in it can
// leave its folder, trick a reader's eye or mean something else on Windows or
// macOS. [Unique] numbers names that would fall together on a file system that
// ignores case, in the order in which they are taken, so that the same job gives
// the same names on every host. Both know the names that exportd keeps for
// itself in an output folder.
//
// The package touches no files.
package filename
