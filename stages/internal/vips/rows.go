package vips

// #include "libvips.h"
import "C"

import (
	"fmt"
	"runtime"
	"unsafe"

	govips "github.com/davidbyttow/govips/v2/vips"
)

// rowsAtOnce is how many rows are computed together.
const rowsAtOnce = 32

// rows computes ref from the top to the bottom and gives its pixels to f, whole
// rows of one byte a band. It stays on one thread for that; f keeps nothing of what it gets.
func rows(ref *govips.ImageRef, f func([]byte) error) error {
	defer runtime.KeepAlive(ref)
	// A region belongs to the thread that made it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	in := *slot(ref)
	if in == nil {
		return errClosed
	}
	region := C.vips_region_new(in)
	if region == nil {
		return libvipsError()
	}
	defer C.g_object_unref(C.gpointer(region))
	line := ref.Width() * ref.Bands()
	buffer := make([]byte, rowsAtOnce*line)
	for y := 0; y < ref.Height(); y += rowsAtOnce {
		n := min(rowsAtOnce, ref.Height()-y)
		part := buffer[:n*line]
		if C.exp_rows(region, C.int(y), C.int(n), unsafe.Pointer(&part[0])) != 0 {
			return fmt.Errorf("rows: %w", libvipsError())
		}
		if err := f(part); err != nil {
			return err
		}
	}
	return nil
}
