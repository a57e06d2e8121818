package modifier

import (
	"slices"
	"strings"
)

// Foreign is a token of fmt= that an encoder outside of exportd answers to.
type Foreign struct {
	Token   string // lower case, without -alpha
	Encoder string // who writes it: PLUGIN/ENCODER
	Ext     string // of its files, without the dot
	Alpha   bool   // TOKEN-alpha is a token too
	Profile bool   // it can carry a colour profile
	Types   []PixelType
}

// foreign finds the encoder of a token that exportd does not write by itself.
func foreign(all []Foreign, token string) (f *Foreign, alpha, ok bool) {
	token = strings.ToLower(token)
	for i := range all {
		switch bare, cut := strings.CutSuffix(token, "-alpha"); {
		case all[i].Token == token:
			return &all[i], false, true
		case cut && all[i].Alpha && all[i].Token == bare:
			return &all[i], true, true
		}
	}
	return nil, false, false
}

// setForeign reads the arguments behind a foreign token, as [setFmt] does.
func (r *resolver) setForeign(f *Foreign, alpha bool, a args) *fault {
	out := r.set.Output
	out.Format, out.Foreign, out.Alpha, out.Type, out.Compression = f.Token, f, alpha, TypeSource, CompressionDefault
	if len(a) > 1 && a[1] != "" {
		out.Type = PixelType(strings.ToLower(a[1]))
		if !slices.Contains(anyType, out.Type) {
			return keyword(a[1], "rgb", "gray", "cmyk")
		}
		if !slices.Contains(f.Types, out.Type) {
			return wrong(join(f.Types), "%s cannot hold %s", f.Token, out.Type)
		}
	}
	if len(a) > 2 && a[2] != "" {
		switch Compression(strings.ToLower(a[2])) {
		case CompressionLossless:
			out.Compression = CompressionLossless
		case compressionLossy, CompressionNone:
		default:
			return keyword(a[2], join(lossKinds))
		}
	}
	r.set.Output = out
	return nil
}

// foreignTokens lists the tokens of all foreign encoders.
func foreignTokens(all []Foreign) []string {
	var list []string
	for _, f := range all {
		list = append(list, f.Token)
		if f.Alpha {
			list = append(list, f.Token+"-alpha")
		}
	}
	return list
}
