//go:build cgo

package vips

import (
	"context"

	govips "github.com/davidbyttow/govips/v2/vips"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
)

// convert brings the pixels to 8 bits and to the colours of the reply, alpha
// untouched, on the way that [decide] gives. The list holds what had to be assumed.
func (m *Image) convert(ctx context.Context, r Reply) (diag.List, error) {
	if r.Settings.ICC.Dither { // which computes all rows at once
		if err := m.settle(ctx); err != nil {
			return nil, err
		}
	}
	alpha, err := detachAlpha(m.work)
	if err != nil {
		return nil, err
	}
	if alpha != nil {
		defer alpha.Close()
	}
	c := coloursOf(m.work)
	w, err := decide(c, r)
	if err != nil {
		return nil, err
	}
	if err := m.follow(w, r); err != nil {
		if c.verdict != profileConverts && c.verdict != profileIsSRGB {
			return nil, err
		}
		// The profile fits and cannot convert all the same: it is as good as broken.
		c.verdict = profileBroken
		if w, err = decide(c, r); err != nil {
			return nil, err
		}
		if err := m.follow(w, r); err != nil {
			return nil, err
		}
	}
	m.managed = w.known
	m.enter(w.ledger, r)
	if alpha == nil {
		return w.notes, nil
	}
	return w.notes, m.work.BandJoin(alpha)
}

// follow takes the legs of a way, for pixels without alpha.
func (m *Image) follow(w way, r Reply) error {
	for _, s := range w.legs {
		// Naive legs are of 8 bits, and so are CMYK's with profiles.
		if s.out == nil || spaceOf(m.work) == SpaceCMYK {
			if err := eight(m.work); err != nil {
				return err
			}
		}
		if s.out == nil {
			if err := naive(m.work, s.from, s.to); err != nil {
				return err
			}
			continue
		}
		if err := throughProfiles(m.work, s, r); err != nil {
			return err
		}
	}
	if err := eight(m.work); err != nil || w.attach == nil {
		return err
	}
	path, err := r.Profiles.path(w.attach)
	if err != nil {
		return err
	}
	return setProfile(m.work, path)
}

// throughProfiles converts from one profile to another.
func throughProfiles(ref *govips.ImageRef, s leg, r Reply) error {
	to, err := r.Profiles.path(s.out)
	if err != nil {
		return err
	}
	from := ""
	if !s.embedded {
		if from, err = r.Profiles.path(s.in); err != nil {
			return err
		}
	}
	if err := iccConvert(ref, from, to, r.Settings.ICC); err != nil {
		return diag.New(diag.ColourProfile, "colours cannot be converted to %s: %s", s.out.Name, detail(err)).
			WithHint("check the profile's file")
	}
	return nil
}

// enter keeps the ledger of a conversion. What came before it, be it operations
// that work on RGB alone or another conversion, is part of the same line.
func (m *Image) enter(l asset.Colour, r Reply) {
	before := m.ledger
	if before == nil {
		before = &asset.Colour{Source: string(m.header.Space), Found: l.Found, Profile: l.Profile}
		switch {
		case r.Settings.MaskReply:
			before.Source = l.Source // alpha has no colours
		case before.Source != l.Source:
			before.Naive = before.Source + " to " + l.Source
		}
	}
	l = joined(before, l)
	m.ledger = &l
}

// lostColours reports whether operations made the pixels, once converted, ones of
// another colour model than the reply's.
func (m *Image) lostColours(r Reply) bool {
	w, err := decide(coloursOf(m.work), r)
	return err == nil && w.space != spaceOf(m.work)
}

// painted are the settings with the colours of layer 0's fills in the colour model
// and the profile of the reply, which the picture has by now. A colour belongs to
// the output's profile of its own pixel type, or with a trailing s to the source's,
// and is converted accurately where both sides have one (r-is-http-color,
// r-color-commandref, r-bgcolor).
func (m *Image) painted(r Reply) (*modifier.Settings, error) {
	s := *r.Settings
	for _, c := range []**modifier.Colour{&s.Color, &s.BgColor} {
		if *c == nil {
			continue
		}
		made, err := m.paint(**c, r)
		if err != nil {
			return nil, err
		}
		*c = &made
	}
	return &s, nil
}

func (m *Image) paint(c modifier.Colour, r Reply) (modifier.Colour, error) {
	d := decider{icc: r.Settings.ICC, profiles: r.Profiles}
	d.sourceColours = sourceColours{space: spaceOf(m.work)}
	_, out, err := d.reply(r.Settings.Output)
	if err != nil {
		return c, err
	}
	var in *Profile
	switch space := Space(c.Space); {
	case c.Source:
		in, err = d.assumed(space)
	case out != nil && out.Space == space:
		in = out
	default:
		in, err = d.named(d.icc.Out, space)
	}
	if err != nil || in == nil || out == nil || in.where == out.where {
		return c, err
	}
	pixel := make([]byte, len(c.Components))
	for i, v := range c.Components {
		pixel[i] = clamp(v * 255)
	}
	ref, err := govips.NewImageFromMemory(pixel, 1, 1, len(pixel), govips.BandFormatUchar, interpretation(in.Space, govips.BandFormatUchar))
	if err != nil {
		return c, err
	}
	defer ref.Close()
	plain := *r.Settings
	plain.ICC.Dither = false
	r.Settings = &plain
	if err := throughProfiles(ref, leg{in: in, out: out}, r); err != nil {
		return c, err
	}
	point, err := ref.GetPoint(0, 0)
	if err != nil {
		return c, err
	}
	made := modifier.Colour{Space: modifier.ColourSpace(out.Space), Alpha: c.Alpha}
	for _, v := range point {
		made.Components = append(made.Components, v/255)
	}
	return made, nil
}

// naive converts without profiles: R = (1-C)(1-K), gray by luminance (is-protocol
// 7.5, A-20). The pixels have 8 bits.
func naive(ref *govips.ImageRef, from, to Space) error {
	if from == to {
		return nil
	}
	switch from {
	case SpaceGray:
		if err := ref.ToColorSpace(govips.InterpretationSRGB); err != nil {
			return err
		}
	case SpaceCMYK:
		if err := naiveRGB(ref); err != nil {
			return err
		}
	}
	switch to {
	case SpaceGray:
		return naiveGray(ref)
	case SpaceCMYK:
		return naiveCMYK(ref)
	}
	return nil
}
