package vips

import "github.com/exportd/exportd/engine/modifier"

// clipping is the transparency that cropPathE, clipPath and their kin leave to a
// picture of that size which lies at at of the view; ok is false where they leave
// everything. The outlines are scaled, not the pixels, so it costs what the reply
// costs. Names that the source has not are ignored (r-clippath, r-croppath).
func clipping(r Reply, size modifier.Size, at [2]int) (c coverage, ok bool) {
	geo, clip, s := r.Geometry, r.Settings.Clip, r.Settings
	sx, sy := float64(geo.Image.W)/float64(geo.Rgn.W), float64(geo.Image.H)/float64(geo.Rgn.H)
	// onReply maps from the composite before cropPathE, of which Kept and Rgn are
	// parts; kept from what it left, where path data counts from.
	onReply := func(p modifier.Point) modifier.Point {
		return modifier.Point{
			X: (p.X-float64(geo.Rgn.X))*sx + float64(geo.Offset[0]-at[0]),
			Y: (p.Y-float64(geo.Rgn.Y))*sy + float64(geo.Offset[1]-at[1]),
		}
	}
	kept := func(p modifier.Point) modifier.Point {
		return onReply(modifier.Point{X: p.X + float64(geo.Kept.X), Y: p.Y + float64(geo.Kept.Y)})
	}
	embedded := func(steps []modifier.PathStep) []modifier.PathStep {
		return modifier.MapPath(s.OnComposite(geo, steps), onReply)
	}
	stay, cut := covers(clip, s.Embedded, size, kept, embedded)
	if len(s.CropPaths) > 0 && intersect(geo.Rgn, geo.Kept) != geo.Rgn { // rgn reaches outside
		a, b := kept(modifier.Point{}), kept(modifier.Point{X: float64(geo.Kept.W), Y: float64(geo.Kept.H)})
		stay = append(stay, rectangle(size, a.X, a.Y, b.X, b.Y))
	}
	return combine(stay, cut)
}

// covers is what each part of a clip covers of size: what stays, and what is cut
// out of that. data and embedded bring path data and the source's paths there.
func covers(
	clip modifier.Clip, paths []modifier.EmbeddedPath, size modifier.Size,
	data func(modifier.Point) modifier.Point, embedded func([]modifier.PathStep) []modifier.PathStep,
) (stay, cut []coverage) {
	if len(clip.Path) > 0 {
		stay = append(stay, outline(size, modifier.MapPath(clip.Path, data)))
	}
	stay = append(stay, named(paths, size, clip.Names, embedded)...)
	if len(stay) == 0 {
		return nil, nil // r-clipxpath: ignored without a clip path
	}
	if len(clip.Cut) > 0 {
		cut = append(cut, outline(size, modifier.MapPath(clip.Cut, data)))
	}
	if common := named(paths, size, clip.CutNames, embedded); len(common) > 0 {
		cut = append(cut, intersection(common))
	}
	return stay, cut
}

// combine is what lies in all of stay and in none of cut; ok is false where stay
// is empty, which takes nothing away.
func combine(stay, cut []coverage) (c coverage, ok bool) {
	if len(stay) == 0 {
		return coverage{}, false
	}
	c = intersection(stay)
	for _, o := range cut {
		c.without(o)
	}
	return c, true
}

// intersection is what lies in all of a list, which is not empty.
func intersection(list []coverage) coverage {
	for _, o := range list[1:] {
		list[0].and(o)
	}
	return list[0]
}

// named is what each of the source's paths of these names covers.
func named(paths []modifier.EmbeddedPath, size modifier.Size, names []string, embedded func([]modifier.PathStep) []modifier.PathStep) []coverage {
	var list []coverage
	for _, name := range names {
		for _, p := range paths {
			if p.Name == name {
				list = append(list, shape(size, embedded(p.Steps)))
				break
			}
		}
	}
	return list
}
