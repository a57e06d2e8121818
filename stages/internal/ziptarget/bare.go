package ziptarget

import (
	"errors"
	"io"

	"golang.org/x/sys/unix"
)

// bare is an open file without what package os adds for pipes and deadlines: of
// a hundred thousand small files that is half the cost.
type bare int

func openBare(path string) (bare, error) {
	for {
		fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if !errors.Is(err, unix.EINTR) {
			return bare(fd), err
		}
	}
}

// Read reads from the file.
func (b bare) Read(p []byte) (int, error) {
	for {
		n, err := unix.Read(int(b), p)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return 0, err
		case n == 0 && len(p) > 0:
			return 0, io.EOF
		}
		return n, nil
	}
}

// Close closes the file.
func (b bare) Close() { _ = unix.Close(int(b)) }
