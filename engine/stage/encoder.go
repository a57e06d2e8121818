package stage

import (
	"context"
	"io"
	"strings"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
)

// Encoders encode pictures outside of this program: plugins do.
type Encoders interface {
	// Encode writes a picture to w and gives warnings. Its error is a diagnostic, or
	// that of ctx.
	Encode(ctx context.Context, p Picture, w io.Writer) (diag.List, error)
	// Takes says what an encoder takes and writes.
	Takes(encoder string) (Takes, error)
}

// Takes is what an encoder outside of this program takes and writes.
type Takes struct {
	Types  []modifier.PixelType // at least one
	Alpha  bool
	Edge   int    // pixels a side at most; 0 for any
	Format string // what it writes, for reports
	Ext    string // of its files, without the dot
}

// Picture is a picture for an encoder outside of this program: rows from the top,
// samples of 8 bits, those of a pixel one after another, alpha last.
type Picture struct {
	Encoder string         // PLUGIN/ENCODER
	Options map[string]any // those of the stage
	Width   int            // pixels
	Height  int            // pixels
	Type    modifier.PixelType
	Alpha   bool
	Profile []byte  // ICC; nil for none
	XMP     []byte  // nil for none
	DPI     float64 // 0 for not said
	Output  modifier.Output
	// Fill computes the pixels into a slice of exactly their size.
	Fill func(context.Context, []byte) error

	Asset, Stage string // for logs
}

// With takes params.with of an encode stage apart: plugin:NAME or
// plugin:NAME/ENCODER. encoder is "" where only the plugin is named.
func With(with string) (plugin, encoder string, ok bool) {
	name, ok := strings.CutPrefix(with, "plugin:")
	plugin, encoder, _ = strings.Cut(name, "/")
	return plugin, encoder, ok && plugin != ""
}
