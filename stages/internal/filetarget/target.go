package filetarget

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/exportd/exportd/engine/diag"
)

// Config describes a target.
type Config struct {
	Root   string // the folder; made where it is missing
	Prefix string // where names begin, a slash-separated path below Root; "" at Root
	// Scratch is the private folder in which artifacts are made. When it lies
	// below Root on the same file system, files are renamed straight out of it.
	Scratch string
	Owner   string // tells the temporaries of one user of Scratch from another's
	Durable bool   // wait for the disk
	// Fence is asked between the barrier and the renames of a batch, and an error
	// keeps the batch from its names; nil when nobody else can have the work.
	Fence func(context.Context) error
}

// Target is an open target. It is safe for concurrent use.
type Target struct {
	cfg  Config
	root *os.Root
	dir  string // the root's path
	// staging is where temporaries lie, below the root; stagingDir is its path.
	staging, stagingDir string
	mode                fs.FileMode // of a new file
	tag                 string
	serial              atomic.Int64

	mu       sync.Mutex
	live     map[string]bool // temporaries, by path
	anchored map[string]bool // folders whose own entry is durable

	// hook runs before each numbered step; tests make it fail or kill there.
	hook func(step string) error
}

// Open opens the target and makes sure that it can be written.
func Open(cfg Config) (*Target, error) {
	if cfg.Root == "" {
		return nil, diag.New(diag.InternalError, "a target without a folder")
	}
	dir, err := filepath.Abs(cfg.Root)
	if err != nil {
		return nil, refused(cfg.Root, err)
	}
	if err := makeRoot(dir, cfg.Durable); err != nil {
		return nil, refused(dir, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, refused(dir, err)
	}
	t := &Target{cfg: cfg, root: root, dir: dir, tag: tagOf(cfg), live: map[string]bool{}, anchored: map[string]bool{}}
	if err := t.stage(); err != nil {
		root.Close()
		return nil, refused(dir, err)
	}
	return t, nil
}

// makeRoot makes the root and makes its entry durable.
func makeRoot(dir string, durable bool) error {
	missing := []string{}
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Stat(d); err == nil || !errors.Is(err, fs.ErrNotExist) || d == filepath.Dir(d) {
			break
		}
		missing = append(missing, d)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	if !durable {
		return nil
	}
	for _, d := range missing {
		if err := syncPath(filepath.Dir(d)); err != nil {
			return err
		}
	}
	if len(missing) == 0 {
		_ = syncPath(filepath.Dir(dir)) // a crash may have come between; not everybody may read it
	}
	return nil
}

func syncPath(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// stage finds the place for temporaries: the scratch folder when a file can be
// renamed out of it into the root, else the root itself, which is swept of what
// a crashed process left there.
func (t *Target) stage() error {
	if rel, ok := t.below(t.cfg.Scratch); ok {
		t.staging, t.stagingDir = rel, filepath.Clean(t.cfg.Scratch)
		if t.probe() == nil {
			return nil
		}
	}
	t.staging, t.stagingDir = ".", t.dir
	t.sweepOwn()
	return t.probe()
}

// below gives the path of an existing folder below the root.
func (t *Target) below(dir string) (string, bool) {
	if dir == "" {
		return "", false
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", false
	}
	real, err := filepath.EvalSymlinks(abs)
	if err != nil {
		return "", false
	}
	root, err := filepath.EvalSymlinks(t.dir)
	if err != nil {
		return "", false
	}
	rel, err := filepath.Rel(root, real)
	return filepath.ToSlash(rel), err == nil && filepath.IsLocal(rel)
}

// probe learns whether a file can be made, renamed to the root and removed, and
// what rights a new file gets.
func (t *Target) probe() error {
	name := t.name()
	f, err := t.create(name)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	f.Close()
	if err != nil {
		return err
	}
	t.mode = info.Mode().Perm()
	if err := t.root.Rename(path.Join(t.staging, name), name); err != nil {
		_ = t.root.Remove(path.Join(t.staging, name))
		return err
	}
	return t.root.Remove(name)
}

func (t *Target) create(name string) (*os.File, error) {
	return t.root.OpenFile(path.Join(t.staging, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
}

// Temp makes a temporary file on the target's file system and gives its path.
func (t *Target) Temp() (*os.File, string, error) {
	name := t.name()
	f, err := t.create(name)
	if err != nil {
		return nil, "", t.Refused("a temporary file", err)
	}
	return f, t.track(name), nil
}

// Adopt brings a finished file onto the target's file system and gives its
// path there: the same path when it lies in the scratch folder below the root.
// The file is moved, or copied where it cannot be. With an error the path is
// where the file lies, "" for where it was.
func (t *Target) Adopt(file string) (string, error) {
	if filepath.Dir(file) == t.stagingDir {
		return t.track(filepath.Base(file)), t.chmod(file)
	}
	name := t.name()
	err := os.Rename(file, filepath.Join(t.dir, filepath.FromSlash(t.staging), name))
	if errors.Is(err, syscall.EXDEV) {
		err = t.copyIn(file, name)
	}
	if err != nil {
		return "", t.Refused(filepath.Base(file), err)
	}
	adopted := t.track(name)
	return adopted, t.chmod(adopted)
}

// copyIn copies a file from another file system and removes it there.
func (t *Target) copyIn(file, name string) (err error) {
	src, err := os.Open(file)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := t.create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	if err = errors.Join(err, dst.Close()); err != nil {
		_ = t.root.Remove(path.Join(t.staging, name))
		return err
	}
	return os.Remove(file)
}

// chmod gives a file the rights that a new file gets: tools that make temporary
// files close them to everybody else.
func (t *Target) chmod(file string) error {
	rel := t.rel(file)
	info, err := t.root.Lstat(rel)
	if err == nil && info.Mode().Perm() != t.mode {
		err = t.root.Chmod(rel, t.mode)
	}
	if err != nil {
		return t.Refused(filepath.Base(file), err)
	}
	return nil
}

// rel gives a temporary's path below the root.
func (t *Target) rel(file string) string { return path.Join(t.staging, filepath.Base(file)) }
