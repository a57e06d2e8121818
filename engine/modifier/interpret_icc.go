package modifier

import (
	"slices"
	"strings"

	"github.com/exportd/exportd/engine/diag"
)

// iccSetters are the interpreters of is-protocol 7.5. It never changes.
var iccSetters = map[string]setter{"icc": setICC, "iccEmbed": setICCEmbed}

// setICC reads profile[,intent[,bpc[,dither]]] (r-icc). Arguments left out are
// inherited from the attributes, as the page says; whether the profile exists,
// and whether the format holds its pixels, is known where profiles are.
func setICC(r *resolver, _ int, a args) *fault {
	const allowed = "profile[,perceptual|relative|saturation|absolute[,0|1[,0|1]]]"
	if len(a) > 4 {
		return wrong(allowed, "%d arguments are given", len(a))
	}
	if a[0] == "" {
		return wrong(allowed, "the profile is missing")
	}
	icc := r.set.ICC
	icc.Profile = a[0]
	var f *fault
	if len(a) > 1 && a[1] != "" {
		at := slices.Index(intents, strings.ToLower(a[1]))
		if at < 0 {
			return keyword(a[1], intents...)
		}
		icc.Intent = Intent(at)
	}
	if len(a) > 2 && a[2] != "" {
		if icc.BlackPoint, f = flag(a[2]); f != nil {
			return f
		}
	}
	if len(a) > 3 && a[3] != "" {
		if icc.Dither, f = flag(a[3]); f != nil {
			return f
		}
	}
	r.set.ICC = icc
	return nil
}

// setICCEmbed reads iccEmbed=0|1 (r-iccembed). The example of r-object writes true.
func setICCEmbed(r *resolver, _ int, a args) *fault {
	text, f := a.one("0 or 1")
	switch {
	case f != nil:
	case strings.EqualFold(text, "true"):
		r.set.ICC.Embed = true
	case strings.EqualFold(text, "false"):
	default:
		r.set.ICC.Embed, f = flag(text)
	}
	return f
}

// iccTogether: icc= decides the pixel type (is-protocol 6, A-36), so with it the
// type that fmt= writes is not acted on; and iccEmbed=1 is ignored where the
// format holds no profile (r-iccembed).
func (r *resolver) iccTogether() {
	if _, ok := r.applied("icc"); ok && r.formatKnown() {
		r.set.Output.Type = TypeSource
	}
	i, ok := r.applied("iccEmbed")
	if ok && r.set.ICC.Embed && r.formatKnown() && !r.set.Output.HoldsProfile() {
		r.set.ICC.Embed = false
		r.ignore(i, r.set.Output.Format+" holds no colour profile")
	}
}

// HoldsProfile reports whether the format can carry a colour profile
// (is-protocol 6, the column ICC).
func (o Output) HoldsProfile() bool {
	if o.Foreign != nil {
		return o.Foreign.Profile
	}
	switch o.Format {
	case "jpeg", "pjpeg", "png", "png8", "tif", "pdf", "eps":
		return true
	}
	return false
}

// icc reads the attributes of colour management.
func (a Attributes) icc(s *Settings) diag.List {
	s.ICC = ICC{
		Intent: IntentRelative,
		Out:    Profiles{RGB: a.IccProfileRgb, Gray: a.IccProfileGray, CMYK: a.IccProfileCmyk},
		In:     Profiles{RGB: a.IccProfileSrcRgb, Gray: a.IccProfileSrcGray, CMYK: a.IccProfileSrcCmyk},
	}
	var list diag.List
	note := func(name, value string, f *fault) {
		if f != nil {
			list.Add(diag.New(diag.KeyValue, "attribute %s = %s: %w", name, quote(value), f))
		}
	}
	if v := a.IccRenderIntent; v != "" {
		n, f := whole(v, 0, 3, "0 perceptual, 1 relative, 2 saturation, 3 absolute")
		s.ICC.Intent = Intent(n)
		note("IccRenderIntent", v, f)
	}
	if v := a.IccBlackPointCompensation; v != "" {
		var f *fault
		s.ICC.BlackPoint, f = flag(v)
		note("IccBlackPointCompensation", v, f)
	}
	if v := a.IccDither; v != "" {
		var f *fault
		s.ICC.Dither, f = flag(v)
		note("IccDither", v, f)
	}
	return list
}
