package original

import (
	"errors"
	"io/fs"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

// Unreadable is the answer about a file that is there and cannot be read.
func Unreadable(h asset.Handle, err error) *diag.Diag {
	return diag.New(diag.SourceRead, "the file of %q could not be read: %w", h.Short(), Reason(err)).
		WithHint("check its permissions").Again(diag.Transient(err))
}

// Changed is the answer about a file that is not the one that was planned.
func Changed(h asset.Handle, format string, args ...any) *diag.Diag {
	return diag.New(diag.SourceChanged, "the file of %q has changed since the job was planned: %w", h.Short(), diag.New(diag.SourceChanged, format, args...)).
		WithHint("run the job again when nobody writes the file")
}

// Reason strips an operating system's error of the path it names.
func Reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
