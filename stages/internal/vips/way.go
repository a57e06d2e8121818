package vips

import (
	"bytes"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
)

// sourceColours are those of a picture: its colour model, and the profile it carries.
type sourceColours struct {
	space    Space
	embedded []byte // nil for none
	verdict  verdict
}

// verdict is what an embedded profile is good for.
type verdict int

const (
	profileNone verdict = iota
	profileIsSRGB
	profileConverts
	profileBroken
)

// leg is one conversion of pixels. Without a profile out it is naive, from one
// colour model to another; in "" is the embedded profile.
type leg struct {
	from, to Space
	in, out  *Profile
	embedded bool
}

// way is how the colours of a picture become those of its reply. It is decided
// before any pixel is touched, so that a dry run says the same.
type way struct {
	legs   []leg
	space  Space    // of the reply
	out    *Profile // of the reply, nil where its numbers have no profile that goes by name
	attach *Profile // becomes the profile that the picture carries
	known  bool     // then the picture carries the profile of its pixels
	ledger asset.Colour
	notes  diag.List
}

// decider works out a way (r-color-management). The profile of the source is the
// embedded one, else the attribute IccProfileSrc* and then IccProfile* of its pixel
// type; that of the reply is icc=, else IccProfile* of its pixel type, else the
// embedded one where the pixel type stays. Where either is missing, conversion is
// naive.
type decider struct {
	sourceColours
	icc      modifier.ICC
	profiles *Profiles
	way
}

// decide gives the way from c to what r asks for.
func decide(c sourceColours, r Reply) (way, error) {
	d := decider{sourceColours: c, icc: r.Settings.ICC, profiles: r.Profiles}
	d.ledger = asset.Colour{Source: string(c.space), Found: "none"}
	to, out, err := d.reply(r.Settings.Output)
	if err != nil {
		return way{}, err
	}
	if err := d.to(to, out); err != nil {
		return way{}, err
	}
	d.way.space = to
	d.ledger.Pixels = string(to)
	return d.way, nil
}

// reply is the colour model of the reply and its profile, nil for none.
func (d *decider) reply(out modifier.Output) (Space, *Profile, error) {
	to := target(d.sourceColours.space, out)
	if d.icc.Profile == "" {
		p, err := d.named(d.icc.Out, to)
		return to, p, err
	}
	p, err := d.profiles.find(d.icc.Profile)
	switch {
	case err != nil:
		return to, nil, err
	case !out.Holds(modifier.PixelType(p.Space)):
		return to, nil, diag.New(diag.ColourProfile, "icc=%s: %s cannot hold the %s pixels of this profile", d.icc.Profile, out.Format, p.Space).
			WithHint("write another fmt, or a profile for rgb")
	}
	return p.Space, p, nil
}

// named is the profile that attributes give pixels of a space, nil for none.
func (d *decider) named(from modifier.Profiles, s Space) (*Profile, error) {
	name := from.For(modifier.PixelType(s))
	if name == "" {
		return nil, nil
	}
	if err := d.profiles.Check(name, s); err != nil {
		return nil, err
	}
	return d.profiles.find(name)
}

// assumed is the profile for pixels of a space that carry none.
func (d *decider) assumed(s Space) (*Profile, error) {
	if p, err := d.named(d.icc.In, s); p != nil || err != nil {
		return p, err
	}
	return d.named(d.icc.Out, s)
}

func (d *decider) to(to Space, out *Profile) error {
	from := d.sourceColours.space
	if out != nil {
		return d.through(out)
	}
	// Without a profile of the reply, gray and CMYK replies of their own kind keep
	// their numbers, and so does RGB; what changes its kind goes through RGB, as
	// well managed as that is.
	if to == from || from == SpaceGray {
		if to == from && (d.verdict == profileConverts || d.verdict == profileIsSRGB) {
			d.has("embedded", profileName(d.embedded))
			d.known, d.ledger.Output = true, d.ledger.Profile
		}
		d.naive(from, to)
		return nil
	}
	rgb, err := d.named(d.icc.Out, SpaceRGB)
	if err != nil {
		return err
	}
	if rgb == nil {
		d.naive(from, to)
		return nil
	}
	if err := d.through(rgb); err != nil {
		return err
	}
	if to != SpaceRGB {
		d.known, d.attach, d.way.out, d.ledger.Output = false, nil, nil, ""
	}
	d.naive(SpaceRGB, to)
	return nil
}

// has enters the profile of the source.
func (d *decider) has(found, profile string) { d.ledger.Found, d.ledger.Profile = found, profile }

