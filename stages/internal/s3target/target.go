package s3target

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"os"
	"path"
	"sync"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/stages/deliver/target"
	"github.com/exportd/exportd/stages/internal/blob"
)

// Config describes a target.
type Config struct {
	Address     string // see package blob
	Credentials func() (blob.Credentials, error)
	// Overwrite replaces objects that have other bytes.
	Overwrite bool
}

// Target is a bucket, or the part of one below a prefix. It is safe for
// concurrent use.
type Target struct {
	cfg Config

	mu          sync.Mutex
	bucket      *blob.Bucket
	probed      bool
	conditional bool             // the server knows If-None-Match
	listed      map[string]int64 // the objects that were there when it was first asked
}

var (
	_ target.Target    = (*Target)(nil)
	_ target.Inspector = (*Target)(nil)
)

// New makes a target and asks nothing.
func New(cfg Config) *Target { return &Target{cfg: cfg} }

// sumKey is the metadata that holds the sum of an object's bytes.
const sumKey = "sha256"

// look is the size from which on a look comes before the bytes, so that nothing
// large is sent in vain.
const look = 4 << 20

// open makes the bucket ready.
func (t *Target) open() (*blob.Bucket, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.bucket != nil {
		return t.bucket, nil
	}
	keys, err := t.cfg.Credentials()
	if err != nil {
		return nil, err
	}
	t.bucket, err = blob.Open(t.cfg.Address, keys)
	if err != nil {
		return nil, diag.New(diag.KeyValue, "%w", err)
	}
	return t.bucket, nil
}

// probe learns, once, whether the server refuses to write over an object.
func (t *Target) probe(ctx context.Context, b *blob.Bucket) (bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.probed {
		return t.conditional, nil
	}
	known, err := b.Conditional(ctx)
	if err != nil {
		return false, err
	}
	t.probed, t.conditional = true, known
	return known, nil
}

// Prepare writes the object.
func (t *Target) Prepare(ctx context.Context, f target.File) error {
	if err := target.CheckName(f.Name); err != nil {
		return err
	}
	b, err := t.open()
	if err != nil {
		return err
	}
	body, err := os.Open(f.Temp)
	if err != nil {
		return target.Refused(f.Name, err)
	}
	defer body.Close()
	if err := t.put(ctx, b, body, f); err != nil {
		return t.refused(ctx, f.Name, err)
	}
	return nil
}

// put writes an object unless the same one is there.
func (t *Target) put(ctx context.Context, b *blob.Bucket, body *os.File, f target.File) error {
	o := blob.PutOptions{SHA256: f.SHA256, ContentType: mime.TypeByExtension(path.Ext(f.Name)), Metadata: map[string]string{sumKey: f.SHA256}}
	conditional, err := t.probe(ctx, b)
	if err != nil {
		return err
	}
	o.IfAbsent = conditional && !t.cfg.Overwrite
	if !o.IfAbsent || f.Size >= look {
		switch same, err := t.same(ctx, b, f); {
		case err == nil && same:
			return nil
		case err == nil && !t.cfg.Overwrite:
			return conflict(f.Name)
		case err != nil && !errors.Is(err, blob.ErrNotFound):
			return err
		}
	}
	_, err = b.Put(ctx, f.Name, body, f.Size, o)
	if !errors.Is(err, blob.ErrExists) {
		return err
	}
	switch same, err := t.same(ctx, b, f); {
	case errors.Is(err, blob.ErrNotFound):
		return diag.New(diag.Target, "%s: another upload of it was under way", f.Name).Again(true)
	case err != nil:
		return err
	case !same:
		return conflict(f.Name)
	}
	return nil
}

func conflict(name string) error {
	return diag.New(diag.Target, "%s is there already, with other bytes", name).
		WithHint("remove the object, deliver below another prefix, or pass --fresh to overwrite what this job delivers")
}

// Commit has nothing left to do but to name what was never prepared.
func (t *Target) Commit(ctx context.Context, files []target.File) []error {
	errs := make([]error, len(files))
	for i, f := range files {
		if errs[i] = ctx.Err(); errs[i] == nil {
			errs[i] = target.CheckName(f.Name)
		}
	}
	return errs
}

// refused says why an object was not written or read.
func (t *Target) refused(ctx context.Context, what string, err error) error {
	var known *diag.Diag
	var e *blob.Error
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &known):
		return known
	case errors.Is(err, blob.ErrNoBucket):
		return diag.New(diag.TargetDenied, "%s: there is no such bucket", t.Where()).WithHint("make the bucket, or correct params.to")
	case errors.Is(err, blob.ErrDenied), errors.Is(err, blob.ErrCredentials):
		return diag.New(diag.TargetDenied, "%s: %w", t.Where(), err).WithHint("check the credentials for this address and what they allow; see [credentials] in the configuration")
	case errors.As(err, &e) && e.Status == http.StatusInsufficientStorage:
		return diag.New(diag.TargetFull, "%s: %w", t.Where(), err)
	}
	return diag.New(diag.Target, "%s to %s: %w", what, t.Where(), err).
		WithHint("check the server; with retry = { … } at the stage, what may pass is tried again").Again(blob.Retryable(err))
}

// Where names the bucket and the prefix.
func (t *Target) Where() string {
	b, err := t.open()
	if err != nil {
		return "the bucket"
	}
	return b.Address()
}

// Close lets go of idle connections.
func (t *Target) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.bucket == nil {
		return nil
	}
	err := t.bucket.Close()
	t.bucket = nil
	return err
}
