//go:build cgo

package vips

import (
	"math"

	"github.com/exportd/exportd/engine/modifier"
)

// view puts the shaped picture at at of a view of the given size. A format with
// alpha keeps what is not covered transparent (is-protocol A-25); any other is
// flattened over bgc in the output's colours (5.5).
func (m *Image) view(s *modifier.Settings, size modifier.Size, at [2]int) error {
	var ink []float64
	if s.Output.Alpha {
		if err := m.work.AddAlpha(); err != nil {
			return err
		}
	} else {
		ink = inks(s.Bgc, spaceOf(m.work))
		if hasAlpha(m.work) {
			if err := flatten(m.work, ink); err != nil {
				return err
			}
		}
	}
	if at == [2]int{} && m.work.Width() == size.W && m.work.Height() == size.H {
		return nil
	}
	return embed(m.work, at[0], at[1], size.W, size.H, ink)
}

// inks is c in the bands of a colour model: its own numbers where it is of that
// model, else converted naively (r-bgc, A-20, A-37).
func inks(c modifier.Colour, space Space) []float64 {
	if space == SpaceCMYK && c.Space == modifier.SpaceCMYK {
		own := make([]float64, len(c.Components))
		for i, v := range c.Components {
			own[i] = math.Floor(v*255 + 0.5)
		}
		return own
	}
	rgb := c.RGB()
	r, g, b := float64(rgb.R), float64(rgb.G), float64(rgb.B)
	switch space {
	case SpaceGray:
		return []float64{math.Round(0.299*r + 0.587*g + 0.114*b)}
	case SpaceCMYK:
		top := max(r, g, b)
		if top == 0 {
			return []float64{0, 0, 0, 255}
		}
		ink := func(v float64) float64 { return math.Round(255 * (top - v) / top) }
		return []float64{ink(r), ink(g), ink(b), 255 - top}
	}
	return []float64{r, g, b}
}

// describe makes the header that of the reply.
func (m *Image) describe(r Reply) {
	density := r.Density
	if density == 0 {
		density = m.header.Density
	}
	size := modifier.Size{W: m.work.Width(), H: m.work.Height()}
	m.header = Header{
		Size: size, Stored: size, Orientation: 1, Space: spaceOf(m.work), Alpha: hasAlpha(m.work),
		Bits: 8, Pages: 1, Density: density, Paths: replyPaths(r), colours: sourceColours{space: spaceOf(m.work)},
	}
	m.grid = shrunk(m.header, 1)
	r.Mask = nil // the caller closes it
	m.reply = &r
}

// screenDensity stands in where neither the source nor its record has a density.
const screenDensity = 72

// finish writes the density and drops everything but the profile of the reply's
// colours, which [Image.Encode] writes where iccEmbed asks for it.
func (m *Image) finish() error {
	density := m.header.Density
	if density == 0 {
		density = screenDensity
	}
	if err := strip(m.work, m.managed, m.lazy); err != nil {
		return err
	}
	return setHeader(m.work, m.work.Interpretation(), density/25.4)
}
