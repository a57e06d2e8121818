package modifier

import "github.com/exportd/exportd/engine/diag"

// together judges what commands mean for each other, once all are read.
func (r *resolver) together() {
	r.fitNeedsSize()
	r.qualityNeedsLoss()
	r.alignNeedsRoom()
	r.oneLayerScale()
	r.recordAnchor()
	r.iccTogether()
	r.cutNeedsClip()
	r.optionNeedsFormat()
	r.maskIsGray()
	for _, name := range sizing {
		if i, ok := r.applied(name); ok && r.verdicts[i].spelling == "used" {
			r.set.Sizing = append(r.set.Sizing, r.commands[i].written()+" ("+r.commands[i].Origin.String()+")")
		}
	}
	if i, ok := r.applied("bgc"); ok && r.set.Output.Alpha && r.formatKnown() {
		r.ignore(i, r.set.Output.Format+" with alpha stays transparent") // is-protocol 5.5
	}
}

// sizing are the commands that decide the size of the picture, in the order in
// which they act. It never changes.
var sizing = []string{"crop", "size", "scale", "res", "perspective", "rotate", "extend", "cropPathE", "rgn", "wid", "hei", "scl", "fit", "dpr", "rect"}

// formatKnown reports whether r.set.Output is what the commands ask for.
func (r *resolver) formatKnown() bool {
	_, given := r.winner["fmt"]
	_, applied := r.applied("fmt")
	return applied || !given
}

// fitNeedsSize: fit= without wid= and hei= is an error (is-protocol 10); beside
// scl= it does nothing (5.3).
func (r *resolver) fitNeedsSize() {
	i, ok := r.applied("fit")
	if !ok {
		return
	}
	c := r.commands[i]
	_, wid := r.winner["wid"]
	_, hei := r.winner["hei"]
	if !wid && !hei {
		r.verdicts[i] = verdict{spelling: "invalid"}
		r.errs.Add(wrong("fit together with wid, hei or both", "there is neither wid nor hei").at(c))
		return
	}
	if _, ok := r.applied("scl"); ok {
		r.note(i, "ignored: scl decides the scale",
			diag.New(diag.CommandNoEffect, "%s (%s) has no effect: scl decides the scale", c.written(), c.Origin))
	}
}

// qualityNeedsLoss: qlt is ignored, without a warning, where the format has no
// quality (is-protocol 10).
func (r *resolver) qualityNeedsLoss() {
	i, ok := r.applied("qlt")
	if !ok || !r.formatKnown() {
		return
	}
	switch out := r.set.Output; {
	case out.Format == "png", out.Format == "png8", out.Format == "gif", out.Format == "eps":
		r.ignore(i, out.Format+" has no quality")
	case (out.Format == "tif" || out.Format == "pdf") && out.Compression != CompressionJPEG:
		r.ignore(i, out.Format+" has a quality only with jpeg compression")
	case out.Format == "heic" || out.Compression == CompressionLossless:
		r.ignore(i, "lossless "+out.Format+" has no quality")
	}
}

// alignNeedsRoom: align acts only where the view and the image differ
// (is-protocol 5.3, 10).
func (r *resolver) alignNeedsRoom() {
	i, ok := r.applied("align")
	if !ok {
		return
	}
	s := r.set
	switch both := s.Wid > 0 && s.Hei > 0; {
	case s.Scl > 0 && (s.Wid > 0 || s.Hei > 0):
	case s.Scl > 0 || !both:
		r.ignore(i, "the reply is as large as the picture")
	case s.Fit.Mode == FitConstrain || s.Fit.Mode == FitStretch || s.Fit.Mode == FitWrap:
		r.ignore(i, "fit="+string(s.Fit.Mode)+" leaves nothing to align")
	}
}
