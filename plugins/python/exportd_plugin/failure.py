"""Errors that say more than a message. Any other exception is a mistake of the
plugin, and reaches the host with its stack."""
import traceback

import grpc

from .wire import FAILURE_TRAILER, plugin_pb2

MAX_STACK = 64 << 10  # bytes of a stack on the wire


class Failure(Exception):
    """A failure that the host can understand."""

    code = plugin_pb2.FAILURE_CODE_INTERNAL
    status = grpc.StatusCode.INTERNAL

    def __init__(self, message, hint=""):
        super().__init__(message)
        self.hint = hint

    def describe(self):
        """The failure as the wire has it."""
        return plugin_pb2.Failure(code=self.code, hint=self.hint)


class ParamError(Failure):
    """A param is wrong; path is a JSON Pointer such as "/quality"."""

    code = plugin_pb2.FAILURE_CODE_PARAM
    status = grpc.StatusCode.INVALID_ARGUMENT

    def __init__(self, path, message, hint=""):
        super().__init__(message, hint)
        self.path = path

    def describe(self):
        failure = super().describe()
        failure.param_path = self.path
        return failure


class Unsupported(Failure):
    """This picture or asset cannot be dealt with; trying again is no use."""

    code = plugin_pb2.FAILURE_CODE_UNSUPPORTED
    status = grpc.StatusCode.FAILED_PRECONDITION


class NoMacro(Unsupported):
    """A name matches a pattern of the plugin, but there is no such macro."""

    status = grpc.StatusCode.NOT_FOUND


class Unavailable(Failure):
    """Something the plugin needs did not answer; after is when to try again, in
    seconds."""

    code = plugin_pb2.FAILURE_CODE_UNAVAILABLE
    status = grpc.StatusCode.UNAVAILABLE

    def __init__(self, after, message, hint=""):
        super().__init__(message, hint)
        self.after = after

    def describe(self):
        failure = super().describe()
        failure.retryable = True
        failure.retry_after.FromNanoseconds(int(self.after * 1e9))
        return failure


def abort(context, error):
    """Ends a call with an exception's status."""
    if isinstance(error, Failure):
        status, failure = error.status, error.describe()
    else:
        stack = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        status = grpc.StatusCode.INTERNAL
        failure = plugin_pb2.Failure(code=plugin_pb2.FAILURE_CODE_PANIC, stack=stack[:MAX_STACK])
    message = str(error) or type(error).__name__
    context.set_trailing_metadata(((FAILURE_TRAILER, failure.SerializeToString()),))
    context.abort(status, message)
