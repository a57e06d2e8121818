package original

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/stages/internal/blob"
)

// looksAtOnce is how many requests for heads are on their way at the same time.
const looksAtOnce = 16

// Bucket is a bucket of objects, or the part of one below a prefix. What is
// opened is fetched into the cache first; what the cache cannot take is read from
// the bucket as it is wanted.
type Bucket struct {
	bucket *blob.Bucket
	cache  *cache
}

var _ Store = (*Bucket)(nil)

// NewBucket opens a bucket. It asks nothing yet.
func NewBucket(cfg Config) (*Bucket, error) {
	b, err := blob.Open(cfg.Root, cfg.Credentials)
	if err != nil {
		return nil, diag.New(diag.CatalogRoot, "%w", err).WithHint("check catalog.root in the configuration")
	}
	return &Bucket{bucket: b, cache: newCache(cfg.CacheDir, cfg.CacheBytes)}, nil
}

// Check lists the bucket.
func (b *Bucket) Check(ctx context.Context) error {
	err := b.bucket.Check(ctx)
	if err != nil && !errors.Is(err, context.Canceled) {
		return b.broken(err)
	}
	return err
}

// AtOnce hides the way to the server.
func (b *Bucket) AtOnce() int { return looksAtOnce }

// Close empties the cache.
func (b *Bucket) Close() error { return errors.Join(b.cache.close(), b.bucket.Close()) }

// Look reads an object's head, in one request. Where the bucket as a whole cannot
// be read, that is the error.
func (b *Bucket) Look(ctx context.Context, name string) (Original, error) {
	if !Valid(name) {
		return Original{}, ErrNotBelow
	}
	r, err := b.bucket.NewReader(ctx, name, blob.ReadOptions{Length: HeadSize})
	var answer *blob.Error
	if errors.As(err, &answer) && answer.Status == http.StatusRequestedRangeNotSatisfiable { // it is empty
		var at blob.Attributes
		if at, err = b.bucket.Attributes(ctx, name); err == nil {
			return Original{Locator: name, Size: at.Size, ETag: at.ETag, Modified: at.Modified}, nil
		}
	}
	if err == nil {
		defer func() { _ = r.Close() }() // all has been read, or the error is known
		var head []byte
		if head, err = io.ReadAll(r); err == nil {
			return Original{Locator: name, Size: r.Size, ETag: r.ETag, Modified: r.Modified, Head: head}, nil
		}
	}
	switch {
	case errors.Is(err, blob.ErrNotFound):
		return Original{}, fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	case ctx.Err() != nil:
		return Original{}, ctx.Err()
	case errors.Is(err, blob.ErrCredentials), errors.Is(err, blob.ErrNoBucket), blob.Retryable(err):
		return Original{}, b.broken(err)
	}
	return Original{}, err
}

// broken is trouble of the bucket as a whole.
func (b *Bucket) broken(err error) error {
	code, mend := diag.CatalogRoot, "check catalog.root and its endpoint in the configuration, and that the server is up; the same command goes on where it was"
	switch {
	case errors.Is(err, blob.ErrCredentials), errors.Is(err, blob.ErrDenied):
		code, mend = diag.CatalogAuth, fmt.Sprintf("check the keys under [credentials.%q] in the configuration, and that they may list and read the bucket", b.bucket.Address())
	case errors.Is(err, blob.ErrNoBucket):
		mend = "check the name of the bucket in catalog.root"
	}
	return diag.New(code, "the originals in %s: %w", b.bucket.Address(), err).WithHint("%s", mend)
}

// Open gives the bytes of an object, if it is still the one that was found.
func (b *Bucket) Open(ctx context.Context, a *asset.Asset) (asset.Source, error) {
	key := a.Locator + "\x00" + a.ETag
	src, err := b.cache.open(ctx, key, a.Size, func(ctx context.Context, w io.Writer) error {
		r, err := b.bucket.NewReader(ctx, a.Locator, blob.ReadOptions{ETag: a.ETag})
		if err != nil {
			return err
		}
		defer func() { _ = r.Close() }() // all has been read, or the error is known
		if _, err = io.Copy(w, r); err == nil && r.Size != a.Size {
			return fmt.Errorf("%w: it had %d bytes and has %d", blob.ErrChanged, a.Size, r.Size)
		}
		return err
	})
	switch {
	case errors.Is(err, errNoRoom):
		return newDirect(ctx, b.bucket, a), nil
	case err != nil:
		return nil, unfetched(ctx, a.Handle, err)
	}
	return src, nil
}

// unfetched is the answer about an object that is there and cannot be read.
func unfetched(ctx context.Context, h asset.Handle, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, blob.ErrChanged):
		return Changed(h, "%w", err)
	}
	d := diag.New(diag.SourceRead, "the object of %q could not be read: %w", h.Short(), err).Again(blob.Retryable(err))
	if blob.Retryable(err) {
		return d.WithHint("check that the store is up, and run the job again")
	}
	return d.WithHint("check that it is there and that the credentials may read it")
}
