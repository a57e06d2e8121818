package s3target

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"

	"github.com/exportd/exportd/engine/filename"
	"github.com/exportd/exportd/stages/deliver/target"
	"github.com/exportd/exportd/stages/internal/blob"
)

// same reports whether the object of a file's name has its bytes.
func (t *Target) same(ctx context.Context, b *blob.Bucket, f target.File) (bool, error) {
	a, err := b.Attributes(ctx, f.Name)
	if err != nil || a.Size != f.Size {
		return false, err
	}
	sum := a.Metadata[sumKey]
	if sum == "" { // somebody else has put it there
		sum, err = sumOf(ctx, b, f.Name, a.ETag)
	}
	return sum == f.SHA256, err
}

// sumOf reads an object.
func sumOf(ctx context.Context, b *blob.Bucket, key, etag string) (string, error) {
	r, err := b.NewReader(ctx, key, blob.ReadOptions{ETag: etag})
	if err != nil {
		return "", err
	}
	defer func() { _ = r.Close() }() // it is only read
	hash := sha256.New()
	if _, err := io.Copy(hash, r); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// Published gives the sum of the manifest's bytes as they are.
func (t *Target) Published(ctx context.Context) (string, error) {
	b, err := t.open()
	if err != nil {
		return "", err
	}
	sum, err := sumOf(ctx, b, filename.Manifest, "")
	if errors.Is(err, blob.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", t.refused(ctx, filename.Manifest, err)
	}
	return sum, nil
}

// Holds looks at an object's length alone. What was there at the first question
// is listed once; of the rest each is looked up, for it may have come since.
func (t *Target) Holds(ctx context.Context, f target.File) (bool, error) {
	b, err := t.open()
	if err != nil {
		return false, err
	}
	if err := t.list(ctx, b); err != nil {
		return false, t.refused(ctx, "the list of objects", err)
	}
	if size, ok := t.listed[f.Name]; ok {
		return size == f.Size, nil
	}
	a, err := b.Attributes(ctx, f.Name)
	if errors.Is(err, blob.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, t.refused(ctx, f.Name, err)
	}
	return a.Size == f.Size, nil
}

func (t *Target) list(ctx context.Context, b *blob.Bucket) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.listed != nil {
		return nil
	}
	listed := map[string]int64{}
	for o, err := range b.List(ctx, "") {
		if err != nil {
			return err
		}
		listed[o.Key] = o.Size
	}
	t.listed = listed
	return nil
}

// Finish writes the manifest last, its sum and signature before it. An older one
// is removed first, for it describes objects that this run may have replaced.
func (t *Target) Finish(ctx context.Context, m target.Manifest) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	b, err := t.open()
	if err == nil {
		err = t.finish(ctx, b, m)
	}
	if err != nil {
		return t.refused(ctx, filename.Manifest, err)
	}
	return nil
}

func (t *Target) finish(ctx context.Context, b *blob.Bucket, m target.Manifest) error {
	companions := target.Companions("", m)
	if t.shown(ctx, b, m, companions) {
		return nil
	}
	stale := []string{filename.Manifest}
	if len(m.Signature) == 0 {
		stale = append(stale, filename.ManifestSignature)
	}
	for _, name := range stale {
		if err := b.Delete(ctx, name); err != nil {
			return err
		}
	}
	for _, c := range companions {
		sum := sha256.Sum256(c.Content)
		text := hex.EncodeToString(sum[:])
		o := blob.PutOptions{SHA256: text, ContentType: "text/plain", Metadata: map[string]string{sumKey: text}}
		if _, err := b.Put(ctx, c.Name, bytes.NewReader(c.Content), int64(len(c.Content)), o); err != nil {
			return err
		}
	}
	f, err := os.Open(m.File)
	if err != nil {
		return target.Refused(filename.Manifest, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return target.Refused(filename.Manifest, err)
	}
	_, err = b.Put(ctx, filename.Manifest, f, info.Size(), blob.PutOptions{
		SHA256: m.SHA256, ContentType: "application/x-ndjson", Metadata: map[string]string{sumKey: m.SHA256},
	})
	return err
}

// shown reports whether the manifest and what lies beside it are there.
func (t *Target) shown(ctx context.Context, b *blob.Bucket, m target.Manifest, companions []target.Companion) bool {
	if sum, err := sumOf(ctx, b, filename.Manifest, ""); err != nil || sum != m.SHA256 {
		return false
	}
	for _, c := range companions {
		r, err := b.NewReader(ctx, c.Name, blob.ReadOptions{})
		if err != nil {
			return false
		}
		text, err := io.ReadAll(r)
		_ = r.Close() // it was only read
		if err != nil || !bytes.Equal(text, c.Content) {
			return false
		}
	}
	return true
}
