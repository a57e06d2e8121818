package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
)

// Conditional reports whether the server refuses to write over an object when it
// is asked to ([PutOptions.IfAbsent]): many that speak S3 ignore the question. It
// writes a small object twice below the prefix, and removes it.
func (b *Bucket) Conditional(ctx context.Context) (known bool, err error) {
	key := ".exportd-probe-" + strings.ToLower(rand.Text())
	defer func() { err = errors.Join(err, b.Delete(context.WithoutCancel(ctx), key)) }()
	for range 2 {
		_, err := b.Put(ctx, key, strings.NewReader("probe"), 5, PutOptions{IfAbsent: true})
		var e *Error
		switch {
		case errors.Is(err, ErrExists):
			return true, nil
		case errors.As(err, &e) && e.Status == 501: // "not implemented", as S3 says of unknown headers
			return false, nil
		case err != nil:
			return false, err
		}
	}
	return false, nil
}
