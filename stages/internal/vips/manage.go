//go:build cgo

package vips

import (
	"fmt"

	govips "github.com/davidbyttow/govips/v2/vips"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
)

// convert brings the pixels to 8 bits and to the colours of the reply, alpha
// untouched (r-color-management). The profile of the source is the embedded one,
// else the attribute IccProfileSrc* and then IccProfile* of its pixel type; that
// of the reply is icc=, else IccProfile* of its pixel type, else the embedded one
// where the pixel type stays. Where either is missing, conversion is naive.
//
// The colour ledger is one diagnostic a picture: N-COLOUR says what was converted
// to what, W-COLOUR-ASSUMED what had to be assumed. A picture whose colours are
// left as they are has none, so ordinary runs stay quiet.
func (m *Image) convert(r Reply) (diag.List, error) {
	c := conversion{ref: m.work, from: spaceOf(m.work), icc: r.Settings.ICC, profiles: r.Profiles}
	to, out, err := c.output(r.Settings.Output)
	if err != nil {
		return nil, err
	}
	alpha, err := detachAlpha(m.work)
	if err != nil {
		return nil, err
	}
	if alpha != nil {
		defer alpha.Close()
	}
	if err := c.to(to, out); err != nil {
		return nil, err
	}
	m.managed = c.known
	if alpha == nil {
		return c.notes, nil
	}
	return c.notes, m.work.BandJoin(alpha)
}

// lostColours reports whether operations made the pixels, once converted, ones of
// another colour model than the reply's.
func (m *Image) lostColours(r Reply) bool {
	c := conversion{ref: m.work, from: spaceOf(m.work), icc: r.Settings.ICC, profiles: r.Profiles}
	to, _, err := c.output(r.Settings.Output)
	return err == nil && to != c.from
}

// conversion is the way of one picture's colours.
type conversion struct {
	ref      *govips.ImageRef
	from     Space
	icc      modifier.ICC
	profiles *Profiles
	notes    diag.List
	known    bool // the picture carries the profile of its pixels
}

// output is the colour model of the reply and its profile, nil for none.
func (c *conversion) output(out modifier.Output) (Space, *Profile, error) {
	to := target(c.from, out)
	if c.icc.Profile == "" {
		p, err := c.named(c.icc.Out, to)
		return to, p, err
	}
	p, err := c.profiles.find(c.icc.Profile)
	switch {
	case err != nil:
		return to, nil, err
	case !out.Holds(modifier.PixelType(p.Space)):
		return to, nil, diag.New(diag.ColourProfile, "icc=%s: %s cannot hold the %s pixels of this profile", c.icc.Profile, out.Format, p.Space).
			WithHint("write another fmt, or a profile for rgb")
	}
	return p.Space, p, nil
}

// named is the profile that attributes give pixels of a space, nil for none.
func (c *conversion) named(from modifier.Profiles, s Space) (*Profile, error) {
	name := from.For(modifier.PixelType(s))
	if name == "" {
		return nil, nil
	}
	if err := c.profiles.Check(name, s); err != nil {
		return nil, err
	}
	return c.profiles.find(name)
}

// assumed is the profile for pixels of a space that carry none.
func (c *conversion) assumed(s Space) (*Profile, error) {
	if p, err := c.named(c.icc.In, s); p != nil || err != nil {
		return p, err
	}
	return c.named(c.icc.Out, s)
}

func (c *conversion) to(to Space, out *Profile) error {
	if out != nil {
		return c.through(out)
	}
	// Without a profile of the reply, gray and CMYK replies of their own kind keep
	// their numbers, and so does RGB; what changes its kind goes through RGB, as
	// well managed as that is.
	if to == c.from || c.from == SpaceGray {
		if err := c.eight(); err != nil {
			return err
		}
		v := c.verdict()
		c.known = to == c.from && (v == profileConverts || v == profileIsSRGB)
		return naive(c.ref, c.from, to)
	}
	rgb, err := c.named(c.icc.Out, SpaceRGB)
	if err != nil {
		return err
	}
	if rgb == nil {
		if err := c.eight(); err != nil {
			return err
		}
		return naive(c.ref, c.from, to)
	}
	if err := c.through(rgb); err != nil {
		return err
	}
	c.known = c.known && to == SpaceRGB
	return naive(c.ref, SpaceRGB, to)
}

