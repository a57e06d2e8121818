package deadletter

import (
	"context"
	"fmt"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/filename"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/stages/deliver"
)

// ListName is the file in the dead letter's folder that has a line for every
// failed branch.
const ListName = "dead-letter.ndjson"

// The params: what is kept of an asset.
const (
	keepBytes   = "bytes"
	keepLocator = "locator"
)

// Kind describes the stage.
func Kind() stage.Kind {
	return stage.Kind{
		Name:   "dead-letter",
		Doc:    "Keeps what failed: on_error leads there.",
		Errors: true,
		Params: []stage.Param{
			{Name: "to", Type: stage.String, Default: "file:dead-letter", Doc: `a folder, written as deliver's to`},
			{Name: "keep", Type: stage.String, Default: keepBytes, Enum: []string{keepBytes, keepLocator}, Doc: "bytes copies the original of a failed asset, locator only says where it lies"},
		},
		New: newKeeper,
	}
}

// keeper delivers originals under names of its own.
type keeper struct {
	name    string
	bytes   bool
	deliver stage.Committer
}

var (
	_ stage.Committer = (*keeper)(nil)
	_ stage.Closer    = (*keeper)(nil)
)

func newKeeper(cfg stage.Config) (stage.Stage, error) {
	made, err := deliver.Kind().New(stage.Config{Name: cfg.Name, Params: map[string]any{"to": cfg.Params["to"]}, Env: cfg.Env})
	if err != nil {
		return nil, err
	}
	to, ok := made.(stage.Committer)
	if !ok {
		return nil, diag.New(diag.InternalError, "a dead letter cannot deliver with a %T", made)
	}
	return &keeper{name: cfg.Name, bytes: cfg.Params["keep"] != keepLocator, deliver: to}, nil
}

// FileName is the name of a kept original in the dead letter's folder: the
// asset's place in the job keeps equal file names apart.
func FileName(seq int, a *asset.Asset) string {
	return filename.Safe(fmt.Sprintf("%06d-%s", seq, a.File))
}

// Process makes the original of a failed asset ready, if it is to be kept.
func (k *keeper) Process(ctx context.Context, it *asset.Item) error {
	if !k.bytes {
		return nil
	}
	it.Names = map[string]string{asset.NameKey(k.name, it.Rendition): FileName(it.Seq, it.Asset)}
	return k.deliver.Process(ctx, it)
}

// Commit keeps what Process made ready.
func (k *keeper) Commit(ctx context.Context, items []*asset.Item) []error {
	if !k.bytes {
		return make([]error, len(items))
	}
	return k.deliver.Commit(ctx, items)
}

// Close removes what was made ready and never kept.
func (k *keeper) Close() error {
	if c, ok := k.deliver.(stage.Closer); ok {
		return c.Close()
	}
	return nil
}
