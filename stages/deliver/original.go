package deliver

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"strconv"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

// bufferSize is how much is copied at once, in bytes.
const bufferSize = 256 << 10

// copyOriginal copies an asset as it is into a temporary file, and hashes it on
// the way. What it makes is an artifact whose pixels nobody has seen.
func (d *deliver) copyOriginal(ctx context.Context, it *asset.Item) error {
	if it.Asset.StandIn != nil { // a default image replaces a picture, not a file
		return diag.New(diag.AssetUnknown, "no asset has the handle %q", it.Asset.Handle).WithHint("check the handle")
	}
	src, err := d.env.Open(ctx, it.Asset)
	if err != nil {
		return err
	}
	defer src.Close()
	f, temp, err := d.staging.Temp()
	if err != nil {
		return err
	}
	// One byte more than planned is enough to know that the file has grown.
	n, sum, err := d.copy(ctx, f, io.LimitReader(src, it.Asset.Size+1))
	if e := f.Close(); err == nil && e != nil {
		err = writeError{e}
	}
	var unwritten writeError
	switch {
	case errors.As(err, &unwritten):
		err = d.staging.Refused(it.Asset.File, unwritten.error)
	case err != nil && ctx.Err() == nil:
		err = unread(it.Asset, err)
	case err == nil && n != it.Asset.Size:
		err = changed(it.Asset, "it had %d bytes when the job was planned, and now %s", it.Asset.Size, now(n, it.Asset.Size))
	case err == nil && it.SourceSHA256 != "" && it.SourceSHA256 != sum:
		err = changed(it.Asset, "its bytes are not those of an earlier stage")
	}
	if err != nil {
		d.staging.Discard(temp)
		return err
	}
	it.SourceSHA256 = sum
	it.Artifact = &asset.Artifact{Format: string(it.Asset.Format), Ext: it.Asset.Ext(), Size: n, SHA256: sum, Path: temp}
	return nil
}

func now(n, planned int64) string {
	if n > planned {
		return "more"
	}
	return strconv.FormatInt(n, 10)
}

// writeError tells trouble with the target from trouble with the source.
type writeError struct{ error }

// copy copies and hashes until the end of src or of ctx.
func (d *deliver) copy(ctx context.Context, dst io.Writer, src io.Reader) (int64, string, error) {
	buf := d.buffers.Get().(*[bufferSize]byte)
	defer d.buffers.Put(buf)
	hash := sha256.New()
	var total int64
	for {
		if err := ctx.Err(); err != nil {
			return total, "", err
		}
		n, err := src.Read(buf[:])
		hash.Write(buf[:n])
		if _, err := dst.Write(buf[:n]); err != nil {
			return total, "", writeError{err}
		}
		total += int64(n)
		if errors.Is(err, io.EOF) {
			return total, hex.EncodeToString(hash.Sum(nil)), nil
		}
		if err != nil {
			return total, "", err
		}
	}
}

// sum hashes a file.
func (d *deliver) sum(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	_, sum, err := d.copy(context.Background(), io.Discard, f)
	return sum, err
}

// unread gives a catalog's own diagnosis, or one for it.
func unread(a *asset.Asset, err error) error {
	d := diag.From(err, diag.SourceRead)
	if d.Hint == "" {
		return diag.New(d.Code, "the file of %q could not be read: %w", a.Handle, err).WithHint("check its permissions")
	}
	return d
}

func changed(a *asset.Asset, format string, args ...any) error {
	return diag.New(diag.SourceChanged, "the file of %q changed while it was read: %w", a.Handle, diag.New(diag.SourceChanged, format, args...)).
		WithHint("run the job again when nobody writes the file")
}
