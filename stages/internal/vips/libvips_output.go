package vips

// #include "libvips.h"
import "C"

import (
	"fmt"
	"runtime"
	"unsafe"

	govips "github.com/davidbyttow/govips/v2/vips"

	"github.com/exportd/exportd/engine/diag"
)

// saveHEIF writes AVIF, or HEIC where av1 is false.
func saveHEIF(ref *govips.ImageRef, path string, av1 bool, quality int, lossless bool) error {
	defer runtime.KeepAlive(ref)
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	if C.exp_heifsave(*slot(ref), name, boolean(av1), C.int(quality), boolean(lossless)) != 0 {
		return fmt.Errorf("heif: %w", libvipsError())
	}
	return nil
}

// saveJP2K writes JPEG 2000.
func saveJP2K(ref *govips.ImageRef, path string, quality int, lossless bool) error {
	defer runtime.KeepAlive(ref)
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	if C.exp_jp2ksave(*slot(ref), name, C.int(quality), boolean(lossless)) != 0 {
		return fmt.Errorf("jpeg2000: %w", libvipsError())
	}
	return nil
}

// heifEncoder refuses avif or heic where this libvips has no encoder for it,
// found out by encoding a black square.
func heifEncoder(format string) error {
	if C.exp_heif_trial(boolean(format == "avif")) == 0 {
		return nil
	}
	return diag.New(diag.CommandUnsupported, "fmt=%s: the libraries of this machine have no encoder for it: %s", format, detail(libvipsError())).
		WithHint("install libheif with an encoder, or choose another format")
}

// getXMP copies the XMP of a loaded image, nil when there is none.
func getXMP(ref *govips.ImageRef) []byte {
	defer runtime.KeepAlive(ref)
	var n C.size_t
	data := C.exp_xmp(*slot(ref), &n)
	if data == nil || n == 0 {
		return nil
	}
	return C.GoBytes(data, C.int(n))
}

// setBlob attaches metadata, which is not empty.
func setBlob(ref *govips.ImageRef, name string, data []byte) error {
	key := C.CString(name)
	defer C.free(unsafe.Pointer(key))
	return apply(ref, func(in *C.VipsImage, out **C.VipsImage) C.int {
		return C.exp_set_blob(in, out, key, unsafe.Pointer(&data[0]), C.size_t(len(data)))
	})
}
