package original

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/stages/internal/blob"
)

// HeadSize is how many bytes of a file [Store.Look] reads.
const HeadSize = 3072

// Store holds originals by name: slash-separated paths below its root. It is safe
// for concurrent use.
type Store interface {
	// Look says what is known of a file. Its errors are those below,
	// [fs.ErrNotExist], what the operating system says, and errors of the store as
	// a whole, which are diags.
	Look(ctx context.Context, name string) (Original, error)
	// Open gives the bytes of an asset whose locator a Look has given, perhaps in
	// another process. Its errors, and those of reading, are diags of the asset.
	Open(ctx context.Context, a *asset.Asset) (asset.Source, error)
	// Check asks whether the store can be read at all.
	Check(ctx context.Context) error
	// AtOnce is how many looks are worth taking at the same time.
	AtOnce() int
	Close() error
}

// Original is a file as a store finds it.
type Original struct {
	Locator  string // its true name; known beside an error too, where a link led to it
	Size     int64  // bytes
	ETag     string // changes with the bytes
	Modified time.Time
	Head     []byte // the first bytes, at most HeadSize
}

// What a name may be instead of a file.
var (
	ErrNotBelow = errors.New("not below the catalog's root")
	ErrFolder   = errors.New("it is a folder")
	ErrNoFile   = errors.New("it is no file")
)

// Config describes a store.
type Config struct {
	Root        string // a folder, or the URL of a bucket
	Credentials blob.Credentials
	CacheDir    string // of a bucket; "" = the user's cache folder
	CacheBytes  int64  // 0 = [DefaultCacheBytes]
}

// New opens the store that the configuration describes.
func New(cfg Config) (Store, error) {
	if blob.Is(cfg.Root) {
		return NewBucket(cfg)
	}
	return NewFolder(cfg.Root)
}

// Valid reports whether a name can be one of a file in a store.
func Valid(name string) bool {
	const most = 4096
	return name != "." && len(name) <= most && fs.ValidPath(name) && !hostile(name)
}

// hostile finds what no name of a file in any store needs.
func hostile(name string) bool {
	for i := range len(name) {
		if name[i] == 0 || name[i] == '\\' {
			return true
		}
	}
	return false
}
