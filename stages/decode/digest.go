package decode

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

// digest reads the whole source and gives its SHA-256 in lower-case hex. It stops
// after limit bytes (0: none): what a record says of the size may be wrong.
func digest(ctx context.Context, src asset.Source, limit int64) (string, error) {
	sum := sha256.New()
	r := io.Reader(reader{ctx, src})
	if limit > 0 {
		r = io.LimitReader(r, limit+1)
	}
	n, err := io.CopyBuffer(sum, r, make([]byte, 256<<10))
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err != nil:
		var d *diag.Diag
		if errors.As(err, &d) {
			return "", d
		}
		return "", diag.New(diag.SourceRead, "the source could not be read: %w", err)
	case n == 0:
		return "", diag.New(diag.SourceEmpty, "the source file is empty")
	case limit > 0 && n > limit:
		return "", tooManyBytes(n, limit)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func tooManyBytes(found, allowed int64) error {
	return diag.New(diag.LimitBytes, "the source has %d bytes or more; allowed are %d", found, allowed).
		WithHint("raise limits.bytes, if you trust your sources")
}

// reader ends when its context does.
type reader struct {
	ctx context.Context
	io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}
