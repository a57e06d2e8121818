package sdk

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// takeStdout keeps standard output for the handshake: what writes to descriptor 1
// from now on, children and C code included, writes to standard error.
func takeStdout() error {
	own, err := unix.FcntlInt(1, unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return fmt.Errorf("duplicate the standard output: %w", err)
	}
	if err := unix.Dup3(2, 1, 0); err != nil {
		return fmt.Errorf("redirect the standard output: %w", err)
	}
	os.Stdout = os.NewFile(uintptr(own), "/dev/stdout")
	return nil
}
