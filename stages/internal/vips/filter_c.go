package vips

// #cgo LDFLAGS: -lm
// #include "libvips.h"
import "C"

import (
	"runtime"
	"unsafe"

	govips "github.com/davidbyttow/govips/v2/vips"

	"github.com/exportd/exportd/engine/modifier"
)

// points are the operations on one pixel at a time, see ExpPoints in libvips.h.
type points struct {
	tones      *[256]uint8
	hue        float64 // degrees
	saturation float64 // factor
	balances   *[3][256]uint8
	ramp       *[3][256]uint8
	invert     bool
	noise      float64 // levels
	gaussian   bool
	mono       bool
	seed       uint64
}

func applyPoints(ref *govips.ImageRef, p points, bands int) error {
	c := C.ExpPoints{
		hue: C.double(p.hue), saturation: C.double(p.saturation), invert: truth(p.invert),
		noise: C.double(p.noise), gaussian: truth(p.gaussian), mono: truth(p.mono), seed: C.guint64(p.seed),
	}
	if p.tones != nil {
		c.tone, c.tones = 1, *(*[256]C.uchar)(unsafe.Pointer(p.tones))
	}
	if p.balances != nil {
		c.balance, c.balances = 1, *(*[3][256]C.uchar)(unsafe.Pointer(p.balances))
	}
	if p.ramp != nil {
		c.colorize, c.ramp = 1, *(*[3][256]C.uchar)(unsafe.Pointer(p.ramp))
	}
	return apply(ref, func(in *C.VipsImage, out **C.VipsImage) C.int { return C.exp_points(in, out, &c, C.int(bands)) })
}

func truth(b bool) C.int {
	if b {
		return 1
	}
	return 0
}

// growDisc dilates the colours, or alpha alone, by a disc; below 0 it erodes.
func growDisc(ref *govips.ImageRef, radius, bands int, mask bool) error {
	return apply(ref, func(in *C.VipsImage, out **C.VipsImage) C.int {
		return C.exp_grow(in, out, C.int(radius), C.int(bands), boolean(mask))
	})
}

// blurBy is a Gaussian with a deviation in pixels for each axis; its result is
// float.
func blurBy(ref *govips.ImageRef, sigma [2]float64) error {
	return apply(ref, func(in *C.VipsImage, out **C.VipsImage) C.int {
		return C.exp_blur(in, out, C.double(sigma[0]), C.double(sigma[1]))
	})
}

// unsharpBy is an unsharp mask; its result is float.
func unsharpBy(ref *govips.ImageRef, sigma [2]float64, u modifier.USM, mono bool) error {
	return apply(ref, func(in *C.VipsImage, out **C.VipsImage) C.int {
		return C.exp_usm(in, out, C.double(sigma[0]), C.double(sigma[1]), C.double(u.Amount), C.double(u.Threshold), boolean(mono))
	})
}

// histogram counts the luminance of an 8-bit image in memory.
func histogram(ref *govips.ImageRef, bands int) (counts [256]uint64, err error) {
	defer runtime.KeepAlive(ref)
	if C.exp_histogram(*slot(ref), C.int(bands), (*C.guint64)(unsafe.Pointer(&counts[0]))) != 0 {
		return counts, libvipsError()
	}
	return counts, nil
}

// iccConvert converts to 8 bits in the profile to; from "" is the embedded one. With
// how.Dither the pixels are computed, and what 8 bits cannot hold is diffused.
// Both are paths or the names of libvips' own.
func iccConvert(ref *govips.ImageRef, from, to string, how modifier.ICC) error {
	target := C.CString(to)
	defer C.free(unsafe.Pointer(target))
	var source *C.char
	if from != "" {
		source = C.CString(from)
		defer C.free(unsafe.Pointer(source))
	}
	depth := C.int(8)
	if how.Dither {
		depth = 16
	}
	err := apply(ref, func(in *C.VipsImage, out **C.VipsImage) C.int {
		return C.exp_icc(in, out, source, target, C.VipsIntent(how.Intent), boolean(how.BlackPoint), depth)
	})
	if err != nil || !how.Dither {
		return err
	}
	space := spaceOf(ref)
	if err := apply(ref, func(in *C.VipsImage, out **C.VipsImage) C.int { return C.exp_dither(in, out) }); err != nil {
		return err
	}
	return setHeader(ref, interpretation(space, govips.BandFormatUchar), ref.ResX())
}

// setProfile makes a profile, a path or the name of libvips' own, the one that
// the image carries.
func setProfile(ref *govips.ImageRef, where string) error {
	name := C.CString(where)
	defer C.free(unsafe.Pointer(name))
	return apply(ref, func(in *C.VipsImage, out **C.VipsImage) C.int { return C.exp_set_profile(in, out, name) })
}
