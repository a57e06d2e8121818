//go:build cgo

package vips

import (
	"context"
	"errors"

	govips "github.com/davidbyttow/govips/v2/vips"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
)

// mask makes alpha what mask= and maskUse= say (r-mask, r-maskuse, is-protocol
// 5.1): before the picture is cropped, so that crop and scale apply to image and
// mask together, and what lies outside the source stays transparent. Colours are
// not weighed with an alpha that is replaced.
func (m *Image) mask(ctx context.Context, r Reply) error {
	use := r.Settings.Mask.Use
	black := m.header.Premultiplied && hasAlpha(m.work) // what lies behind an associated alpha
	if use == modifier.MaskOff {
		if black {
			return flatten(m.work, inks(modifier.Colour{Space: modifier.SpaceRGB, Components: []float64{0, 0, 0}}, spaceOf(m.work)))
		}
		return dropAlpha(m.work)
	}
	if r.Mask == nil && use == modifier.MaskNorm {
		return nil
	}
	var alpha *govips.ImageRef
	var err error
	if r.Mask != nil {
		if alpha, err = r.Mask.maskFor(ctx, m.grid); err == nil {
			err = dropAlpha(m.work)
		}
	} else {
		alpha, err = m.ownAlpha()
	}
	if alpha != nil {
		defer alpha.Close()
	}
	if err != nil {
		return err
	}
	if use == modifier.MaskInvert {
		if err := alpha.Invert(); err != nil {
			return err
		}
		if black && r.Mask == nil {
			if err := clearPixels(m.work); err != nil {
				return err
			}
		}
	}
	if m.work.BandFormat() == govips.BandFormatUshort {
		if err := errors.Join(alpha.Linear1(257, 0), round(alpha, govips.BandFormatUshort)); err != nil {
			return err
		}
	}
	return m.work.BandJoin(alpha)
}

// ownAlpha takes the alpha off the picture, as 8 bits; it is opaque where there
// is none, so that its inverse hides everything.
func (m *Image) ownAlpha() (*govips.ImageRef, error) {
	alpha, err := m.work.Copy()
	if err != nil {
		return nil, err
	}
	opaque := !hasAlpha(m.work)
	n := spaceOf(m.work).bands()
	if opaque {
		err = errors.Join(takeBands(alpha, 0, 1), clearPixels(alpha), to8(alpha), alpha.Invert())
	} else {
		err = errors.Join(takeBands(alpha, n, 1), to8(alpha), dropAlpha(m.work))
	}
	return alpha, err
}

// dropAlpha keeps the colours alone.
func dropAlpha(ref *govips.ImageRef) error {
	if !hasAlpha(ref) {
		return nil
	}
	return takeBands(ref, 0, spaceOf(ref).bands())
}

// maskFor gives the picture as a mask for one that is loaded as grid g says: its
// alpha, or its gray where it has none, 8 bits, in memory. A mask of another size
// is scaled to the image.
func (m *Image) maskFor(ctx context.Context, g grid) (*govips.ImageRef, error) {
	f, err := m.fork()
	if err != nil {
		return nil, diag.New(diag.InternalError, "%w", err)
	}
	defer func() { _ = f.Close() }()
	if err := f.toMask(ctx, g); err != nil {
		var d *diag.Diag
		if errors.As(err, &d) && d.Code != diag.InternalError {
			return nil, diag.New(d.Code, "the mask cannot be used: %s", d.Message)
		}
		return nil, err
	}
	return f.work.Copy()
}

func (m *Image) toMask(ctx context.Context, g grid) error {
	if err := m.oneBand(); err != nil {
		return err
	}
	// In the axes of its own file the mask must come out as large as the image is
	// loaded; then it is laid like the image in its file.
	lie := m.grid.pose.then(g.pose.inverse())
	if err := resizeMask(m.work, lie.inverse().size(g.size)); err != nil {
		return err
	}
	if err := m.Materialise(ctx); err != nil {
		return err
	}
	return m.pose(ctx, lie)
}

func resizeMask(ref *govips.ImageRef, size modifier.Size) error {
	if size == (modifier.Size{W: ref.Width(), H: ref.Height()}) {
		return nil
	}
	return errors.Join(resizeExactly(ref, size, whole(ref), govips.KernelLinear), round(ref, govips.BandFormatUchar))
}

// oneBand keeps alpha, or makes gray: naively, because a mask's numbers
// mean opacity and no colour.
func (m *Image) oneBand() error {
	space := spaceOf(m.work)
	switch {
	case hasAlpha(m.work):
		if err := errors.Join(takeBands(m.work, space.bands(), 1), to8(m.work)); err != nil {
			return err
		}
	case space == SpaceGray:
		if err := to8(m.work); err != nil {
			return err
		}
	default:
		if err := errors.Join(to8(m.work), setHeader(m.work, interpretation(space, govips.BandFormatUchar), 1)); err != nil {
			return err
		}
		if space == SpaceCMYK {
			if err := naiveRGB(m.work); err != nil {
				return err
			}
		}
		if err := naiveGray(m.work); err != nil {
			return err
		}
	}
	return setHeader(m.work, govips.InterpretationBW, 1)
}

// clip multiplies what the clip commands leave into the alpha of the picture,
// which has 8 bits and lies at at of the view.
func (m *Image) clip(r Reply, at [2]int) error {
	size := modifier.Size{W: m.work.Width(), H: m.work.Height()}
	c, ok := clipping(r, size, at)
	if !ok {
		return nil
	}
	return m.stencil(c)
}

// stencil multiplies a coverage as large as the picture into its alpha. 16-bit
// pixels become 8-bit ones.
func (m *Image) stencil(c coverage) error {
	if err := m.prepareColours(modifier.Filters{}); err != nil {
		return err
	}
	stencil, err := govips.NewImageFromMemory(c.pix, c.size.W, c.size.H, 1, govips.BandFormatUchar, govips.InterpretationBW)
	if err != nil {
		return err
	}
	defer stencil.Close()
	alpha, err := detachAlpha(m.work)
	if err != nil {
		return err
	}
	if alpha == nil {
		return m.work.BandJoin(stencil)
	}
	defer alpha.Close()
	if err := errors.Join(alpha.Multiply(stencil), alpha.Linear1(1./255, 0), round(alpha, govips.BandFormatUchar)); err != nil {
		return err
	}
	return m.work.BandJoin(alpha)
}
