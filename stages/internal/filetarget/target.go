package filetarget

import (
	"context"
	"os"
	"path/filepath"
	"sync"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/stages/deliver/target"
)

// Config describes a target.
type Config struct {
	Root   string // the folder; made where it is missing
	Prefix string // where names begin, a slash-separated path below Root; "" at Root
	// Staging holds the temporaries; its root is Root. It may be nil where only
	// the target is inspected and finished.
	Staging *target.Staging
	Durable bool // wait for the disk
	// Fence is asked between the barrier and the renames of a batch, and an error
	// keeps the batch from its names; nil when nobody else can have the work.
	Fence func(context.Context) error
}

// Target is a folder. It is safe for concurrent use.
type Target struct {
	cfg Config

	opening sync.Mutex
	root    *os.Root
	dir     string // the root's path

	mu       sync.Mutex
	anchored map[string]bool // folders whose own entry is durable

	// hook runs before each numbered step; tests make it fail or kill there.
	hook func(step string) error
}

var (
	_ target.Target    = (*Target)(nil)
	_ target.Inspector = (*Target)(nil)
)

// New makes a target and touches nothing.
func New(cfg Config) *Target { return &Target{cfg: cfg, anchored: map[string]bool{}} }

// open opens the root the first time.
func (t *Target) open() error {
	t.opening.Lock()
	defer t.opening.Unlock()
	if t.root != nil {
		return nil
	}
	if t.cfg.Root == "" {
		return diag.New(diag.InternalError, "a target without a folder")
	}
	dir, err := filepath.Abs(t.cfg.Root)
	if err != nil {
		return target.Refused(t.cfg.Root, err)
	}
	if err := target.MakeRoot(dir, t.cfg.Durable); err != nil {
		return target.Refused(dir, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return target.Refused(dir, err)
	}
	t.root, t.dir = root, dir
	return nil
}

// refused makes a diag of an error of writing; it names the target's folder as well.
func (t *Target) refused(what string, err error) *diag.Diag {
	return target.Refused(what+" in "+t.dir, err)
}

// Close closes the folder.
func (t *Target) Close() error {
	t.opening.Lock()
	defer t.opening.Unlock()
	if t.root == nil {
		return nil
	}
	err := t.root.Close()
	t.root = nil
	return err
}
