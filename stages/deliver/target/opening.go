package target

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// MakeRoot makes the folder at the root of a target and makes its entry durable.
func MakeRoot(dir string, durable bool) error {
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
func (s *Staging) stage() error {
	if rel, ok := s.below(s.cfg.Scratch); ok {
		s.staging, s.stagingDir = rel, filepath.Clean(s.cfg.Scratch)
		if s.probe() == nil {
			return nil
		}
	}
	s.staging, s.stagingDir = ".", s.dir
	s.sweepOwn()
	return s.probe()
}

// below gives the path of an existing folder below the root.
func (s *Staging) below(dir string) (string, bool) {
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
	root, err := filepath.EvalSymlinks(s.dir)
	if err != nil {
		return "", false
	}
	rel, err := filepath.Rel(root, real)
	return filepath.ToSlash(rel), err == nil && filepath.IsLocal(rel)
}

// probe learns whether a file can be made, renamed to the root and removed, and
// what rights a new file gets.
func (s *Staging) probe() error {
	name := s.name()
	f, err := s.create(name)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	f.Close()
	if err != nil {
		return err
	}
	s.mode = info.Mode().Perm()
	if err := s.root.Rename(path.Join(s.staging, name), name); err != nil {
		_ = s.root.Remove(path.Join(s.staging, name))
		return err
	}
	return s.root.Remove(name)
}

func (s *Staging) create(name string) (*os.File, error) {
	return s.root.OpenFile(path.Join(s.staging, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
}
