package engine

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

// copyArtifact gives an artifact with several takers a file for each of them: a
// deliver stage moves its file to the target, so they cannot share one. It is a
// copy and not a second link, because whoever changes one delivered file would
// change the other.
func copyArtifact(scratch string) func(context.Context, *asset.Artifact) (*asset.Artifact, error) {
	return func(ctx context.Context, a *asset.Artifact) (*asset.Artifact, error) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		path, err := copyFile(scratch, a.Path)
		if err != nil {
			return nil, diag.New(diag.StateRead, "copy an artifact for its second taker: %w", err)
		}
		second := *a
		second.Path = path
		return &second, nil
	}
}

// copyFile copies a file into a folder under a new name. A failure leaves none.
func copyFile(dir, from string) (path string, err error) {
	src, err := os.Open(from)
	if err != nil {
		return "", err
	}
	defer src.Close()
	dst, err := os.CreateTemp(dir, ".exp-*")
	if err != nil {
		return "", err
	}
	_, err = io.Copy(dst, src)
	if err = errors.Join(err, dst.Close()); err != nil {
		_ = os.Remove(dst.Name())
		return "", err
	}
	return dst.Name(), nil
}
