package modifier

import "slices"

// MaskUse says what a mask does to its image (is-protocol 7.9).
type MaskUse string

// The values of maskUse=.
const (
	MaskNorm   MaskUse = ""       // as the mask says; written norm
	MaskInvert MaskUse = "invert" // the background; without a mask nothing
	MaskOff    MaskUse = "off"    // the whole rectangle, opaque
)

// Mask is where the transparency of the source comes from: mask=, else the
// record's MaskPath, else the source's own alpha (is-protocol 5.1).
type Mask struct {
	Object string // the asset that mask= names, "" for none; see [ParseObject]
	Use    MaskUse
}

// Clip is what stays of the composite (is-protocol 7.9): what lies in Path and in
// all embedded paths of Names, and not in Cut nor in the common part of CutNames.
// Paths are in pixels of the composite, as it is after cropPathE and flip.
type Clip struct {
	Path     []PathStep
	Names    []string
	Cut      []PathStep
	CutNames []string
}

// Base is what layer=0 asks of the picture itself, after its crop and before
// color, flip, rotate and extend (is-protocol 4, 5.1, A-11, A-12). Its clip paths
// are in pixels of the layer.
type Base struct {
	Filters Filters
	Clip    Clip
}

// Acts reports whether b changes anything.
func (b Base) Acts() bool { return b.Filters.Acts() || b.Clip.Acts() }

// Acts reports whether c takes anything away. What to cut does nothing alone
// (r-clipxpath).
func (c Clip) Acts() bool { return len(c.Path) > 0 || len(c.Names) > 0 }

// EmbeddedPath is a named path of the source, in fractions of it: 0,0 is the top
// left of the upright source and 1,1 its bottom right. All sub-paths are closed.
type EmbeddedPath struct {
	Name     string
	Steps    []PathStep
	Clipping bool // the file says it is the clipping path
}

// embedded finds a path of the source by its name; case matters.
func (s *Settings) embedded(name string) (EmbeddedPath, bool) {
	for _, p := range s.Embedded {
		if p.Name == name {
			return p, true
		}
	}
	return EmbeddedPath{}, false
}

// UnknownPaths lists the names that the commands give and the source does not
// have: they are ignored (r-clippath, r-croppath).
func (s *Settings) UnknownPaths() []string {
	var unknown []string
	for _, list := range [][]string{s.CropPaths, s.Clip.Names, s.Clip.CutNames, s.Base.Clip.Names, s.Base.Clip.CutNames} {
		for _, name := range list {
			if _, ok := s.embedded(name); !ok && !slices.Contains(unknown, name) {
				unknown = append(unknown, name)
			}
		}
	}
	return unknown
}

// Named is the asset to take the mask from: that of mask=, else the record's
// MaskPath; none where maskUse=off needs none.
func (m Mask) Named(maskPath string) string {
	switch {
	case m.Use == MaskOff:
		return ""
	case m.Object != "":
		return m.Object
	}
	return maskPath
}
