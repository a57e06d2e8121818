//go:build cgo && faults

package vips

/*
#include <vips/vips.h>

static void
die(VipsImage *image, VipsProgress *progress, void *data)
{
	// Small pictures may end without an "eval"; every one has a "preeval".
	abort();
}

static void
arm(VipsImage *image)
{
	vips_image_set_progress(image, TRUE);
	g_signal_connect(image, "preeval", G_CALLBACK(die), NULL);
}
*/
import "C"

import (
	"fmt"
	"os"
	"unsafe"

	govips "github.com/davidbyttow/govips/v2/vips"
)

// FaultSize names, in a build with the tag faults, the size of the pictures at
// which libvips aborts when it begins to compute their pixels: 13x7.
const FaultSize = "EXPORTD_FAULT"

// armFault is the fault switch of a test build.
func armFault(ref *govips.ImageRef) {
	if os.Getenv(FaultSize) == fmt.Sprintf("%dx%d", ref.Width(), ref.Height()) {
		C.arm((*C.VipsImage)(unsafe.Pointer(*slot(ref))))
	}
}
