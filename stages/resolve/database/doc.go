// Package database keeps the records of a catalog in an SQL database: whatever a
// query gives for a list of handles, its columns named as the fields of a record.
//
// The handles are one bound value, so that a query is prepared once whatever the
// number of handles: a JSON array for SQLite, an array for PostgreSQL. The
// connection is read-only. A database that goes away in the middle of a job is
// waited for.
package database
