package diag

import (
	"errors"
	"syscall"
)

// Retryable reports whether the same call may succeed later: err's diagnostic
// was marked with [Diag.Again]. Only the outermost diagnostic counts: whoever
// wraps one knows whether its own work can be repeated, a codec that has read
// half of its source cannot.
func Retryable(err error) bool {
	d := (*Diag)(nil)
	return errors.As(err, &d) && d.again
}

// Again returns d marked as worth another attempt, or, with false, as final.
func (d *Diag) Again(worth bool) *Diag {
	d.again = worth
	return d
}

// Tried returns a copy of d that says how often its stage has tried; once is
// not worth a word.
func (d *Diag) Tried(attempts int) *Diag {
	if attempts < 2 {
		return d
	}
	c := *d
	c.Attempts = attempts
	return &c
}

// Transient reports whether an error of the operating system may be gone the
// next time: a device or network that did not answer, not one that said no.
func Transient(err error) bool {
	for _, e := range [...]syscall.Errno{
		syscall.EIO, syscall.EAGAIN, syscall.EINTR, syscall.EBUSY, syscall.ETIMEDOUT, syscall.ESTALE,
		syscall.ENETDOWN, syscall.ENETUNREACH, syscall.EHOSTDOWN, syscall.EHOSTUNREACH,
		syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.ECONNABORTED, syscall.ENFILE, syscall.EMFILE,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