// through gives 8-bit pixels in the profile out.
func (c *conversion) through(out *Profile) error {
	switch c.verdict() {
	case profileIsSRGB:
		if out.sRGB {
			c.known = true
			return c.eight()
		}
		fallthrough
	case profileConverts:
		if c.carries(out) {
			c.known = true
			return c.eight()
		}
		name := profileName(c.ref.GetICCProfile())
		if iccConvert(c.ref, "", out.where, c.icc) == nil {
			c.tell("embedded "+name, out)
			return nil
		}
		fallthrough
	case profileBroken:
		c.doubt()
	}
	in, err := c.assumed(c.from)
	switch {
	case err != nil:
		return err
	case in != nil:
		return c.convert(in, out)
	case c.from == out.Space:
		return c.take(out)
	case c.from == SpaceCMYK:
		c.notes = diag.List{diag.New(diag.ColourAssumed, "the source is CMYK without a profile that can be used: a general one for print was assumed").
			WithHint("embed the profile that the picture was separated with, or set the attribute IccProfileSrcCmyk")}
		return c.transform("cmyk", out)
	}
	return c.guess(out)
}

// guess converts pixels of which nothing is known naively to RGB, and on from
// there where RGB has a profile.
func (c *conversion) guess(out *Profile) error {
	if err := c.eight(); err != nil {
		return err
	}
	in, err := c.assumed(SpaceRGB)
	if err != nil {
		return err
	}
	if in == nil || out.Space == SpaceGray {
		return naive(c.ref, c.from, out.Space)
	}
	if err := naive(c.ref, c.from, SpaceRGB); err != nil {
		return err
	}
	c.from = SpaceRGB
	return c.convert(in, out)
}

// convert goes from one named profile to another.
func (c *conversion) convert(in, out *Profile) error {
	if in.where == out.where {
		if err := c.eight(); err != nil {
			return err
		}
		return c.attach(out)
	}
	if err := c.transform(in.where, out); err != nil {
		return err
	}
	c.tell("assumed "+in.Name, out)
	return nil
}

// take keeps the numbers of pixels of which nothing is known, as the asked-for
// profile's own.
func (c *conversion) take(out *Profile) error {
	if err := c.eight(); err != nil {
		return err
	}
	c.ledger("the source has no profile: its numbers were taken as %s", out.Name)
	return c.attach(out)
}

func (c *conversion) transform(from string, out *Profile) error {
	if c.from == SpaceCMYK {
		if err := c.eight(); err != nil {
			return err
		}
	}
	if err := iccConvert(c.ref, from, out.where, c.icc); err != nil {
		return diag.New(diag.ColourProfile, "colours cannot be converted to %s: %s", out.Name, detail(err)).
			WithHint("check the profile's file")
	}
	c.known = true
	return nil
}

// attach makes out the profile that the picture carries, where that is asked for.
func (c *conversion) attach(out *Profile) error {
	if !c.icc.Embed {
		return nil
	}
	c.known = true
	return setProfile(c.ref, out.where)
}

// tell writes the ledger of a conversion.
func (c *conversion) tell(from string, out *Profile) {
	c.known = true
	how := c.icc.Intent.String()
	if c.icc.BlackPoint {
		how += ", black points matched"
	}
	c.ledger("%s to %s, %s", from, out.Name, how)
}

// ledger adds the note, unless a warning says more already.
func (c *conversion) ledger(format string, a ...any) {
	if len(c.notes) == 0 {
		c.notes.Add(diag.New(diag.ColourNote, "colour: %s", fmt.Sprintf(format, a...)))
	}
}

// carries reports whether the embedded profile is out itself.
func (c *conversion) carries(out *Profile) bool {
	return len(out.data) > 0 && string(out.data) == string(c.ref.GetICCProfile())
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
