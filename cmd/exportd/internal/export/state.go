package export

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/stages/deliver"
)

// stateDir is the folder in an output folder that holds the states of runs.
const stateDir = ".exportd"

// The files of a run's state.
const (
	planFile    = "plan.toml"
	assetsFile  = "assets.ndjson"
	journalFile = "journal.ndjson"
	lockFile    = "lock"
	doneFile    = "finished" // the sha256 of the manifest this run wrote
	scratchDir  = "scratch"
)

// state is the folder of one run, locked.
type state struct {
	dir  string // DIR/.exportd/<job.id>
	root string // DIR
	lock *os.File
}

// openState makes and locks the state folder of a run.
func openState(root, id string) (*state, error) {
	s := &state{root: root, dir: filepath.Join(root, stateDir, id)}
	if err := os.MkdirAll(s.path(scratchDir), 0o755); err != nil {
		return nil, environment(err, "make the run's state folder")
	}
	lock, err := os.OpenFile(s.path(lockFile), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, environment(err, "open the run's lock")
	}
	if err := holdLock(lock); err != nil {
		_ = lock.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, diag.New(diag.StateLocked, "another exportd is exporting this job into %s", root).
				WithHint("wait for it to end, or stop it, then run the same command again")
		}
		return nil, environment(err, "lock the run's state")
	}
	s.lock = lock
	return s, nil
}

// lockPatience is how long a run waits for the lock: the child of a run that was
// just killed holds it until the system has taken its memory back.
const lockPatience = 700 * time.Millisecond

// holdLock locks a file for this process alone.
func holdLock(f *os.File) error {
	for begun := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if !errors.Is(err, unix.EWOULDBLOCK) || time.Since(begun) > lockPatience {
			return err
		}
	}
}

func (s *state) path(name string) string { return filepath.Join(s.dir, name) }

// close releases the lock; a child that still lives keeps it.
func (s *state) close() { _ = s.lock.Close() }

// write puts a file of the state in place whole: temporary, sync, rename.
func (s *state) write(name string, data []byte) error {
	tmp := s.path(name + ".tmp")
	f, err := os.Create(tmp)
	if err != nil {
		return environment(err, "write the run's state")
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(tmp, s.path(name))
	}
	if err != nil {
		return environment(err, "write the run's state")
	}
	return nil
}

// forget removes what an earlier run recorded, for --fresh. Files it delivered
// stay until they are overwritten.
func (s *state) forget() error {
	for _, name := range []string{planFile, assetsFile, journalFile, doneFile} {
		if err := os.Remove(s.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return environment(err, "forget the earlier run")
		}
	}
	return nil
}

// removeScratch removes the scratch folder with what dead children left in it.
func (s *state) removeScratch() error {
	err := deliver.SweepScratch(s.path(scratchDir))
	if err == nil {
		err = os.Remove(s.path(scratchDir))
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return environment(err, "clear the scratch folder")
	}
	return nil
}

// environment gives an error of the file system its code: no room, no right, or
// trouble with the state.
func environment(err error, doing string) *diag.Diag {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return diag.New(diag.TargetFull, "%s: %w", doing, err).WithHint("make room and run the same command again")
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return diag.New(diag.TargetDenied, "%s: %w", doing, err).WithHint("check the folder's permissions, or choose another with -o")
	}
	return diag.New(diag.StateRead, "%s: %w", doing, err).WithHint("check the folder, or start over with --fresh")
}
