//go:build !linux

package filetarget

import (
	"errors"
	"os"
)

func syncfs(*os.File) error { return errors.ErrUnsupported }
