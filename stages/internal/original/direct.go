package original

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/stages/internal/blob"
)

// direct reads an object that is too large for the cache. Reading on costs
// nothing; each jump is a request.
type direct struct {
	ctx    context.Context
	cancel context.CancelFunc
	bucket *blob.Bucket
	asset  *asset.Asset
	offset int64
	reader *blob.Reader // at offset, nil before the first byte
}

// newDirect makes a source whose life is not bound to the stage that opened it.
func newDirect(ctx context.Context, b *blob.Bucket, a *asset.Asset) *direct {
	d := &direct{bucket: b, asset: a}
	d.ctx, d.cancel = context.WithCancel(context.WithoutCancel(ctx))
	return d
}

func (d *direct) Read(p []byte) (int, error) {
	if d.offset >= d.asset.Size {
		return 0, io.EOF
	}
	if d.reader == nil {
		r, err := d.bucket.NewReader(d.ctx, d.asset.Locator, blob.ReadOptions{Offset: d.offset, ETag: d.asset.ETag})
		if err != nil {
			return 0, unfetched(d.ctx, d.asset.Handle, err)
		}
		d.reader = r
	}
	n, err := d.reader.Read(p)
	d.offset += int64(n)
	switch {
	case err == nil || errors.Is(err, io.EOF) && d.offset == d.asset.Size:
		return n, err
	case errors.Is(err, io.EOF):
		return n, Changed(d.asset.Handle, "it had %d bytes and has %d", d.asset.Size, d.offset)
	}
	return n, unfetched(d.ctx, d.asset.Handle, err)
}

func (d *direct) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += d.offset
	case io.SeekEnd:
		offset += d.asset.Size
	}
	if offset < 0 {
		return 0, fmt.Errorf("seek to %d", offset)
	}
	if offset != d.offset {
		d.hangUp()
		d.offset = offset
	}
	return offset, nil
}

func (d *direct) hangUp() {
	if d.reader != nil {
		_ = d.reader.Close()
		d.reader = nil
	}
}

func (d *direct) Close() error {
	d.hangUp()
	d.cancel()
	return nil
}
