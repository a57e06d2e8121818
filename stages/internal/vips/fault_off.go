//go:build cgo && !faults

package vips

import govips "github.com/davidbyttow/govips/v2/vips"

// armFault is the fault switch, which only a build with the tag faults has.
func armFault(*govips.ImageRef) {}
