//go:build cgo

package vips

import (
	"errors"

	govips "github.com/davidbyttow/govips/v2/vips"

	"github.com/exportd/exportd/engine/modifier"
)

// onlyMask makes the alpha of the shaped picture the picture itself, as gray of 8
// bits: white where the picture is opaque, black where it, or anything, is not
// (req=mask, r-mask-req).
func (m *Image) onlyMask(size modifier.Size, at [2]int) error {
	if err := m.work.AddAlpha(); err != nil {
		return err
	}
	n := spaceOf(m.work).bands()
	err := errors.Join(takeBands(m.work, n, 1), to8(m.work), strip(m.work, false, m.lazy),
		setHeader(m.work, govips.InterpretationBW, m.work.ResX()))
	if err != nil || at == [2]int{} && m.work.Width() == size.W && m.work.Height() == size.H {
		return err
	}
	return embed(m.work, at[0], at[1], size.W, size.H, []float64{0})
}
