package host

import (
	"context"
	"errors"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/plugins/pluginpb"
)

// crash is the end of a process, or a panic in it, in the middle of a call.
type crash struct {
	headline string // what it says of itself: panic: …
	how      string // signal: killed
	stack    string
}

// Error says it in one line.
func (c *crash) Error() string {
	if c.headline == "" {
		return c.how
	}
	return c.headline
}

// Unwrap gives the stack, which is the cause that a journal keeps.
func (c *crash) Unwrap() error {
	if c.stack == "" {
		return nil
	}
	return errors.New(c.stack)
}

// failureOf reads the details of a failure, nil for none.
func failureOf(trailer metadata.MD) *pluginpb.Failure {
	values := trailer.Get(pluginpb.FailureTrailer)
	if len(values) == 0 {
		return nil
	}
	f := &pluginpb.Failure{}
	if proto.Unmarshal([]byte(values[0]), f) != nil {
		return nil
	}
	return f
}

// failed makes a diagnostic, or a [crash], of how a call ended. ended says that
// the process has ended, or will at once.
func (in *instance) failed(ctx context.Context, err error, trailer metadata.MD) error {
	name := in.pool.plugin.Name
	code, f := status.Code(err), failureOf(trailer)
	message := plain(status.Convert(err).Message())
	switch {
	case f.GetCode() == pluginpb.FailureCode_FAILURE_CODE_PANIC:
		return &crash{headline: message, stack: f.GetStack()}
	case f != nil || code == codes.InvalidArgument && !in.ending() || code == codes.NotFound || code == codes.FailedPrecondition || code == codes.Unimplemented:
		return refusal(name, message, code, f)
	case ctx.Err() != nil || code == codes.DeadlineExceeded || code == codes.Canceled:
		return err // the caller knows whose deadline it was
	case code == codes.ResourceExhausted && strings.Contains(message, "larger than max"):
		return diag.New(diag.PluginResult, "plugin %s sent a message of more than %d MiB", name, maxMessage>>20).
			WithHint("its author has to send results in pieces of at most 1 MiB, or as a file")
	case in.ending():
		headline, all := stack(in.proc.logs.kept())
		return &crash{headline: headline, how: in.proc.how(), stack: all}
	}
	return refusal(name, message, code, f)
}

// refusal is what a plugin says for itself.
func refusal(name, message string, code codes.Code, f *pluginpb.Failure) *diag.Diag {
	if f.GetCode() == pluginpb.FailureCode_FAILURE_CODE_PARAM || f == nil && code == codes.InvalidArgument {
		if path := f.GetParamPath(); path != "" {
			message = strings.ReplaceAll(strings.TrimPrefix(path, "/"), "/", ".") + ": " + message
		}
		d := diag.New(diag.PluginParam, "plugin %s: %s", name, message)
		d.Hint = plain(f.GetHint())
		return d
	}
	is := diag.PluginFailed
	if code == codes.NotFound {
		is = diag.MacroUnknown
	}
	d := diag.New(is, "plugin %s: %s", name, message)
	d.Hint = plain(f.GetHint())
	return d.Again(f.GetRetryable())
}

// plain makes what a plugin says fit for one line of a message.
func plain(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, text)
	if len(text) > 1000 {
		text = strings.ToValidUTF8(text[:1000], "") + "…"
	}
	return strings.TrimSpace(text)
}
