// Package job reads an ExportJob: which assets leave, and how.
//
// [Read] takes a job file, TOML or JSON with the same field names, and refuses
// everything that is wrong with it at once, each with its place. The handles are
// never all in memory unless the file itself holds them: [Job.EachHandle] streams
// them from the array or from the handle file, in job order. [Job.Digest] names
// the job by its content.
//
// The package does not know modifiers, macros or catalogs: those texts are
// passed on as they are.
package job
