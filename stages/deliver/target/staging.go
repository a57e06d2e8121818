package target

import (
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

// StagingConfig describes a staging.
type StagingConfig struct {
	Root string // a folder on the target's file system; made where it is missing
	// Scratch is the private folder in which artifacts are made. When it lies
	// below Root on the same file system, files are renamed straight out of it.
	Scratch string
	Owner   string // tells the temporaries of one user of Scratch from another's
	Durable bool   // wait for the disk
}

// Staging is the private side of a target: temporary files that nobody else
// sees. It is opened by its first use and safe for concurrent use.
type Staging struct {
	cfg StagingConfig

	opening sync.Mutex
	root    *os.Root
	dir     string // the root's path
	// staging is where temporaries lie, below the root; stagingDir is its path.
	staging, stagingDir string
	mode                fs.FileMode // of a new file
	tag                 string
	serial              atomic.Int64

	mu   sync.Mutex
	live map[string]bool // temporaries, by path
}

// NewStaging makes a staging and touches nothing.
func NewStaging(cfg StagingConfig) *Staging {
	return &Staging{cfg: cfg, tag: tagOf(cfg), live: map[string]bool{}}
}

// Open makes sure that the staging can be written. Calling it is not needed: it
// is what the first use does.
func (s *Staging) Open() error {
	s.opening.Lock()
	defer s.opening.Unlock()
	if s.root != nil {
		return nil
	}
	if s.cfg.Root == "" {
		return diag.New(diag.InternalError, "a staging without a folder")
	}
	dir, err := filepath.Abs(s.cfg.Root)
	if err != nil {
		return Refused(s.cfg.Root, err)
	}
	if err := MakeRoot(dir, s.cfg.Durable); err != nil {
		return Refused(dir, err)
	}
	if s.root, err = os.OpenRoot(dir); err != nil {
		s.root = nil
		return Refused(dir, err)
	}
	s.dir = dir
	if err := s.stage(); err != nil {
		s.root.Close()
		s.root = nil
		return Refused(dir, err)
	}
	return nil
}

// Temp makes a temporary file on the target's file system and gives its path.
func (s *Staging) Temp() (*os.File, string, error) {
	if err := s.Open(); err != nil {
		return nil, "", err
	}
	name := s.name()
	f, err := s.create(name)
	if err != nil {
		return nil, "", s.Refused("a temporary file", err)
	}
	return f, s.track(name), nil
}

// Adopt brings a finished file onto the target's file system and gives its
// path there: the same path when it lies in the scratch folder below the root.
// The file is moved, or copied where it cannot be. With an error the path is
// where the file lies, "" for where it was.
func (s *Staging) Adopt(file string) (string, error) {
	if err := s.Open(); err != nil {
		return "", err
	}
	if filepath.Dir(file) == s.stagingDir {
		return s.track(filepath.Base(file)), s.chmod(file)
	}
	name := s.name()
	err := os.Rename(file, filepath.Join(s.dir, filepath.FromSlash(s.staging), name))
	if errors.Is(err, syscall.EXDEV) {
		err = s.copyIn(file, name)
	}
	if err != nil {
		return "", s.Refused(filepath.Base(file), err)
	}
	adopted := s.track(name)
	return adopted, s.chmod(adopted)
}

// copyIn copies a file from another file system and removes it there.
func (s *Staging) copyIn(file, name string) (err error) {
	src, err := os.Open(file)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := s.create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	if err = errors.Join(err, dst.Close()); err != nil {
		_ = s.root.Remove(path.Join(s.staging, name))
		return err
	}
	return os.Remove(file)
}

// chmod gives a file the rights that a new file gets: tools that make temporary
// files close them to everybody else.
func (s *Staging) chmod(file string) error {
	rel := s.Rel(file)
	info, err := s.root.Lstat(rel)
	if err == nil && info.Mode().Perm() != s.mode {
		err = s.root.Chmod(rel, s.mode)
	}
	if err != nil {
		return s.Refused(filepath.Base(file), err)
	}
	return nil
}

// Rel gives a temporary's slash-separated path below the root.
func (s *Staging) Rel(file string) string { return path.Join(s.staging, filepath.Base(file)) }
