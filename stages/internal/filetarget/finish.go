package filetarget

import (
	"context"
	"os"
	"path/filepath"

	"github.com/exportd/exportd/stages/deliver/target"
)

// Finish writes the manifest into the folder in which names begin.
func (t *Target) Finish(ctx context.Context, m target.Manifest) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := t.open(); err != nil {
		return err
	}
	return target.Publish(t.folder(), "", m, t.cfg.Durable)
}

// folder is where names begin.
func (t *Target) folder() string {
	return filepath.Join(t.cfg.Root, filepath.FromSlash(t.cfg.Prefix))
}

// Published gives the sum of the manifest that is there. It opens nothing else
// and makes no folder.
func (t *Target) Published(context.Context) (string, error) {
	return target.Published(t.folder(), "")
}

// Holds looks at the file's length alone: who wants to know more runs verify. A
// file that cannot be seen is not held.
func (t *Target) Holds(_ context.Context, f target.File) (bool, error) {
	info, err := os.Lstat(filepath.Join(t.folder(), filepath.FromSlash(f.Name)))
	return err == nil && info.Mode().IsRegular() && info.Size() == f.Size, nil
}
