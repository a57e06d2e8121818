package target

import (
	"context"
	"io"
)

// Target is a place to deliver to. It is opened by its first use, so that a plan
// can be made where nothing can be written; what could not be opened is tried
// again by the next call. All methods are safe for concurrent use.
//
// Errors are diags: of the class Environment when nothing can be delivered
// (E-TARGET-FULL, E-TARGET-DENIED), else E-TARGET, marked with Again where another
// attempt may succeed.
type Target interface {
	// Prepare brings the bytes of one file to the target's side. A target that
	// has no side where they would be hidden does nothing, or delivers at once.
	Prepare(ctx context.Context, f File) error
	// Commit delivers a batch of prepared files. It gives an error a file, nil
	// where the file is durable under its name.
	Commit(ctx context.Context, files []File) []error
	// Finish ends the target of a job: with what the target makes of all files,
	// then the manifest and its sum. It may be called by another process than the
	// one that delivered, and called again after any crash.
	Finish(ctx context.Context, m Manifest) error
	// Close lets go of the target. Files that were prepared and not committed are
	// gone, or overwritten by the next attempt.
	Close() error
}

// File is one file to deliver.
type File struct {
	Name   string // safe and slash-separated, below the target's root
	Temp   string // its bytes: a file of the staging
	Size   int64  // bytes
	SHA256 string // lower-case hex
}

// Manifest is the list of a target's files, on its way there.
type Manifest struct {
	File   string // a local file; report.ReadManifest reads it
	SHA256 string // of its bytes, lower-case hex
	// Signature is the text of manifest.ndjson.minisig, empty for none, and Sign
	// makes that of another manifest, nil for none: of a part of this one.
	Signature []byte
	Sign      func(io.Reader) ([]byte, error)
}

// Inspector is a target that can be asked what it holds. It changes nothing.
type Inspector interface {
	// Published gives the sha256 of the manifest that is there, "" for none.
	Published(ctx context.Context) (string, error)
	// Holds reports whether a file is there with its size; Temp is not looked at.
	Holds(ctx context.Context, f File) (bool, error)
}
