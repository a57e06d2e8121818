package host

import (
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// memoryDir is a tmpfs on every Linux; in containers it may be small or missing.
const memoryDir = "/dev/shm"

// roomPattern names the folders of hosts, and lockName the file in each that is
// locked as long as its host lives.
const (
	roomPattern = "exportd-"
	lockName    = "lock"
)

// spare is what must be free on the tmpfs for it to be used at all, in bytes.
const spare = 16 << 20

// room is the host's own folder: sockets, and the scratch folders of the plugins.
// It lies on a tmpfs where there is one; what does not fit there goes to disk.
type room struct {
	dir      string
	inMemory bool
	disk     string // the parent of the folder on disk
	lock     *os.File
}

func newRoom(disk string) (*room, error) {
	if disk == "" {
		disk = os.TempDir()
	}
	r := &room{disk: disk, inMemory: roomy(memoryDir)}
	parent := os.TempDir()
	if r.inMemory {
		parent = memoryDir
	}
	sweep(parent)
	var err error
	if r.dir, err = os.MkdirTemp(parent, roomPattern); err != nil {
		return nil, err
	}
	if r.lock, err = os.OpenFile(filepath.Join(r.dir, lockName), os.O_CREATE|os.O_RDWR, 0o600); err == nil {
		err = unix.Flock(int(r.lock.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(r.dir))
	}
	return r, nil
}

// roomy reports whether dir is a tmpfs with space that this process may write.
func roomy(dir string) bool {
	var fs unix.Statfs_t
	if unix.Statfs(dir, &fs) != nil || fs.Type != unix.TMPFS_MAGIC || unix.Access(dir, unix.W_OK) != nil {
		return false
	}
	return fs.Bavail*uint64(fs.Bsize) > spare
}

// sweep removes the folders of hosts that died: memory that nobody else frees.
func sweep(parent string) {
	old, err := filepath.Glob(filepath.Join(parent, roomPattern+"*"))
	if err != nil {
		return
	}
	for _, dir := range old {
		f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR, 0)
		if err != nil {
			continue // somebody else's, or being made
		}
		if unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil {
			_ = os.RemoveAll(dir)
		}
		_ = f.Close()
	}
}

// folder makes a private folder in the room.
func (r *room) folder(name string) (string, error) {
	dir := filepath.Join(r.dir, name)
	return dir, os.MkdirAll(dir, 0o700)
}

// diskFile makes a file for what does not fit into memory.
func (r *room) diskFile() (*os.File, error) { return os.CreateTemp(r.disk, ".exp-pixels-*") }

func (r *room) close() error {
	return errors.Join(os.RemoveAll(r.dir), r.lock.Close())
}
