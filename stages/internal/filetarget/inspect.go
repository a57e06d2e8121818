package filetarget

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/exportd/exportd/engine/filename"
	"github.com/exportd/exportd/stages/deliver/target"
)

// Published gives the sum of the manifest that is there. It opens nothing else
// and makes no folder.
func (t *Target) Published(context.Context) (string, error) {
	root, err := os.OpenRoot(t.folder())
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", refusedManifest(t.folder(), err)
	}
	defer root.Close()
	sum, err := sumOf(root, filename.Manifest)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return "", refusedManifest(t.folder(), err)
	}
	return sum, nil
}

// Holds looks at the file's length alone: who wants to know more runs verify. A
// file that cannot be seen is not held.
func (t *Target) Holds(_ context.Context, f target.File) (bool, error) {
	info, err := os.Lstat(filepath.Join(t.folder(), filepath.FromSlash(f.Name)))
	return err == nil && info.Mode().IsRegular() && info.Size() == f.Size, nil
}
