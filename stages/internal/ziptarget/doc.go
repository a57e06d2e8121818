// Package ziptarget delivers files into a ZIP archive.
//
// Files are gathered in a spool, a folder of the run's state, each under the sum
// of its bytes; when all are there, one finisher writes the archive from the
// manifest and the spool:
//
//  1. every part is written to a temporary file beside its name: entries in the
//     manifest's order, then the part's own manifest
//  2. an older manifest is removed, the parts get their names
//  3. the manifest is published beside the archive, the spool is removed
//
// A crash before 3 leaves the spool as it was, and the archive is written again.
// The archive is a function of the manifest and the files: fixed times, fixed
// order, no trace of who delivered what when. So one job gives one archive, byte
// for byte, for any number of workers.
//
// Bytes that are compressed already are stored, others deflated; an archive or
// an entry beyond 4 GiB is zip64. A finished archive can be finished again with
// other files: those that the spool no longer has come out of the old archive.
package ziptarget
