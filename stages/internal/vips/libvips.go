package vips

// #cgo pkg-config: vips
// #include "libvips.h"
import "C"

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"unsafe"

	govips "github.com/davidbyttow/govips/v2/vips"
)

// This file, filter_c.go and the C files are the only cgo of the project. They do
// what govips has no call for; see libvips.h.

// errLayout says that govips changed what this package takes out of it.
var errLayout = errors.New("this govips does not hold its image where exportd looks for it")

// imageOffset finds the private pointer that an ImageRef holds.
func imageOffset() (uintptr, error) {
	f, ok := reflect.TypeFor[govips.ImageRef]().FieldByName("image")
	if !ok || f.Type.Kind() != reflect.Pointer || f.Type.Elem().Name() != "_Ctype_struct__VipsImage" {
		return 0, errLayout
	}
	return f.Offset, nil
}

// slot is where ref holds its image: the one place that reaches into govips.
// [Startup] has checked that the field is there.
func slot(ref *govips.ImageRef) **C.VipsImage {
	offset, _ := imageOffset()
	return (**C.VipsImage)(unsafe.Add(unsafe.Pointer(ref), offset))
}

// apply replaces the image of ref by what op makes of it.
func apply(ref *govips.ImageRef, op func(in *C.VipsImage, out **C.VipsImage) C.int) error {
	defer runtime.KeepAlive(ref)
	at := slot(ref)
	if *at == nil {
		return errClosed
	}
	var out *C.VipsImage
	if op(*at, &out) != 0 {
		if out != nil {
			C.g_object_unref(C.gpointer(out))
		}
		return libvipsError()
	}
	C.g_object_unref(C.gpointer(*at))
	*at = out
	return nil
}

// libvipsError takes libvips' words out of its buffer. They are a detail for
// people: the buffer is global, so they may be another image's.
func libvipsError() error {
	text := C.vips_error_buffer_copy()
	defer C.g_free(C.gpointer(text))
	return errors.New(C.GoString(text))
}

// detail is one line of what libvips or govips said.
func detail(err error) string {
	text, _, _ := strings.Cut(err.Error(), "Stack:")
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if line = strings.TrimSpace(line); line == "" {
		return "libvips gives no reason"
	}
	return line
}

func loaderState(nick string) (present, on bool) {
	name := C.CString(nick)
	defer C.free(unsafe.Pointer(name))
	state := C.exp_loader(name)
	return state > 0, state == 2
}

func allowLoader(class string) {
	name := C.CString(class)
	defer C.free(unsafe.Pointer(name))
	C.exp_allow(name)
}

func blockUntrusted() { C.vips_block_untrusted_set(C.TRUE) }

func copyMemory(ref *govips.ImageRef) error {
	return apply(ref, func(in *C.VipsImage, out **C.VipsImage) C.int { return C.exp_copy_memory(in, out) })
}

// setHeader names the interpretation of the pixels and sets their density.
func setHeader(ref *govips.ImageRef, space govips.Interpretation, perMM float64) error {
	return apply(ref, func(in *C.VipsImage, out **C.VipsImage) C.int {
		return C.exp_header(in, out, C.VipsInterpretation(space), C.double(perMM))
	})
}

func strip(ref *govips.ImageRef, keepProfile, sequential bool) error {
	return apply(ref, func(in *C.VipsImage, out **C.VipsImage) C.int {
		return C.exp_strip(in, out, boolean(keepProfile), boolean(sequential))
	})
}

// resizeTo resizes pixels that stand for a picture of from, [2]float64{width,
// height}, about to w by h.
func resizeTo(ref *govips.ImageRef, w, h int, from [2]float64, kernel govips.Kernel) error {
	return apply(ref, func(in *C.VipsImage, out **C.VipsImage) C.int {
		return C.exp_resize(in, out, C.int(w), C.int(h), C.double(from[0]), C.double(from[1]), C.VipsKernel(kernel))
	})
}

func affine(ref *govips.ImageRef, t turning, interpolator string) error {
	name := C.CString(interpolator)
	defer C.free(unsafe.Pointer(name))
	m := t.matrix
	return apply(ref, func(in *C.VipsImage, out **C.VipsImage) C.int {
		return C.exp_affine(in, out, (*C.double)(&m[0]), C.double(t.move[0]), C.double(t.move[1]),
			C.int(t.area.X), C.int(t.area.Y), C.int(t.area.W), C.int(t.area.H), name)
	})
}

// under puts ink of alpha, 0..1, behind the image, which has an alpha band.
func under(ref *govips.ImageRef, ink []float64, alpha float64) error {
	return apply(ref, func(in *C.VipsImage, out **C.VipsImage) C.int {
		return C.exp_under(in, out, (*C.double)(unsafe.SliceData(ink)), C.int(len(ink)), C.double(alpha))
	})
}

// fade multiplies the alpha band by keep.
func fade(ref *govips.ImageRef, keep float64) error {
	return apply(ref, func(in *C.VipsImage, out **C.VipsImage) C.int { return C.exp_fade(in, out, C.double(keep)) })
}

