package ziptarget

import (
	"context"
	"os"
	"path"
	"path/filepath"
	"sync"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/stages/deliver/target"
	"github.com/exportd/exportd/stages/internal/filetarget"
)

// Config describes a target.
type Config struct {
	Path  string // of the archive, absolute
	Split Split
	// Spool is the folder that gathers the files, private to this archive.
	Spool   string
	Staging *target.Staging // its root is [Root] of the spool
	Durable bool            // wait for the disk
	Fence   func(context.Context) error
}

// Root gives the folder that the staging of a spool has to be rooted in: the one
// around it, where the scratch folder of a run lies too.
func Root(spool string) string { return filepath.Dir(spool) }

// Target is an archive. It is safe for concurrent use.
type Target struct {
	cfg   Config
	spool *filetarget.Target
	raw   int64 // see writer; tests lower it

	mu  sync.Mutex
	old *archives // what was finished before; opened when it is first asked for
}

var (
	_ target.Target    = (*Target)(nil)
	_ target.Inspector = (*Target)(nil)
)

// New makes a target and touches nothing.
func New(cfg Config) *Target {
	return &Target{cfg: cfg, raw: rawLimit, spool: filetarget.New(filetarget.Config{
		Root: Root(cfg.Spool), Prefix: filepath.Base(cfg.Spool), Staging: cfg.Staging, Durable: cfg.Durable, Fence: cfg.Fence,
	})}
}

// spooled is the name of a file in the spool. Files of the same bytes share one.
func spooled(sum string) string { return path.Join(sum[:2], sum) }

// Prepare has nothing to do: the spool is on the staging's file system.
func (t *Target) Prepare(context.Context, target.File) error { return nil }

// Commit puts files into the spool. Nobody sees them before Finish.
func (t *Target) Commit(ctx context.Context, files []target.File) []error {
	errs := make([]error, len(files))
	var spool []target.File
	var at []int
	for i, f := range files {
		errs[i] = target.CheckName(f.Name)
		if errs[i] == nil && !isSum(f.SHA256) {
			errs[i] = diag.New(diag.InternalError, "%q comes without its sum", f.Name)
		}
		if errs[i] == nil {
			f.Name = spooled(f.SHA256)
			spool, at = append(spool, f), append(at, i)
		}
	}
	for n, err := range t.spool.Commit(ctx, spool) {
		errs[at[n]] = err
	}
	return errs
}

func isSum(s string) bool { return len(s) == 64 }

// Published gives the sum of the manifest beside the archive. Where a crash has
// kept it from being written, or somebody took it away, the archive itself knows
// it; one that exportd did not write has a sum that is nobody's.
func (t *Target) Published(context.Context) (string, error) {
	sum, err := target.Published(filepath.Dir(t.cfg.Path), t.beside())
	if sum != "" || err != nil {
		return sum, err
	}
	for _, name := range []string{t.cfg.Path, t.cfg.partName(1)} {
		if _, err := os.Lstat(name); err == nil {
			return commentOf(name), nil
		}
	}
	return "", nil
}

// beside is how the names of the files beside the archive begin.
func (t *Target) beside() string { return Beside(filepath.Base(t.cfg.Path)) }

// Beside is how the names of the manifest and its companions begin that lie
// beside an archive.
func Beside(archive string) string { return archive + "." }

// Holds looks into the spool, then into the finished archive.
func (t *Target) Holds(ctx context.Context, f target.File) (bool, error) {
	if !isSum(f.SHA256) {
		return false, nil
	}
	in := f
	in.Name = spooled(f.SHA256)
	if held, err := t.spool.Holds(ctx, in); held || err != nil {
		return held, err
	}
	e := t.finished().find(f.SHA256)
	return e != nil && e.UncompressedSize64 == uint64(f.Size), nil
}

// finished gives what was finished before.
func (t *Target) finished() *archives {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.old == nil {
		t.old = openArchives(t.cfg)
	}
	return t.old
}

// forget closes the old archives: they have been replaced.
func (t *Target) forget() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.old == nil {
		return nil
	}
	err := t.old.close()
	t.old = nil
	return err
}

// Close lets go of the spool, which stays, and of the old archives.
func (t *Target) Close() error {
	err := t.forget()
	if e := t.spool.Close(); err == nil {
		err = e
	}
	return err
}
