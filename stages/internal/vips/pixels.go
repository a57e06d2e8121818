//go:build cgo

package vips

// #include "libvips.h"
import "C"

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"unsafe"

	govips "github.com/davidbyttow/govips/v2/vips"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
)

// Pixels describes the pixels of a rendered image.
func (m *Image) Pixels() Pixels {
	p := Pixels{Type: modifier.PixelType(spaceOf(m.work)), Alpha: hasAlpha(m.work), DPI: m.header.Density, Colour: m.colour()}
	if m.embeds() {
		p.Profile = bytes.Clone(m.work.GetICCProfile())
	}
	if m.reply.Settings.Output.EmbedXMP {
		p.XMP = m.xmp
	}
	return p
}

// Fill computes the pixels of a rendered image into a slice of exactly their size.
// An error is a diagnostic, or that of ctx.
func (m *Image) Fill(ctx context.Context, into []byte) error {
	if m.reply == nil || m.base == nil {
		return diag.New(diag.InternalError, "the image was not rendered, or is closed")
	}
	if m.work.BandFormat() != govips.BandFormatUchar {
		if err := eight(m.work); err != nil {
			return diag.New(diag.InternalError, "libvips: %s", detail(err))
		}
	}
	return m.pull(ctx, func() error { return compute(m.work, into) })
}

// compute computes ref from the top to the bottom, where it is wanted.
func compute(ref *govips.ImageRef, into []byte) error {
	defer runtime.KeepAlive(ref)
	line := ref.Width() * ref.Bands()
	if len(into) != line*ref.Height() {
		return fmt.Errorf("%d bytes for %d rows of %d", len(into), ref.Height(), line)
	}
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
	for y := 0; y < ref.Height(); y += rowsAtOnce {
		n := min(rowsAtOnce, ref.Height()-y)
		if C.exp_rows(region, C.int(y), C.int(n), unsafe.Pointer(&into[y*line])) != 0 {
			return fmt.Errorf("rows: %w", libvipsError())
		}
	}
	return nil
}
