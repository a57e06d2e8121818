package sdk

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/exportd/exportd/plugins/pluginpb"
)

// Error is a failure with more than a message. Any other error is a mistake of
// the plugin.
type Error struct {
	code    pluginpb.FailureCode
	message string
	path    string        // of the param
	hint    string        // what to do
	retry   bool          // may work later
	after   time.Duration // when
	stack   string
	missing bool // no such macro
}

// Error is the message.
func (e *Error) Error() string { return e.message }

// WithHint adds what to do about it, one sentence.
func (e *Error) WithHint(format string, args ...any) *Error {
	e.hint = fmt.Sprintf(format, args...)
	return e
}

// ParamError says that a param is wrong: path is a JSON Pointer such as
// "/quality".
func ParamError(path, format string, args ...any) *Error {
	return &Error{code: pluginpb.FailureCode_FAILURE_CODE_PARAM, path: path, message: fmt.Sprintf(format, args...)}
}

// Unsupported says that this picture or asset cannot be dealt with. Trying again
// is no use.
func Unsupported(format string, args ...any) *Error {
	return &Error{code: pluginpb.FailureCode_FAILURE_CODE_UNSUPPORTED, message: fmt.Sprintf(format, args...)}
}

// Unavailable says that something the plugin needs did not answer, and that the
// call may work after the given time.
func Unavailable(after time.Duration, format string, args ...any) *Error {
	return &Error{code: pluginpb.FailureCode_FAILURE_CODE_UNAVAILABLE, retry: true, after: after, message: fmt.Sprintf(format, args...)}
}

// NoMacro says that a name matches a pattern of the plugin, but there is no such
// macro.
func NoMacro(name string) *Error {
	return &Error{code: pluginpb.FailureCode_FAILURE_CODE_UNSUPPORTED, missing: true, message: fmt.Sprintf("there is no macro %q", name)}
}

// panicked makes an error of what recover gave. It is called by the deferred
// function, so that the stack is that of the panic.
func panicked(value any) *Error {
	stack := debug.Stack()
	return &Error{
		code:    pluginpb.FailureCode_FAILURE_CODE_PANIC,
		message: fmt.Sprintf("panic: %v", value), stack: string(stack[:min(len(stack), pluginpb.MaxStack)]),
	}
}

// grpcCode is the class of the failure.
func (e *Error) grpcCode() codes.Code {
	switch {
	case e.missing:
		return codes.NotFound
	case e.code == pluginpb.FailureCode_FAILURE_CODE_PARAM:
		return codes.InvalidArgument
	case e.code == pluginpb.FailureCode_FAILURE_CODE_UNSUPPORTED:
		return codes.FailedPrecondition
	case e.code == pluginpb.FailureCode_FAILURE_CODE_UNAVAILABLE:
		return codes.Unavailable
	}
	return codes.Internal
}

// fail turns an error into a status, and gives the details to trailer.
func fail(ctx context.Context, err error, trailer func(metadata.MD)) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil { // whatever it says, this is why
		return status.FromContextError(ctx.Err()).Err()
	}
	var e *Error
	if !errors.As(err, &e) {
		if _, already := status.FromError(err); already {
			return err
		}
		e = &Error{code: pluginpb.FailureCode_FAILURE_CODE_INTERNAL, message: err.Error()}
	}
	f := &pluginpb.Failure{Code: e.code, Retryable: e.retry, ParamPath: e.path, Hint: e.hint, Stack: e.stack}
	if e.after > 0 {
		f.RetryAfter = durationpb.New(e.after)
	}
	if text, bad := proto.Marshal(f); bad == nil {
		trailer(metadata.Pairs(pluginpb.FailureTrailer, string(text)))
	}
	return status.Error(e.grpcCode(), err.Error())
}

// unary turns the errors and panics of calls into statuses.
func unary(ctx context.Context, req any, _ *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (resp any, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = panicked(v)
		}
		err = fail(ctx, err, func(md metadata.MD) { _ = grpc.SetTrailer(ctx, md) })
	}()
	return handler(ctx, req)
}

// streamed does the same for streams.
func streamed(srv any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) (err error) {
	if info.FullMethod != pluginpb.EncoderService_Encode_FullMethodName {
		return handler(srv, stream) // go-plugin's own
	}
	defer func() {
		if v := recover(); v != nil {
			err = panicked(v)
		}
		err = fail(stream.Context(), err, stream.SetTrailer)
	}()
	return handler(srv, stream)
}
