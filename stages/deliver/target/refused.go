package target

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"github.com/exportd/exportd/engine/diag"
)

// Refused makes a diag of what the operating system says about a file or folder.
// A full or closed target is the environment's fault, the rest the file's.
func Refused(what string, err error) *diag.Diag {
	var known *diag.Diag
	if errors.As(err, &known) {
		return known
	}
	code := diag.Target
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		code = diag.TargetFull
	case errors.Is(err, syscall.EROFS), errors.Is(err, fs.ErrPermission):
		code = diag.TargetDenied
	}
	return diag.New(code, "%s could not be written: %w", what, reason(err)).WithHint("%s", code.Entry().Mend).
		Again(code == diag.Target && diag.Transient(err))
}

// Refused makes a diag of an error of writing a temporary; it names the folder as
// well.
func (s *Staging) Refused(what string, err error) *diag.Diag {
	return Refused(what+" in "+s.cfg.Root, err)
}

// reason strips an error of the paths it names.
func reason(err error) error {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		return p.Err
	case errors.As(err, &l):
		return l.Err
	}
	return err
}
