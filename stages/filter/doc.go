// Package filter is the kind "filter-unsupported": it takes out what has no file
// to export, and decides what becomes of assets that cannot be rendered.
package filter
