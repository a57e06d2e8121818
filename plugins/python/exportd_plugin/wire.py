"""The messages of the protocol, generated from plugins/proto by protoc 3.21.

protoc writes imports from the root of the packages, so that root, the folder
generated, goes on the search path."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "generated"))

from exportd.plugin.v1 import encoder_pb2, macro_pb2, plugin_pb2  # noqa: E402

__all__ = ["encoder_pb2", "macro_pb2", "plugin_pb2"]

PROTOCOL = 1
COOKIE = ("EXPORTD_PLUGIN_COOKIE", "b5f1d1b0-exportd-plugin")
FAILURE_TRAILER = "exportd-failure-bin"
MAX_DATA = 1 << 20  # bytes of a result in one message
