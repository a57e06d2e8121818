//go:build cgo

package vips

import (
	"context"
	"crypto/sha256"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
)

// fitting is the quality at which the JPEG with its head is at most out.MaxBytes
// long: that of qlt=, or the best below it (is-protocol 6, jpegSize). The pixels
// are kept in memory for the attempts.
func (m *Image) fitting(ctx context.Context, out modifier.Output, head int) (int, error) {
	if out.MaxBytes == 0 {
		return out.Quality, nil
	}
	if err := m.settle(ctx); err != nil {
		return 0, err
	}
	fits := func(quality int) (bool, error) {
		w := &sink{sum: sha256.New()}
		tried := out
		tried.Quality = quality
		err := m.pull(ctx, func() error { return m.save(w, tried) })
		return w.size+int64(head) <= out.MaxBytes, err
	}
	q, err := highest(out.Quality, fits)
	if err == nil && q == 0 {
		err = diag.New(diag.OutputSize, "jpegSize: even at the lowest quality the JPEG is longer than %d bytes", out.MaxBytes).
			WithHint("ask for a smaller picture, or a larger jpegSize")
	}
	return q, err
}

// highest finds a quality from 1 to most that fits while the next one does not,
// or most itself; 0 when there is none. Sizes almost always grow with the
// quality; where they do not, the next few above the one found are tried too.
func highest(most int, fits func(int) (bool, error)) (int, error) {
	if ok, err := fits(most); ok || err != nil {
		return most, err
	}
	low, high := 0, most // low fits or is 0, high does not
	for high-low > 1 {
		middle := (low + high) / 2
		ok, err := fits(middle)
		switch {
		case err != nil:
			return 0, err
		case ok:
			low = middle
		default:
			high = middle
		}
	}
	for q := min(low+3, most-1); q > low+1; q-- {
		if ok, err := fits(q); ok || err != nil {
			return q, err
		}
	}
	return low, nil
}
