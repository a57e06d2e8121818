package flow

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"github.com/exportd/exportd/engine/diag"
)

// PanicError is a panic of a stage, a guard or a cost. It is the cause of the
// E-INTERNAL that its item ends with; [errors.As] finds it for the log.
type PanicError struct {
	Value any
	Stack []byte
}

// Error gives the panic's text without the stack.
func (p *PanicError) Error() string { return fmt.Sprint(p.Value) }

// guarded calls f and turns a panic into a [PanicError].
func guarded(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	return f()
}

// attempt is one call of a stage's code, for saying why it failed.
type attempt struct {
	stage   string
	run     context.Context // the whole run's
	step    context.Context // the call's own, with its deadline
	allowed time.Duration   // 0 is no deadline
	took    time.Duration
	code    diag.Code // of an error without one
}

// blame finds the diagnostic for err. A stage that says what went wrong is
// believed; but when all it knows is that its context ended, or nothing at all,
// the context says why.
func (a attempt) blame(err error) *diag.Diag {
	if p := (*PanicError)(nil); errors.As(err, &p) {
		return diag.New(diag.InternalError, "stage %q panicked: %w", a.stage, p)
	}
	d := first(diag.All(err, a.code))
	coded := errors.As(err, new(*diag.Diag)) || errors.As(err, new(diag.List))
	interrupted := errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
	switch {
	case coded && !interrupted:
		return d
	case a.run.Err() != nil:
		return stopped(a.run, a.stage)
	case a.step.Err() != nil:
		return diag.New(diag.LimitTime, "stage %q took %s, %s is allowed", a.stage, a.took.Round(time.Millisecond), a.allowed)
	default:
		return d
	}
}

// first gives the first error of a list, or else its first entry.
func first(l diag.List) *diag.Diag {
	i := slices.IndexFunc(l, func(d *diag.Diag) bool { return d.Severity() == diag.Error })
	return l[max(i, 0)]
}

// stopped is the end of an item that the end of the run overtook.
func stopped(run context.Context, stage string) *diag.Diag {
	return diag.New(diag.Stopped, "stopped at stage %q: %w", stage, context.Cause(run))
}
