//go:build cgo

package vips

import (
	"errors"

	govips "github.com/davidbyttow/govips/v2/vips"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
)

// normalise brings freshly loaded pixels into one of the three colour models, 8
// or 16 bits, with at most one alpha band (is-protocol 5.1.1).
func normalise(ref *govips.ImageRef) error {
	switch ref.Interpretation() {
	case govips.InterpretationBW, govips.InterpretationGrey16, govips.InterpretationCMYK,
		govips.InterpretationSRGB, govips.InterpretationRGB, govips.InterpretationRGB16, govips.InterpretationMultiband:
	default:
		if err := ref.ToColorSpace(govips.InterpretationSRGB); err != nil {
			return err
		}
	}
	space := spaceOf(ref)
	if n := space.bands() + 1; ref.Bands() > n {
		if err := takeBands(ref, 0, n); err != nil {
			return err
		}
	}
	if f := ref.BandFormat(); f != govips.BandFormatUchar && f != govips.BandFormatUshort {
		if err := round(ref, govips.BandFormatUchar); err != nil {
			return err
		}
	}
	return setHeader(ref, interpretation(space, ref.BandFormat()), ref.ResX())
}

// interpretation is libvips' name of a colour model at a depth.
func interpretation(s Space, f govips.BandFormat) govips.Interpretation {
	wide := f == govips.BandFormatUshort
	switch {
	case s == SpaceCMYK:
		return govips.InterpretationCMYK
	case s == SpaceGray && wide:
		return govips.InterpretationGrey16
	case s == SpaceGray:
		return govips.InterpretationBW
	case wide:
		return govips.InterpretationRGB16
	}
	return govips.InterpretationSRGB
}

// target is the colour model of the reply (is-protocol A-16). From is that of the
// picture after its colour operations: CMYK that op_brightness worked on is RGB.
func target(from Space, out modifier.Output) Space {
	t := out.Type
	if t == modifier.TypeSource {
		t = modifier.PixelType(from)
	}
	if !out.Holds(t) {
		return SpaceRGB
	}
	return Space(t)
}

// detachAlpha takes the alpha band off, as 8 bits; nil when there is none.
func detachAlpha(ref *govips.ImageRef) (*govips.ImageRef, error) {
	if !hasAlpha(ref) {
		return nil, nil
	}
	alpha, err := ref.Copy()
	if err != nil {
		return nil, err
	}
	n := spaceOf(ref).bands()
	if err := errors.Join(takeBands(alpha, n, 1), to8(alpha), takeBands(ref, 0, n)); err != nil {
		alpha.Close()
		return nil, err
	}
	return alpha, nil
}

// verdict is what an embedded profile is good for.
type verdict int

const (
	profileNone verdict = iota
	profileIsSRGB
	profileConverts
	profileBroken
)

func (c *conversion) verdict() verdict {
	data := c.ref.GetICCProfile()
	if len(data) == 0 {
		return profileNone
	}
	p, ok := parseProfile(data)
	switch {
	case !ok || p.space != c.from || !profileFits(c.ref, data):
		return profileBroken
	case p.sRGB:
		return profileIsSRGB
	}
	return profileConverts
}

// doubt warns of a profile that cannot be used. It is as good as none: a picture
// whose colours are taken as usual is worth more than none. For CMYK through warns
// of what it assumes instead.
func (c *conversion) doubt() {
	if c.from == SpaceCMYK {
		return
	}
	c.notes.Add(diag.New(diag.ColourAssumed, "the colour profile of the source cannot be used: its colours were taken as %s", assumedColours(c.from)).
		WithHint("repair or remove the profile of the source"))
}

func assumedColours(s Space) string {
	if s == SpaceGray {
		return "those of sRGB's gray"
	}
	return "sRGB"
}

// eight brings the pixels to 8 bits, in their own colour model.
func (c *conversion) eight() error {
	if c.ref.BandFormat() == govips.BandFormatUchar {
		return nil
	}
	if err := to8(c.ref); err != nil {
		return err
	}
	return setHeader(c.ref, interpretation(c.from, govips.BandFormatUchar), c.ref.ResX())
}
