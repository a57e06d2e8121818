package deliver

import (
	"context"
	"errors"
	"os"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

// rewrite brings the bytes of an artifact whose commit has failed to the target
// once more, as a new file. The old one is not trusted: after an error the
// operating system no longer knows which of its pages never reached the disk,
// and a second barrier would succeed without them.
func (d *deliver) rewrite(ctx context.Context, a *asset.Artifact) error {
	old, err := os.Open(a.Path)
	if err != nil {
		return d.staging.Refused("a temporary file", err)
	}
	defer old.Close()
	f, temp, err := d.staging.Temp()
	if err != nil {
		return err
	}
	_, sum, err := d.copy(ctx, f, old)
	if e := f.Close(); err == nil && e != nil {
		err = writeError{e}
	}
	unwritten := writeError{err}
	errors.As(err, &unwritten)
	switch {
	case ctx.Err() != nil:
		err = ctx.Err()
	case err != nil:
		err = d.staging.Refused("a temporary file", unwritten.error)
	case sum != a.SHA256:
		err = diag.New(diag.Target, "the bytes that were written to the target did not stay").WithHint("check the target's disk")
	}
	if err != nil {
		d.staging.Discard(temp)
		return err
	}
	d.staging.Discard(a.Path)
	a.Path = temp
	return nil
}
