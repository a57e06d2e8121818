package target

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/exportd/exportd/engine/filename"
)

// tagOf names the owner of temporaries: host, scratch folder and stage.
func tagOf(cfg StagingConfig) string {
	host, _ := os.Hostname() // without a name all hosts share one, and a process id still tells
	sum := sha256.Sum256([]byte(host + "\x00" + cfg.Scratch + "\x00" + cfg.Owner))
	return hex.EncodeToString(sum[:6])
}

// name gives a new temporary's name: .exp-<owner>-<process>-<number>.
func (s *Staging) name() string {
	return fmt.Sprintf("%s%s-%d-%d", filename.TempPrefix, s.tag, os.Getpid(), s.serial.Add(1))
}

// track notes a temporary, so that Close finds it.
func (s *Staging) track(name string) string {
	file := filepath.Join(s.stagingDir, name)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live[file] = true
	return file
}

// Owns reports whether a file is a temporary of this target: one that Temp or
// Adopt gave and that was neither discarded nor committed.
func (s *Staging) Owns(file string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.live[file]
}

// Forget takes a file out of the temporaries that is one no more: it has been
// renamed to where it belongs.
func (s *Staging) Forget(file string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.live, file)
}

// Discard removes a temporary, if it is still there.
func (s *Staging) Discard(file string) {
	s.Forget(file)
	if s.root == nil {
		return
	}
	_ = s.root.Remove(s.Rel(file)) // gone already, or swept by the next run
}

// Close removes the temporaries that are left and closes the staging.
func (s *Staging) Close() error {
	s.opening.Lock()
	defer s.opening.Unlock()
	if s.root == nil {
		return nil
	}
	s.mu.Lock()
	var found error
	for file := range s.live {
		if err := s.root.Remove(s.Rel(file)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			found = errors.Join(found, s.Refused(filepath.Base(file), err))
		}
	}
	clear(s.live)
	s.mu.Unlock()
	err := s.root.Close()
	s.root = nil
	return errors.Join(found, err)
}

// sweepOwn removes from the root what a process of the same owner left there
// and is no longer alive to remove.
func (s *Staging) sweepOwn() {
	for _, name := range temporaries(s.root) {
		rest, own := strings.CutPrefix(name, filename.TempPrefix+s.tag+"-")
		pid, _, _ := strings.Cut(rest, "-")
		if n, err := strconv.Atoi(pid); own && err == nil && !alive(n) {
			_ = s.root.Remove(name)
		}
	}
}

// alive reports whether another process has this id.
func alive(pid int) bool {
	if pid == os.Getpid() || pid <= 0 {
		return false
	}
	p, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	err = p.Signal(syscall.Signal(0))
	return err == nil || errors.Is(err, fs.ErrPermission)
}

// Sweep removes every temporary from a folder that nobody uses.
func Sweep(dir string) error {
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return Refused(dir, err)
	}
	defer root.Close()
	for _, name := range temporaries(root) {
		if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return Refused(dir, err)
		}
	}
	return nil
}

// temporaries lists the temporaries at a root, files only.
func temporaries(root *os.Root) []string {
	d, err := root.Open(".")
	if err != nil {
		return nil
	}
	defer d.Close()
	var names []string
	for {
		entries, err := d.ReadDir(1000) // a target may hold a million files
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), filename.TempPrefix) && !e.IsDir() {
				names = append(names, e.Name())
			}
		}
		if err != nil || len(entries) == 0 {
			return names
		}
	}
}
