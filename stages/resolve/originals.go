package resolve

import (
	"errors"
	"io/fs"
	"path"
	"syscall"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/stages/internal/blob"
	"github.com/exportd/exportd/stages/internal/original"
)

// Originals is where the files of a catalog lie: a folder or a bucket. A process
// that only reads what others have resolved needs no more than this.
type Originals = original.Store

// OriginalsConfig describes a folder or a bucket.
type OriginalsConfig = original.Config

// Credentials open a bucket.
type Credentials = blob.Credentials

// OpenOriginals opens a folder or a bucket. The caller closes it, or gives it to
// a catalog, which does.
func OpenOriginals(cfg OriginalsConfig) (Originals, error) { return original.New(cfg) }

// InBucket reports whether a root is the URL of a bucket and no folder.
func InBucket(root string) bool { return blob.Is(root) }

// fill puts what a store says of a file into an asset's record.
func fill(a *asset.Asset, o original.Original) {
	a.Size, a.Locator, a.Modified, a.Format = o.Size, o.Locator, o.Modified, sniff(o.Head, a.File)
	if a.ETag == "" {
		a.ETag = o.ETag
	}
	if a.Type == "" {
		a.Type = typeOf(a.File, a.Format)
	}
}

// absent reports whether a store's error means that a name leads to nothing.
func absent(err error) bool {
	return errors.Is(err, original.ErrNotBelow) || errors.Is(err, fs.ErrNotExist) ||
		errors.Is(err, syscall.ENAMETOOLONG) || errors.Is(err, syscall.EINVAL)
}

// whole gives a store's error that is not about the one file.
func whole(err error) *diag.Diag {
	var d *diag.Diag
	errors.As(err, &d)
	return d
}

// empty is the answer about a file without a byte.
func empty(h asset.Handle) *diag.Diag {
	return diag.New(diag.SourceEmpty, "the file of %q is empty", h.Short()).WithHint("replace the file")
}

// place splits the slash-separated path of a file into Dir and File of an asset.
func place(a *asset.Asset, file string) {
	a.File = path.Base(file)
	if dir := path.Dir(file); dir != "." {
		a.Dir = dir
	}
}
