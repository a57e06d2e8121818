package modifier

import (
	"math/big"
	"strings"

	"github.com/exportd/exportd/engine/diag"
)

// The bounds of a picture on its way, in pixels.
const (
	maxEdge     = 65_535     // of the reply: what the formats can say
	maxEdgeWebp = 16_383     // of a webp reply
	maxScaled   = 10_000_000 // of the scaled region, before it is cut: libvips' own bound
)

// Geometry gives the exact way from a source of that size, in upright pixels, to
// the reply (is-protocol 5.1 to 5.4). It computes sizes alone, so it bounds
// everything before a pixel is touched: a crop or rgn that reaches outside must
// not have an edge over 65,535, nor may the reply (16,383 for webp) or what
// MaxPix says: E-OUTPUT-SIZE. The list holds W-COMMAND-NO-EFFECT where a size
// would enlarge the picture and may not. Errors name the commands that led
// there.
func (s *Settings) Geometry(source Size) (Geometry, diag.List, error) {
	g, notes, err := s.geometry(source)
	if err == nil || len(s.Sizing) == 0 {
		return g, notes, err
	}
	d := *diag.From(err, diag.OutputSize)
	d.Message += "; asked for by " + strings.Join(s.Sizing, ", ")
	return g, notes, &d
}

func (s *Settings) geometry(source Size) (Geometry, diag.List, error) {
	if source.W < 1 || source.H < 1 || source.W > coordLimit || source.H > coordLimit {
		return Geometry{}, nil, diag.New(diag.InternalError, "a source of %dx%d pixels has no geometry", source.W, source.H)
	}
	g := Geometry{Source: source, Crop: s.cropOf(source)}
	if err := within("crop", g.Crop, source); err != nil {
		return Geometry{}, nil, err
	}
	if err := s.layer(&g); err != nil {
		return Geometry{}, nil, err
	}
	var err error
	if g.Kept, err = s.cropPaths(g); err != nil {
		return Geometry{}, nil, err
	}
	g.Rgn = g.Kept
	if s.Rgn != nil {
		g.Rgn = *s.Rgn
		if err := within("rgn", g.Rgn, Size{g.Kept.W, g.Kept.H}); err != nil {
			return Geometry{}, nil, err
		}
		g.Rgn.X += g.Kept.X
		g.Rgn.Y += g.Kept.Y
	}
	v := s.ratioed(Size{g.Rgn.W, g.Rgn.H})
	v = s.tile(v, Size{g.Rgn.W, g.Rgn.H})
	g.ScaleX, _ = v.sx.Float64()
	g.ScaleY, _ = v.sy.Float64()
	g.Image, g.View = v.image, v.box
	g.Offset = [2]int{offset(v.box.W, v.image.W, v.align[0]), offset(v.box.H, v.image.H, v.align[1])}
	g.Clip = Rect{W: v.box.W, H: v.box.H}
	if r := s.Rect; r != nil {
		g.View = Size{r.W, r.H}
		g.Offset[0], g.Offset[1] = g.Offset[0]-r.X, g.Offset[1]-r.Y
		g.Clip.X, g.Clip.Y = -r.X, -r.Y
	}
	if err := s.bounded(g); err != nil {
		return Geometry{}, nil, err
	}
	return g, v.notes, nil
}

// cropOf gives the crop in source pixels.
func (s *Settings) cropOf(source Size) Rect {
	c := s.Crop
	switch {
	case c == nil:
		return Rect{W: source.W, H: source.H}
	case !c.Normalised:
		return edges([4]float64{c.X, c.Y, c.W, c.H})
	}
	x, w := span(c.X, c.W, source.W)
	y, h := span(c.Y, c.H, source.H)
	return Rect{x, y, w, h}
}

// within refuses a rectangle that is larger than both the space it lies in and
// what a reply may be.
func within(name string, r Rect, space Size) error {
	if r.W > max(maxEdge, space.W) || r.H > max(maxEdge, space.H) || r.X <= -coordLimit || r.X >= coordLimit || r.Y <= -coordLimit || r.Y >= coordLimit {
		return diag.New(diag.OutputSize, "%s takes %dx%d pixels at %d,%d of %dx%d; allowed are edges up to %d", name, r.W, r.H, r.X, r.Y, space.W, space.H, maxEdge)
	}
	return nil
}

// bounded refuses a reply that is too large.
func (s *Settings) bounded(g Geometry) error {
	edge := maxEdge
	if s.Output.Format == "webp" {
		edge = maxEdgeWebp
	}
	switch {
	case g.View.W > edge || g.View.H > edge:
		format := s.Output.Format
		if format == "" {
			format = "any format"
		}
		return diag.New(diag.OutputSize, "the reply would have %dx%d pixels; %s allows edges up to %d", g.View.W, g.View.H, format, edge)
	case s.MaxPix[0] > 0 && g.View.W > s.MaxPix[0], s.MaxPix[1] > 0 && g.View.H > s.MaxPix[1]:
		return diag.New(diag.OutputSize, "the reply would have %dx%d pixels; MaxPix allows %d,%d (0 is unlimited)", g.View.W, g.View.H, s.MaxPix[0], s.MaxPix[1])
	case g.Image.W > maxScaled || g.Image.H > maxScaled:
		return diag.New(diag.OutputSize, "the picture would be scaled to %dx%d pixels before it is cut; allowed are edges up to %d", g.Image.W, g.Image.H, maxScaled)
	}
	return nil
}

// offset is where the image begins in the view: floor((view-image)(1+a)/2).
func offset(view, image int, align float64) int {
	v := exact(align)
	v.Add(v, big.NewRat(1, 1))
	v.Mul(v, big.NewRat(int64(view)-int64(image), 2))
	return floor(v)
}
