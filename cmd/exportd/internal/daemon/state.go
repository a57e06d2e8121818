package daemon

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/exportd/exportd/engine/diag"
)

// lockPatience is how long the lock may stay held: the workers of a daemon that
// was killed end a moment after it.
const lockPatience = 800 * time.Millisecond

// lockState makes and locks the state folder. The lock is held until this process
// and everybody it was handed to have ended.
func lockState(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, stateError("make the state folder", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, stateError("open the state's lock", err)
	}
	for deadline := time.Now().Add(lockPatience); ; time.Sleep(10 * time.Millisecond) {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, unix.EWOULDBLOCK) || time.Now().After(deadline) {
			_ = f.Close()
			if errors.Is(err, unix.EWOULDBLOCK) {
				return nil, diag.New(diag.StateLocked, "another daemon works with the state in %s", dir).
					WithHint("stop it, or give this one a state folder of its own with daemon.state")
			}
			return nil, stateError("lock the state folder", err)
		}
	}
}

// stateError gives an error of the state folder its code.
func stateError(doing string, err error) *diag.Diag {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return diag.New(diag.StateFull, "%s: %w", doing, err)
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		return diag.New(diag.StateRead, "%s: %w", doing, err).WithHint("check the permissions of daemon.state")
	}
	return diag.New(diag.StateRead, "%s: %w", doing, err).WithHint("check daemon.state")
}

// room gives the free bytes of a folder's file system, -1 when they are not known.
func room(dir string) int64 {
	var s unix.Statfs_t
	if unix.Statfs(dir, &s) != nil {
		return -1
	}
	return int64(s.Bavail) * s.Bsize
}
