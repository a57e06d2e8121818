// Package retry is a target that tries again what may pass: a network that failed,
// a server that was busy. A stage has its own retry for files, with the bytes made
// anew; this one is for what no stage repeats, such as the end of a run.
package retry

import (
	"context"
	"time"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/stages/deliver/target"
)

// Attempts is how often a call is made, and base the first wait between two; it
// doubles each time.
const (
	Attempts = 4
	base     = 500 * time.Millisecond
)

// Target decorates another one.
type Target struct {
	target.Target
	wait func(ctx context.Context, d time.Duration) error
}

// New makes the calls of a target that end a run, and those that ask it, up to
// [Attempts] times. What the target can be asked, it can be asked too.
func New(t target.Target) target.Target {
	patient := &Target{Target: t, wait: sleep}
	if in, ok := t.(target.Inspector); ok {
		return &inspected{patient, in}
	}
	return patient
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// again calls f until it succeeds, fails for good, or has failed often enough.
func (t *Target) again(ctx context.Context, f func() error) error {
	for attempt := 1; ; attempt++ {
		err := f()
		if err == nil || attempt == Attempts || !diag.Retryable(err) {
			return err
		}
		if t.wait(ctx, base<<(attempt-1)) != nil {
			return err
		}
	}
}

// Finish ends the target.
func (t *Target) Finish(ctx context.Context, m target.Manifest) error {
	return t.again(ctx, func() error { return t.Target.Finish(ctx, m) })
}

// inspected asks patiently.
type inspected struct {
	*Target
	in target.Inspector
}

// Published asks for the manifest that is there.
func (t *inspected) Published(ctx context.Context) (sum string, err error) {
	err = t.again(ctx, func() error { sum, err = t.in.Published(ctx); return err })
	return sum, err
}

// Holds asks for a file.
func (t *inspected) Holds(ctx context.Context, f target.File) (held bool, err error) {
	err = t.again(ctx, func() error { held, err = t.in.Holds(ctx, f); return err })
	return held, err
}
