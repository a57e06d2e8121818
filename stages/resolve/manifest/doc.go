// Package manifest keeps the records of a catalog in a file: one JSON object a
// line, or CSV with a line of names at its head.
//
// The file is read once, as a stream, when it is opened. What stays in memory is
// where each record begins, 16 bytes of it; the record itself is read again when
// somebody asks for it. The file must not change meanwhile.
package manifest
