package modifier

import (
	"math"
	"strings"

	"github.com/exportd/exportd/engine/diag"
)

// setMaskUse reads maskUse= (r-maskuse).
func setMaskUse(r *resolver, _ int, a args) *fault {
	switch use := strings.ToLower(strings.Join(a, ",")); use {
	case "norm":
		r.set.Mask.Use = MaskNorm
	case "invert", "off":
		r.set.Mask.Use = MaskUse(use)
	default:
		return keyword(strings.Join(a, ","), "norm", "invert", "off")
	}
	return nil
}

// clip is what command i clips: the composite, or in layer=0 the picture.
func (r *resolver) clip(i int) *Clip {
	if r.scopes[i] == scopeBase {
		return &r.set.Base.Clip
	}
	return &r.set.Clip
}

// setClipPath reads clipPath= (r-clippath).
func setClipPath(r *resolver, i int, _ args) (f *fault) {
	r.clip(i).Path, f = outline(r.commands[i].Value)
	return f
}

// setClipXPath reads clipXPath= (r-clipxpath).
func setClipXPath(r *resolver, i int, _ args) (f *fault) {
	r.clip(i).Cut, f = outline(r.commands[i].Value)
	return f
}

// setClipPathE reads clipPathE= (r-clippath).
func setClipPathE(r *resolver, i int, a args) (f *fault) {
	r.clip(i).Names, f = pathNames(a)
	return f
}

// setClipXPathE reads clipXPathE= (r-clipxpath).
func setClipXPathE(r *resolver, i int, a args) (f *fault) {
	r.clip(i).CutNames, f = pathNames(a)
	return f
}

// setCropPathE reads cropPathE= (r-croppath).
func setCropPathE(r *resolver, _ int, a args) (f *fault) {
	r.set.CropPaths, f = pathNames(a)
	return f
}

// outline reads path data that is to be filled.
func outline(value string) ([]PathStep, *fault) {
	const allowed = "path data of M m L l C c Z z, beginning with M or m"
	steps, err := ParsePath(value)
	if err != nil {
		return nil, wrong(allowed, "%v", err)
	}
	if len(steps) == 0 {
		return nil, wrong(allowed, "the value is missing")
	}
	return steps, nil
}

// pathNames reads names of embedded paths, which are ASCII (r-clippath). One that
// is repeated counts once.
func pathNames(a args) ([]string, *fault) {
	const allowed = "names of paths of the source, in ASCII, parted by commas"
	var names []string
	seen := map[string]bool{}
	for _, name := range a {
		if name == "" {
			return nil, wrong(allowed, "a name is missing")
		}
		for i := range len(name) {
			if name[i] < ' ' || name[i] > '~' {
				return nil, wrong(allowed, "%s is not ASCII", quote(name))
			}
		}
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names, nil
}

// cutNeedsClip: clipXPath and clipXPathE are ignored without clipPath or
// clipPathE of the same layer (r-clipxpath).
func (r *resolver) cutNeedsClip() {
	for _, clip := range []*Clip{&r.set.Clip, &r.set.Base.Clip} {
		if clip.Acts() {
			continue
		}
		for _, name := range []string{"clipXPath", "clipXPathE"} {
			if clip == &r.set.Base.Clip {
				name += "@0"
			}
			if i, ok := r.applied(name); ok {
				r.ignore(i, "there is neither clipPath nor clipPathE")
			}
		}
		clip.Cut, clip.CutNames = nil, nil
	}
}

// cropPaths crops the composite to the bounding boxes of embedded paths, one
// after the other (r-croppath). Their edges are rounded like those of cropN
// and no box brings back what an earlier one took away. Boxes that have
// nothing in common are E-COMMAND-VALUE.
func (s *Settings) cropPaths(g Geometry) (Rect, error) {
	kept := Rect{W: g.Comp.W, H: g.Comp.H}
	for _, name := range s.CropPaths {
		p, ok := s.embedded(name)
		if !ok || len(p.Steps) == 0 {
			continue
		}
		box := boxOf(s.OnComposite(g, p.Steps))
		x0, y0 := max(kept.X, box.X), max(kept.Y, box.Y)
		x1, y1 := min(kept.X+kept.W, box.X+box.W), min(kept.Y+kept.H, box.Y+box.H)
		if x0 >= x1 || y0 >= y1 {
			return Rect{}, diag.New(diag.CommandValue, "cropPathE: the path %s lies outside what is left of the picture", quote(name)).
				WithHint("leave the path out of cropPathE, or crop= less")
		}
		kept = Rect{X: x0, Y: y0, W: x1 - x0, H: y1 - y0}
	}
	return kept, nil
}

// boxOf is the bounding box of an outline, its edges rounded, at least a pixel
// wide and high.
func boxOf(steps []PathStep) Rect {
	left, top, right, bottom := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	take := func(p Point) {
		left, right = min(left, p.X), max(right, p.X)
		top, bottom = min(top, p.Y), max(bottom, p.Y)
	}
	for _, line := range Flatten(steps, 0.01) {
		for _, p := range line {
			take(p)
		}
	}
	near := func(v float64) int { // without the noise that would tip a half
		return int(math.Floor(min(max(math.Round(v*1e6)/1e6, -coordLimit), coordLimit) + 0.5))
	}
	r := Rect{X: near(left), Y: near(top)}
	r.W, r.H = max(1, near(right)-r.X), max(1, near(bottom)-r.Y)
	return r
}
