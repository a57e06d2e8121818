//go:build cgo

package vips

import (
	"context"
	"errors"
	"io"
	"sync/atomic"

	"github.com/exportd/exportd/engine/asset"
)

// source hands the bytes of an asset to libvips, stops when the work is stopped,
// and remembers why reading failed, since libvips forgets it.
type source struct {
	asset.Source
	ctx     atomic.Pointer[context.Context] // of the stage that pulls now
	failure atomic.Pointer[error]
}

func (s *source) Read(p []byte) (int, error) {
	if ctx := s.ctx.Load(); ctx != nil && (*ctx).Err() != nil {
		return 0, (*ctx).Err()
	}
	n, err := s.Source.Read(p)
	s.note(err)
	return n, err
}

func (s *source) Seek(offset int64, whence int) (int64, error) {
	n, err := s.Source.Seek(offset, whence)
	s.note(err)
	return n, err
}

func (s *source) note(err error) {
	if err != nil && !errors.Is(err, io.EOF) {
		s.failure.CompareAndSwap(nil, &err)
	}
}

// err is why reading failed, nil when it did not.
func (s *source) err() error {
	if e := s.failure.Load(); e != nil {
		return *e
	}
	return nil
}
