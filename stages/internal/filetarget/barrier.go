package filetarget

import (
	"os"
	"syscall"
)

// few is the number of files up to which one fsync each is not worse than
// syncfs, which also writes what other programs have left to write.
const few = 4

// syncFiles makes the bytes of files durable and gives an error each.
func (t *Target) syncFiles(names []string) []error {
	if len(names) > few && t.syncAll() == nil {
		return nil
	}
	return parallel(names, t.fsync)
}

// syncAll makes everything on the target's file system durable at once. Where
// that is not possible, or fails, files are made durable one by one: then each
// has its own error.
func (t *Target) syncAll() error {
	d, err := t.root.Open(".")
	if err != nil {
		return err
	}
	defer d.Close()
	return syncfs(d)
}

// fsync makes one file or folder durable.
func (t *Target) fsync(name string) error {
	f, err := t.openFile(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// openFile opens a file or folder for reading and never waits for the other end of
// a pipe that somebody put in its place.
func (t *Target) openFile(name string) (*os.File, error) {
	return t.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
}
