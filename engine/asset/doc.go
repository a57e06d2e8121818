// Package asset holds what flows through a plan: a [Handle] names an asset, an
// [Asset] is its resolved record, an [Item] is one of them on its way, which
// carries first nothing but the asset, then an [Image], then an [Artifact].
//
// An item has one owner at a time, the stage or the run-time that holds it, and
// the owner closes it: [Item.Close] is called exactly once, whatever happens.
// The package knows no pixels, no files and no catalogs.
package asset
