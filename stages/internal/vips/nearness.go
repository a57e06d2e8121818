package vips

import "github.com/exportd/exportd/engine/modifier"

// nearness is how many pixels of what is worked on one pixel is, for each of its
// stored axes: one of the full-resolution source, of the layer and composite, of
// the reply.
type nearness struct{ source, layer, reply [2]float64 }

// viewNearness is that of the view: one of its pixels is one of the reply.
func viewNearness(g modifier.Geometry) nearness {
	n := nearness{layer: [2]float64{g.ScaleX, g.ScaleY}, reply: [2]float64{1, 1}}
	n.source = [2]float64{
		g.ScaleX * float64(g.Layer.W) / float64(g.Crop.W),
		g.ScaleY * float64(g.Layer.H) / float64(g.Crop.H),
	}
	return n
}
