package vips

import (
	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

// Sketch stands in for an [Image] where nobody wants pixels: a dry run carries
// one from decode to encode. It is nothing but a header.
type Sketch struct {
	header Header
	reply  *Reply
	ledger *asset.Colour
}

// NewSketch makes the sketch of a source.
func NewSketch(h Header) *Sketch { return &Sketch{header: h} }

// Header is that of the source, or of the last rendition.
func (s *Sketch) Header() Header { return s.header }

// Width is that of the upright picture, in pixels.
func (s *Sketch) Width() int { return s.header.Size.W }

// Height is that of the upright picture, in pixels.
func (s *Sketch) Height() int { return s.header.Size.H }

// Rendered gives what the last rendition was asked for.
func (s *Sketch) Rendered() (r Reply, ok bool) {
	if s.reply == nil {
		return Reply{}, false
	}
	return *s.reply, true
}

// Share gives a second holder; a sketch never changes.
func (s *Sketch) Share() (asset.Image, error) { return s, nil }

// Close does nothing.
func (s *Sketch) Close() error { return nil }

// Render gives the sketch of a rendition, refused as [Image.Render] would refuse
// it before it touches a pixel.
func (s *Sketch) Render(r Reply) (*Sketch, error) {
	if err := check(s.header, r); err != nil {
		return nil, err
	}
	ledger, err := ledgerOf(s.header.colours, r)
	if err != nil {
		return nil, err
	}
	space := Space(ledger.Pixels)
	h := Header{
		Size: r.Geometry.View, Stored: r.Geometry.View, Orientation: 1, Space: space, Alpha: r.Settings.Output.Alpha,
		Bits: 8, Pages: 1, Density: r.Density, Paths: replyPaths(r), colours: sourceColours{space: space},
	}
	if h.Density == 0 {
		h.Density = s.header.Density
	}
	ledger = joined(s.ledger, ledger)
	return &Sketch{header: h, reply: &r, ledger: &ledger}, nil
}

// Encoded describes the file that the sketch would become; its size and sum are
// not known.
func (s *Sketch) Encoded() Encoded {
	if s.reply == nil {
		return Encoded{}
	}
	out := s.reply.Settings.Output
	return Encoded{Format: formatName(out.Format), Ext: out.Ext(), Width: s.header.Size.W, Height: s.header.Size.H, Colour: *s.ledger}
}

// check refuses what cannot be computed or encoded, whatever the limits are.
func check(h Header, r Reply) error {
	geo, out := r.Geometry, r.Settings.Output
	if geo.Source != h.Size {
		return diag.New(diag.InternalError, "the geometry is for a source of %dx%d pixels, not %dx%d", geo.Source.W, geo.Source.H, h.Size.W, h.Size.H)
	}
	if l := edgeLimit(out.Format); l > 0 && max(geo.View.W, geo.View.H) > l {
		return diag.New(diag.OutputSize, "the reply is %dx%d pixels; %s holds at most %d a side", geo.View.W, geo.View.H, out.Format, l)
	}
	for _, v := range []int{geo.Crop.W, geo.Crop.H, geo.Layer.W, geo.Layer.H, geo.Comp.W, geo.Comp.H, geo.Rgn.W, geo.Rgn.H, geo.Image.W, geo.Image.H} {
		if v > coordLimit {
			return diag.New(diag.OutputSize, "the picture becomes %d pixels wide or high on the way; at most %d can be worked on", v, coordLimit)
		}
	}
	return nil
}

// Bytes is an upper bound of the memory that the pixels of a source hold when it
// is loaded at 1/shrink, in bytes: every pixel that is loaded, and for a
// progressive JPEG the coefficients of the whole picture besides, up to 6 bytes a
// pixel (performance 2, Memory). A picture that streams holds far less.
func (h Header) Bytes(shrink int) int64 {
	bands := int64(h.Space.bands())
	if h.Alpha {
		bands++
	}
	full := int64(h.Size.W) * int64(h.Size.H)
	f := int64(max(shrink, 1))
	n := full / (f * f) * bands * int64(max(h.Bits, 8)/8)
	if h.Progressive && h.Format == asset.FormatJPEG {
		n += 6 * full
	}
	return n
}

var _ asset.Image = (*Sketch)(nil)
