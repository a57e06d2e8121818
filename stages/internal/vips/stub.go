//go:build !cgo

package vips

import (
	"context"
	"os"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
)

// This file stands in for the package where there is no C compiler: every call
// answers E-NO-LIBVIPS.

func absent() error {
	return diag.New(diag.NoLibvips, "this binary was built without cgo, so it cannot work on pixels")
}

// Startup answers E-NO-LIBVIPS.
func Startup([]asset.Format) error { return absent() }

// Available answers E-NO-LIBVIPS.
func Available() error { return absent() }

// Version says that there is none.
func Version() string { return "none (built without cgo)" }

// Loaders is empty.
func Loaders() []Loader { return nil }

// Image cannot be made.
type Image struct{}

// Open answers E-NO-LIBVIPS.
func Open(context.Context, asset.Source, asset.Format) (*Image, error) { return nil, absent() }

// Shrink answers E-NO-LIBVIPS.
func (m *Image) Shrink(context.Context, int) error { return absent() }

// Header is empty.
func (m *Image) Header() Header { return Header{} }

// Width is 0.
func (m *Image) Width() int { return 0 }

// Height is 0.
func (m *Image) Height() int { return 0 }

// Loaded is empty.
func (m *Image) Loaded() modifier.Size { return modifier.Size{} }

// Rendered is false.
func (m *Image) Rendered() (Reply, bool) { return Reply{}, false }

// Kill does nothing.
func (m *Image) Kill() {}

// Share answers E-NO-LIBVIPS.
func (m *Image) Share() (asset.Image, error) { return nil, absent() }

// Materialise answers E-NO-LIBVIPS.
func (m *Image) Materialise(context.Context) error { return absent() }

// Render answers E-NO-LIBVIPS.
func (m *Image) Render(context.Context, Reply) (*Image, diag.List, error) { return nil, nil, absent() }

// Encode answers E-NO-LIBVIPS.
func (m *Image) Encode(context.Context, *os.File) (Encoded, error) { return Encoded{}, absent() }

// Pixels is empty.
func (m *Image) Pixels() Pixels { return Pixels{} }

// Fill answers E-NO-LIBVIPS.
func (m *Image) Fill(context.Context, []byte) error { return absent() }

// Close does nothing.
func (m *Image) Close() error { return nil }
