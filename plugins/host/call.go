package host

import (
	"context"
	"errors"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/exportd/exportd/engine/diag"
)

// call makes one call with a process of the pool. When the process dies of it, the
// call is made once more with a process of its own: E-PLUGIN-CRASH when that dies
// too. A call that passes its time costs the process; limit is that time, 0 for the
// plugin's own.
func (p *pool) call(ctx context.Context, limit time.Duration, f func(context.Context, *instance) error) error {
	in, err := p.acquire(ctx)
	if err != nil {
		return p.again(err)
	}
	err = p.once(ctx, limit, in, f)
	var died *crash
	spoilt := errors.As(err, &died) && in.ended() || untimely(err)
	p.release(in, spoilt)
	if died == nil {
		return err
	}
	p.log.Error("the plugin died in a call, which is tried once more", "how", died.how, "stack", died.stack)
	if in, err = p.alone(ctx); err != nil {
		return p.again(err)
	}
	err = p.once(ctx, limit, in, f)
	if !untimely(err) && !in.ended() {
		in.stop()
	} else {
		in.end()
	}
	if errors.As(err, &died) {
		return diag.New(diag.PluginCrash, "plugin %s died twice on it: %w", p.plugin.Name, died)
	}
	return err
}

// again is what a start that failed means once there was one that worked: trouble
// of this plugin alone, and no longer a reason to stop everything.
func (p *pool) again(err error) error {
	var d *diag.Diag
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.card == nil || !errors.As(err, &d) || d.Code != diag.PluginStart {
		return err
	}
	return diag.New(diag.PluginDown, "plugin %s worked and does not start any more: %w", p.plugin.Name, err)
}

// once makes the call, within the time that the plugin or the caller has.
func (p *pool) once(ctx context.Context, limit time.Duration, in *instance, f func(context.Context, *instance) error) error {
	own := ctx
	limit = or(limit, p.plugin.Options.Time)
	if deadline, ok := ctx.Deadline(); ok && (limit == 0 || time.Until(deadline) < limit) {
		limit = time.Until(deadline) * 19 / 20 // so that the message is ours
	}
	if limit > 0 && p.plugin.Reattach == nil {
		var cancel context.CancelFunc
		own, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	err := f(own, in)
	var died *crash
	switch {
	case err == nil:
		p.worked()
	case errors.As(err, &died):
		if in.ended() {
			p.died()
		}
	case ctx.Err() != nil:
		return ctx.Err()
	case untimely(err):
		return &late{diag.New(diag.PluginTime, "plugin %s did not answer within %s", p.plugin.Name, limit.Round(time.Millisecond)).
			WithHint("tell its author; an encoder may have more time by plugins.options.%s.time and the timeout of its stage", p.plugin.Name)}
	default:
		p.worked() // it is alive, and says no
	}
	return err
}

// late is a call that passed its time.
type late struct{ *diag.Diag }

// Unwrap gives the diagnostic.
func (l *late) Unwrap() error { return l.Diag }

// untimely reports whether a call was given up, so that nobody knows what its
// process still does.
func untimely(err error) bool {
	var l *late
	code := status.Code(err)
	return errors.As(err, &l) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || err != nil && (code == codes.DeadlineExceeded || code == codes.Canceled)
}