// warpTo samples premultiplied pixels as w says.
func warpTo(ref *govips.ImageRef, w warping, interpolator string) error {
	name := C.CString(interpolator)
	defer C.free(unsafe.Pointer(name))
	m := w.matrix
	return apply(ref, func(in *C.VipsImage, out **C.VipsImage) C.int {
		return C.exp_warp(in, out, (*C.double)(&m[0]), C.int(w.area.W), C.int(w.area.H), C.int(w.over), name)
	})
}

// embed puts the image at x, y of a canvas filled with ink, one number a band;
// nil fills with zeros, which is transparent where there is alpha.
func embed(ref *govips.ImageRef, x, y, w, h int, ink []float64) error {
	return apply(ref, func(in *C.VipsImage, out **C.VipsImage) C.int {
		return C.exp_embed(in, out, C.int(x), C.int(y), C.int(w), C.int(h), (*C.double)(unsafe.SliceData(ink)), C.int(len(ink)))
	})
}

func flatten(ref *govips.ImageRef, ink []float64) error {
	return apply(ref, func(in *C.VipsImage, out **C.VipsImage) C.int {
		return C.exp_flatten(in, out, (*C.double)(unsafe.SliceData(ink)), C.int(len(ink)))
	})
}

// convolve sharpens; its result is float.
func convolve(ref *govips.ImageRef, centre float64) error {
	return apply(ref, func(in *C.VipsImage, out **C.VipsImage) C.int { return C.exp_sharpen(in, out, C.double(centre)) })
}

func takeBands(ref *govips.ImageRef, first, n int) error {
	return apply(ref, func(in *C.VipsImage, out **C.VipsImage) C.int { return C.exp_bands(in, out, C.int(first), C.int(n)) })
}

// clear makes every band zero.
func clearPixels(ref *govips.ImageRef) error {
	return apply(ref, func(in *C.VipsImage, out **C.VipsImage) C.int { return C.exp_clear(in, out) })
}

func premultiply(ref *govips.ImageRef) error {
	return apply(ref, func(in *C.VipsImage, out **C.VipsImage) C.int { return C.exp_premultiply(in, out) })
}

func unpremultiply(ref *govips.ImageRef, format govips.BandFormat) error {
	return apply(ref, func(in *C.VipsImage, out **C.VipsImage) C.int {
		return C.exp_unpremultiply(in, out, C.VipsBandFormat(format))
	})
}

func round(ref *govips.ImageRef, format govips.BandFormat) error {
	return apply(ref, func(in *C.VipsImage, out **C.VipsImage) C.int { return C.exp_round(in, out, C.VipsBandFormat(format)) })
}

func to8(ref *govips.ImageRef) error {
	return apply(ref, func(in *C.VipsImage, out **C.VipsImage) C.int { return C.exp_to8(in, out) })
}

// profileFits asks the colour library whether data can be used for the image.
func profileFits(ref *govips.ImageRef, data []byte) bool {
	defer runtime.KeepAlive(ref)
	if len(data) == 0 {
		return false
	}
	return C.exp_profile_fits(*slot(ref), unsafe.Pointer(&data[0]), C.size_t(len(data))) != 0
}

func naiveGray(ref *govips.ImageRef) error {
	return apply(ref, func(in *C.VipsImage, out **C.VipsImage) C.int { return C.exp_rgb_to_gray(in, out) })
}

func naiveCMYK(ref *govips.ImageRef) error {
	return apply(ref, func(in *C.VipsImage, out **C.VipsImage) C.int { return C.exp_rgb_to_cmyk(in, out) })
}

func naiveRGB(ref *govips.ImageRef) error {
	return apply(ref, func(in *C.VipsImage, out **C.VipsImage) C.int { return C.exp_cmyk_to_rgb(in, out) })
}

// The compressions of TIFF that exportd writes.
const (
	tiffNone = int(C.VIPS_FOREIGN_TIFF_COMPRESSION_NONE)
	tiffLZW  = int(C.VIPS_FOREIGN_TIFF_COMPRESSION_LZW)
	tiffZip  = int(C.VIPS_FOREIGN_TIFF_COMPRESSION_DEFLATE)
	tiffJPEG = int(C.VIPS_FOREIGN_TIFF_COMPRESSION_JPEG)
)

func saveWebP(ref *govips.ImageRef, path string, quality int, lossless bool, effort int) error {
	defer runtime.KeepAlive(ref)
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	if C.exp_webpsave(*slot(ref), name, C.int(quality), boolean(lossless), C.int(effort)) != 0 {
		return fmt.Errorf("webp: %w", libvipsError())
	}
	return nil
}

func saveTIFF(ref *govips.ImageRef, path string, compression, quality int, bare bool) error {
	defer runtime.KeepAlive(ref)
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	if C.exp_tiffsave(*slot(ref), name, C.VipsForeignTiffCompression(compression), C.int(quality), boolean(bare)) != 0 {
		return fmt.Errorf("tiff: %w", libvipsError())
	}
	return nil
}

func boolean(b bool) C.gboolean {
	if b {
		return C.TRUE
	}
	return C.FALSE
}
