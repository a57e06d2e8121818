//go:build cgo

package vips

import (
	"context"
	"errors"

	"github.com/exportd/exportd/engine/modifier"
)

// layerZero carries out what layer=0 asks of the picture itself, between its crop and
// its fills (is-protocol 4, 5.1): the operations of A-11 on the crop as it is
// loaded, so shrink-on-load stays legal and radii shrink with it. Sharpening needs
// the layer at its own size where that is smaller. The reply that is given back is
// what remains to be done, with the crop as its source.
func (m *Image) layerZero(ctx context.Context, r Reply) (Reply, error) {
	visible := intersect(r.Geometry.Crop, modifier.Rect{W: r.Geometry.Source.W, H: r.Geometry.Source.H})
	if !r.Settings.Base.Acts() || empty(visible) {
		return r, nil
	}
	f := r.Settings.Base.Filters
	if err := extract(m.work, m.grid.loaded(visible)); err != nil {
		return r, err
	}
	source := modifier.Size{W: visible.W, H: visible.H}
	m.grid = grid{full: m.grid.pose.inverse().size(source), size: m.loadedSize(), shrink: m.grid.shrink, pose: m.grid.pose, cut: m.grid.cut}
	rest := r
	rest.Geometry.Source, rest.Geometry.Crop = source, shifted(r.Geometry.Crop, modifier.Rect{X: -visible.X, Y: -visible.Y})
	if f.Acts() && visible == r.Geometry.Crop {
		if err := m.toSize(&rest, worthwhile(r)); err != nil {
			return rest, err
		}
	}
	n := m.nearness(r.Geometry, source)
	if err := m.filter(ctx, f, n.layer); err != nil {
		return rest, err
	}
	return rest, m.sharpenAll(ctx, f, n)
}

func (m *Image) loadedSize() modifier.Size {
	return modifier.Size{W: m.work.Width(), H: m.work.Height()}
}

// worthwhile is the size, upright, that layer 0 is worked on at where that is
// smaller than what is loaded: its own for op_sharpen, whose kernel does not scale,
// and the reply's where the way to the reply is nothing but a scale. Otherwise 0.
func worthwhile(r Reply) modifier.Size {
	g, s := r.Geometry, r.Settings
	if s.Base.Filters.Sharpen {
		return g.Layer
	}
	turned := modifier.Rect{W: g.Turned.W, H: g.Turned.H}
	if g.Quad != nil || g.Extent != turned || g.Rgn != turned {
		return modifier.Size{}
	}
	if p, ok := turnPose(s.Rotate); ok {
		return p.inverse().size(g.Image)
	}
	return modifier.Size{W: side(g.Layer.W, g.ScaleX), H: side(g.Layer.H, g.ScaleY)}
}

// toSize scales the crop to size, where that is smaller than what is loaded.
func (m *Image) toSize(r *Reply, size modifier.Size) error {
	stored, have := m.grid.pose.inverse().size(size), m.loadedSize()
	if size == (modifier.Size{}) || stored == have || stored.W > have.W || stored.H > have.H {
		return nil
	}
	format := m.work.BandFormat()
	done, err := m.scale(stored, r.Settings.ResMode)
	if err != nil {
		return err
	}
	if err := done(m.work, format); err != nil {
		return err
	}
	m.grid = grid{full: stored, size: stored, shrink: 1, pose: m.grid.pose}
	r.Geometry.Source, r.Geometry.Crop = size, modifier.Rect{W: size.W, H: size.H}
	return nil
}

// nearness is that of the crop of g, of which source is the visible part that is worked
// on.
func (m *Image) nearness(g modifier.Geometry, source modifier.Size) nearness {
	have := m.grid.pose.size(m.loadedSize())
	var n nearness
	for i, v := range [2]struct{ have, source, crop, layer, scale float64 }{
		{float64(have.W), float64(source.W), float64(g.Crop.W), float64(g.Layer.W), g.ScaleX},
		{float64(have.H), float64(source.H), float64(g.Crop.H), float64(g.Layer.H), g.ScaleY},
	} {
		n.source[i] = v.have / v.source
		n.layer[i] = n.source[i] * v.crop / v.layer
		n.reply[i] = n.layer[i] / v.scale
	}
	if m.grid.pose.transpose {
		for _, axes := range []*[2]float64{&n.source, &n.layer, &n.reply} {
			axes[0], axes[1] = axes[1], axes[0]
		}
	}
	return n
}

// ownFills lays what layer 0 has behind its own pixels, and clips it: nothing of
// it is left for the way to the composite.
func (m *Image) ownFills(whole, rest Reply) (Reply, error) {
	if !whole.Settings.Base.Acts() {
		return rest, nil
	}
	if err := errors.Join(own(m.work, rest.Settings), m.clipBase(whole)); err != nil {
		return rest, err
	}
	done := *rest.Settings
	done.BaseFade, done.Color = 0, nil
	rest.Settings = &done
	return rest, nil
}

// clipBase clips the picture in its own pixels.
func (m *Image) clipBase(r Reply) error {
	g := r.Geometry
	visible := intersect(g.Crop, modifier.Rect{W: g.Source.W, H: g.Source.H})
	if !r.Settings.Base.Clip.Acts() || empty(visible) {
		return nil
	}
	size, lying := m.loadedSize(), m.grid.pose.inverse()
	onSource := func(p modifier.Point) modifier.Point { // to what is worked on, as it lies
		q := lying.fraction(modifier.Point{X: (p.X - float64(visible.X)) / float64(visible.W), Y: (p.Y - float64(visible.Y)) / float64(visible.H)})
		return modifier.Point{X: q.X * float64(size.W), Y: q.Y * float64(size.H)}
	}
	onLayer := func(p modifier.Point) modifier.Point {
		return onSource(modifier.Point{
			X: float64(g.Crop.X) + p.X*float64(g.Crop.W)/float64(g.Layer.W),
			Y: float64(g.Crop.Y) + p.Y*float64(g.Crop.H)/float64(g.Layer.H),
		})
	}
	embedded := func(steps []modifier.PathStep) []modifier.PathStep {
		return modifier.MapPath(steps, func(p modifier.Point) modifier.Point {
			return onSource(modifier.Point{X: p.X * float64(g.Source.W), Y: p.Y * float64(g.Source.H)})
		})
	}
	stay, cut := covers(r.Settings.Base.Clip, r.Settings.Embedded, size, onLayer, embedded)
	c, ok := combine(stay, cut)
	if !ok {
		return nil
	}
	return m.stencil(c)
}