// through gives pixels in the profile out.
func (d *decider) through(out *Profile) error {
	d.way.out, d.ledger.Output = out, out.Name
	if d.verdict == profileIsSRGB || d.verdict == profileConverts {
		d.has("embedded", profileName(d.embedded))
		d.known = true
		if d.verdict == profileIsSRGB && out.sRGB || len(out.data) > 0 && bytes.Equal(out.data, d.embedded) {
			return nil
		}
		d.icced(leg{out: out, embedded: true})
		return nil
	}
	if d.verdict == profileBroken {
		d.doubt()
	}
	from := d.sourceColours.space
	in, err := d.assumed(from)
	switch {
	case err != nil:
		return err
	case in != nil:
		d.from(in, out)
	case from == out.Space:
		// Numbers of which nothing is known are taken as the asked-for profile's own.
		d.from(out, out)
	case from == SpaceCMYK:
		d.notes = diag.List{diag.New(diag.ColourAssumed, "the source is CMYK without a profile that can be used: a general one for print was assumed").
			WithHint("embed the profile that the picture was separated with, or set the attribute IccProfileSrcCmyk")}
		d.from(generalCMYK(), out)
	default:
		return d.guess(out)
	}
	return nil
}

// guess converts pixels of which nothing is known naively to RGB, and on from
// there where RGB has a profile.
func (d *decider) guess(out *Profile) error {
	from := d.sourceColours.space
	in, err := d.assumed(SpaceRGB)
	if err != nil {
		return err
	}
	if in == nil || out.Space == SpaceGray {
		d.way.out, d.ledger.Output = nil, ""
		d.naive(from, out.Space)
		return nil
	}
	d.naive(from, SpaceRGB)
	d.from(in, out)
	return nil
}

// from goes from a profile that goes by name to another.
func (d *decider) from(in, out *Profile) {
	d.has("assumed", in.Name)
	if in.where != out.where {
		d.known = true
		d.icced(leg{in: in, out: out})
		return
	}
	if d.icc.Embed {
		d.known, d.attach = true, out
	}
}

func (d *decider) icced(s leg) {
	d.legs = append(d.legs, s)
	d.ledger.Intent, d.ledger.BlackPoint, d.ledger.Dither = d.icc.Intent.String(), d.icc.BlackPoint, d.icc.Dither
}

func (d *decider) naive(from, to Space) {
	if from == to {
		return
	}
	d.legs = append(d.legs, leg{from: from, to: to})
	d.ledger.Naive = string(from) + " to " + string(to)
}

// doubt warns of a profile that cannot be used. It is as good as none: a picture
// whose colours are taken as usual is worth more than none. For CMYK through warns
// of what it assumes instead.
func (d *decider) doubt() {
	if d.sourceColours.space == SpaceCMYK {
		return
	}
	as := "sRGB"
	if d.sourceColours.space == SpaceGray {
		as = "those of sRGB's gray"
	}
	d.notes.Add(diag.New(diag.ColourAssumed, "the colour profile of the source cannot be used: its colours were taken as %s", as).
		WithHint("repair or remove the profile of the source"))
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

// operated is what the colour operations of a reply leave of c: some are of RGB
// alone, and get there naively, profile and all (r-color-management).
func (c sourceColours) operated(s *modifier.Settings) (after sourceColours, naive string) {
	for _, f := range []modifier.Filters{s.Base.Filters, s.Filters} {
		if c.space == SpaceCMYK && f.NeedsRGB() || c.space == SpaceGray && f.MakesRGB() {
			return sourceColours{space: SpaceRGB}, string(c.space) + " to rgb"
		}
	}
	return c, ""
}

// ledgerOf is the ledger of the reply that c becomes.
func ledgerOf(c sourceColours, r Reply) (asset.Colour, error) {
	if r.Settings.MaskReply {
		c = sourceColours{space: SpaceGray}
	}
	after, naive := c.operated(r.Settings)
	w, err := decide(after, r)
	if err != nil {
		return asset.Colour{}, err
	}
	w.ledger.Embedded = r.Settings.ICC.Embed && w.known && r.Settings.Output.HoldsProfile()
	if naive == "" {
		return w.ledger, nil
	}
	l := w.ledger
	return joined(&asset.Colour{Source: string(c.space), Found: l.Found, Profile: l.Profile, Naive: naive}, l), nil
}

// joined is the ledger of a conversion behind another, one line for both.
func joined(before *asset.Colour, l asset.Colour) asset.Colour {
	if before == nil {
		return l
	}
	l.Source, l.Found, l.Profile = before.Source, before.Found, before.Profile
	if l.Intent == "" {
		l.Intent, l.BlackPoint, l.Dither = before.Intent, before.BlackPoint, before.Dither
	}
	switch {
	case l.Naive == "":
		l.Naive = before.Naive
	case before.Naive != "" && before.Naive != l.Naive:
		l.Naive = before.Naive + ", " + l.Naive
	}
	return l
}
