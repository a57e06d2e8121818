package filetarget

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
func tagOf(cfg Config) string {
	host, _ := os.Hostname() // without a name all hosts share one, and a process id still tells
	sum := sha256.Sum256([]byte(host + "\x00" + cfg.Scratch + "\x00" + cfg.Owner))
	return hex.EncodeToString(sum[:6])
}

// name gives a new temporary's name: .exp-<owner>-<process>-<number>.
func (t *Target) name() string {
	return fmt.Sprintf("%s%s-%d-%d", filename.TempPrefix, t.tag, os.Getpid(), t.serial.Add(1))
}

// track notes a temporary, so that Close finds it.
func (t *Target) track(name string) string {
	file := filepath.Join(t.stagingDir, name)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.live[file] = true
	return file
}

// Owns reports whether a file is a temporary of this target: one that Temp or
// Adopt gave and that was neither discarded nor committed.
func (t *Target) Owns(file string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.live[file]
}

func (t *Target) forget(file string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.live, file)
}

// Discard removes a temporary, if it is still there.
func (t *Target) Discard(file string) {
	t.forget(file)
	_ = t.root.Remove(t.rel(file)) // gone already, or swept by the next run
}

// Close removes the temporaries that are left and closes the target.
func (t *Target) Close() error {
	t.mu.Lock()
	var found error
	for file := range t.live {
		if err := t.root.Remove(t.rel(file)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			found = errors.Join(found, t.Refused(filepath.Base(file), err))
		}
	}
	clear(t.live)
	t.mu.Unlock()
	return errors.Join(found, t.root.Close())
}

// sweepOwn removes from the root what a process of the same owner left there
// and is no longer alive to remove.
func (t *Target) sweepOwn() {
	for _, name := range temporaries(t.root) {
		rest, own := strings.CutPrefix(name, filename.TempPrefix+t.tag+"-")
		pid, _, _ := strings.Cut(rest, "-")
		if n, err := strconv.Atoi(pid); own && err == nil && !alive(n) {
			_ = t.root.Remove(name)
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
		return refused(dir, err)
	}
	defer root.Close()
	for _, name := range temporaries(root) {
		if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return refused(dir, err)
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
