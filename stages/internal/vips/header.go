//go:build cgo

package vips

import (
	"math"
	"slices"

	govips "github.com/davidbyttow/govips/v2/vips"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/modifier"
)

// readHeader gathers what a freshly loaded image says.
func readHeader(ref *govips.ImageRef) Header {
	fields := ref.GetFields()
	h := Header{
		Format:      formatOf(ref.Format()),
		Stored:      modifier.Size{W: ref.Width(), H: ref.Height()},
		Orientation: 1,
		Space:       spaceOf(ref),
		Alpha:       hasAlpha(ref),
		Bits:        bitsOf(ref),
		Pages:       max(1, ref.Pages()),
		Profile:     ref.HasICCProfile(),
		colours:     coloursOf(ref),
		Progressive: flagged(ref, fields, "jpeg-multiscan") || flagged(ref, fields, "interlaced"),
	}
	// The HEIF loader turns by itself. Asking for a field that is not there
	// writes to libvips' error buffer, so look first.
	if o := ref.Orientation(); h.Format != asset.FormatHEIF && o >= 1 && o <= 8 {
		h.Orientation = o
	}
	h.Size = orientationPose(h.Orientation).size(h.Stored)
	// One pixel a millimetre is what libvips says when the source says nothing.
	if x := ref.ResX(); x > 0 && math.Abs(x-1) > 1e-6 {
		h.Density = perInch(x)
	}
	return h
}

// perInch is a density in pixels per inch. PNG counts whole pixels per metre, and
// libvips cuts off what is behind the point, so 72 comes as 71.98: whatever is
// that near to a whole number is meant to be one.
func perInch(perMM float64) float64 {
	const metre = 0.0254 // one pixel per metre
	d := perMM * 25.4
	if whole := math.Round(d); math.Abs(d-whole) <= metre {
		return whole
	}
	return d
}

func formatOf(t govips.ImageType) asset.Format {
	switch t {
	case govips.ImageTypeAVIF:
		return asset.FormatHEIF
	case govips.ImageTypeJP2K:
		return "jp2"
	}
	return asset.Format(govips.ImageTypes[t])
}

// spaceOf is the colour model of an image's bands.
func spaceOf(ref *govips.ImageRef) Space {
	switch ref.Interpretation() {
	case govips.InterpretationBW, govips.InterpretationGrey16:
		return SpaceGray
	case govips.InterpretationCMYK:
		return SpaceCMYK
	case govips.InterpretationSRGB, govips.InterpretationRGB, govips.InterpretationRGB16:
		return SpaceRGB
	}
	if ref.Bands() < 3 {
		return SpaceGray
	}
	return SpaceRGB
}

func hasAlpha(ref *govips.ImageRef) bool { return ref.Bands() > spaceOf(ref).bands() }

func bitsOf(ref *govips.ImageRef) int {
	switch ref.BandFormat() {
	case govips.BandFormatUchar, govips.BandFormatChar:
		return 8
	case govips.BandFormatUshort, govips.BandFormatShort:
		return 16
	}
	return 32
}

// flagged reports whether a field is there and not 0.
func flagged(ref *govips.ImageRef, fields []string, name string) bool {
	return slices.Contains(fields, name) && ref.GetInt(name) != 0
}
