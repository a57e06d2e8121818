//go:build cgo

package vips

import (
	"bytes"
	"errors"

	govips "github.com/davidbyttow/govips/v2/vips"
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

// coloursOf is what the pixels of a picture are, and what its profile is good for.
func coloursOf(ref *govips.ImageRef) sourceColours {
	c := sourceColours{space: spaceOf(ref)}
	data := ref.GetICCProfile()
	if len(data) == 0 {
		return c
	}
	c.embedded = bytes.Clone(data)
	p, ok := parseProfile(c.embedded)
	switch {
	case !ok || p.space != c.space || !profileFits(ref, c.embedded):
		c.verdict = profileBroken
	case p.sRGB:
		c.verdict = profileIsSRGB
	default:
		c.verdict = profileConverts
	}
	return c
}

// eight brings the pixels to 8 bits, in their own colour model.
func eight(ref *govips.ImageRef) error {
	if ref.BandFormat() == govips.BandFormatUchar {
		return nil
	}
	space := spaceOf(ref)
	if err := to8(ref); err != nil {
		return err
	}
	return setHeader(ref, interpretation(space, govips.BandFormatUchar), ref.ResX())
}
