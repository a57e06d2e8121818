package compile

import (
	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/engine/plan"
)

// attributes gives the attributes by the names they have in a configuration.
// Those that have no default are left out of a plan where they are empty.
func attributes(a modifier.Attributes) map[string]string {
	all := map[string]string{
		"DefaultPix": a.DefaultPix, "MaxPix": a.MaxPix, "BkgColor": a.BkgColor,
		"JpegQuality": a.JpegQuality, "ResMode": a.ResMode, "IccProfileRgb": a.IccProfileRgb,
	}
	for name, field := range optionalAttributes(&a) {
		if *field != "" {
			all[name] = *field
		}
	}
	return all
}

// Attributes is the inverse of what a plan records: the attributes its pictures
// are made with.
func Attributes(p *plan.Plan) modifier.Attributes {
	from := p.Attributes
	a := modifier.Attributes{
		DefaultPix: from["DefaultPix"], MaxPix: from["MaxPix"], BkgColor: from["BkgColor"],
		JpegQuality: from["JpegQuality"], ResMode: from["ResMode"], IccProfileRgb: from["IccProfileRgb"],
	}
	for name, field := range optionalAttributes(&a) {
		*field = from[name]
	}
	a.Foreign = p.Foreign()
	return a
}

// optionalAttributes are the attributes that may be absent.
func optionalAttributes(a *modifier.Attributes) map[string]*string {
	return map[string]*string{
		"IccProfileGray": &a.IccProfileGray, "IccProfileCmyk": &a.IccProfileCmyk,
		"IccProfileSrcRgb": &a.IccProfileSrcRgb, "IccProfileSrcGray": &a.IccProfileSrcGray, "IccProfileSrcCmyk": &a.IccProfileSrcCmyk,
		"IccRenderIntent": &a.IccRenderIntent, "IccBlackPointCompensation": &a.IccBlackPointCompensation, "IccDither": &a.IccDither,
		"Resolution": &a.Resolution, "PrintResolution": &a.PrintResolution, "DefaultImage": &a.DefaultImage, "DefaultImageMode": &a.DefaultImageMode,
	}
}
