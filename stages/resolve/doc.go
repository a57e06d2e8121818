// Package resolve finds the assets that a job names: the kind "resolve", the
// [Catalog] behind it, and the catalog that every installation has, [Dir], a
// folder of files.
//
// Who may see an asset is decided here, asset by asset ([Caller]): what belongs
// to another company answers exactly as if it did not exist.
package resolve
