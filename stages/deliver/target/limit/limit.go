// Package limit is a target that takes no more than so many files a second,
// whatever the target behind it could take.
package limit

import (
	"context"

	"golang.org/x/time/rate"

	"github.com/exportd/exportd/stages/deliver/target"
)

// Target decorates another one. What the other can be asked, it can be asked too:
// see [New].
type Target struct {
	target.Target
	limiter *rate.Limiter
}

// New bounds a target to perSecond files a second, evenly.
func New(t target.Target, perSecond float64) target.Target {
	limited := &Target{Target: t, limiter: rate.NewLimiter(rate.Limit(perSecond), 1)}
	if in, ok := t.(target.Inspector); ok {
		return &inspected{limited, in}
	}
	return limited
}

// inspected keeps a target's answers.
type inspected struct {
	*Target
	target.Inspector
}

// Prepare waits for the file's turn.
func (t *Target) Prepare(ctx context.Context, f target.File) error {
	if err := t.limiter.Wait(ctx); err != nil {
		return err
	}
	return t.Target.Prepare(ctx, f)
}
