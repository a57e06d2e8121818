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

// target is the colour model of the reply (is-protocol A-16).
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

// convert brings the pixels to 8 bits and to the colours of the reply, alpha
// untouched. Gray stays gray and CMYK stays CMYK with the numbers they have, for
// their output profiles are unset (is-protocol A-8); everything that becomes RGB
// becomes sRGB through the profile of the source.
func (m *Image) convert(s *modifier.Settings) (diag.List, error) {
	c := conversion{ref: m.work, from: spaceOf(m.work), managed: s.ConvertRGB}
	to := target(c.from, s.Output)
	alpha, err := detachAlpha(m.work)
	if err != nil {
		return nil, err
	}
	if alpha != nil {
		defer alpha.Close()
	}
	if err := c.to(to); err != nil {
		return nil, err
	}
	if alpha == nil {
		return c.notes, nil
	}
	return c.notes, m.work.BandJoin(alpha)
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

// conversion is the way of one picture's colours.
type conversion struct {
	ref     *govips.ImageRef
	from    Space
	managed bool // by profiles (attribute IccProfileRgb)
	notes   diag.List
}

func (c *conversion) to(to Space) error {
	// Gray and CMYK replies of their own kind keep their numbers.
	if to == c.from && to != SpaceRGB || c.from == SpaceGray && to == SpaceCMYK {
		if err := c.eight(); err != nil || to == c.from {
			return err
		}
	} else if err := c.toSRGB(); err != nil {
		return err
	}
	switch {
	case to == SpaceGray:
		return naiveGray(c.ref)
	case to == SpaceCMYK && c.from == SpaceGray:
		if err := c.ref.ToColorSpace(govips.InterpretationSRGB); err != nil {
			return err
		}
		return naiveCMYK(c.ref)
	case to == SpaceCMYK:
		return naiveCMYK(c.ref)
	}
	return nil
}

// toSRGB gives 8-bit sRGB: through the embedded profile, for CMYK without one
// through libvips' own with a warning, or naively where colours are unmanaged.
func (c *conversion) toSRGB() error {
	if c.managed {
		switch c.profile() {
		case profileConverts:
			if iccToSRGB(c.ref, true) == nil {
				return nil
			}
			fallthrough
		case profileBroken:
			c.doubt()
		}
	}
	if c.from == SpaceCMYK && c.managed {
		c.notes.Add(diag.New(diag.ColourAssumed, "the source is CMYK without a profile that can be used: a general one for print was assumed").
			WithHint("embed the profile that the picture was separated with"))
		if err := to8(c.ref); err != nil {
			return err
		}
		return iccToSRGB(c.ref, false)
	}
	if err := c.eight(); err != nil {
		return err
	}
	switch c.from {
	case SpaceCMYK:
		return naiveRGB(c.ref)
	case SpaceGray:
		return c.ref.ToColorSpace(govips.InterpretationSRGB)
	}
	return nil
}

// verdict is what an embedded profile is good for.
type verdict int

const (
	profileNone verdict = iota
	profileIsSRGB
	profileConverts
	profileBroken
)

func (c *conversion) profile() verdict {
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
// whose colours are taken as usual is worth more than none. For CMYK toSRGB warns
// of what it assumes instead.
func (c *conversion) doubt() {
	if c.from == SpaceCMYK {
		return
	}
	c.notes.Add(diag.New(diag.ColourAssumed, "the colour profile of the source cannot be used: its colours were taken as %s", assumed(c.from)).
		WithHint("repair or remove the profile of the source"))
}

func assumed(s Space) string {
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
