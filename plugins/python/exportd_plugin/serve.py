"""The process: arguments, handshake, services."""
import io
import json
import mmap
import os
import sys
import threading
import uuid
from concurrent import futures

import grpc
from google.protobuf import json_format

from .failure import NoMacro, Unsupported, abort
from .plugin import Command, MacroCall, done, encode_call, read_params
from .wire import COOKIE, MAX_DATA, PROTOCOL, encoder_pb2, macro_pb2, plugin_pb2


def log(level, message, **attributes):
    """Writes a line of the log: level is debug, info, warn or error."""
    sys.stderr.write(json.dumps({"@level": level, "@message": message, **attributes}, default=str) + "\n")
    sys.stderr.flush()


def serve(plugin):
    """The plugin's main: serves the host that started the process, or does what
    the arguments say, and does not return."""
    if sys.argv[1:] == ["describe"]:
        print(json_format.MessageToJson(plugin.card(), indent=2))
        sys.exit(0)
    if os.environ.get(COOKIE[0]) != COOKIE[1]:
        sys.stderr.write(f"{plugin.name} {plugin.version} is a plugin of exportd: exportd starts it.\n  describe   as an argument prints what it is\n")
        sys.exit(2)
    sys.exit(_Server(plugin).run())


class _Server:
    def __init__(self, plugin):
        self.plugin = plugin
        self.scratch = None
        self.ended = threading.Event()

    def run(self):
        if str(PROTOCOL) not in os.environ.get("PLUGIN_PROTOCOL_VERSIONS", str(PROTOCOL)).split(","):
            log("error", "the host speaks protocols %s, this plugin %d" % (os.environ["PLUGIN_PROTOCOL_VERSIONS"], PROTOCOL))
            return 1
        handshake = _take_stdout()
        server = grpc.server(futures.ThreadPoolExecutor(max_workers=4), options=[("grpc.max_receive_message_length", 4 << 20)])
        server.add_generic_rpc_handlers(tuple(self._handlers()))
        path = os.path.join(os.environ.get("PLUGIN_UNIX_SOCKET_DIR", "/tmp"), uuid.uuid4().hex[:12])
        if server.add_insecure_port("unix:" + path) == 0:
            log("error", "no socket could be made at " + path)
            return 1
        server.start()
        with os.fdopen(handshake, "w") as out:
            out.write("1|%d|unix|%s|grpc\n" % (PROTOCOL, path))
        threading.Thread(target=self._watch_parent, daemon=True).start()
        self.ended.wait()
        server.stop(grace=1.5).wait()
        return 0

    def _watch_parent(self):
        """Ends the plugin when the host is gone."""
        parent = os.getppid()
        while not self.ended.wait(1):
            if os.getppid() != parent:
                os._exit(1)

    def _handlers(self):
        unary = grpc.unary_unary_rpc_method_handler
        services = {
            "grpc.health.v1.Health": {"Check": unary(_health)},
            "exportd.plugin.v1.PluginService": {
                "Describe": self._unary(self._describe, plugin_pb2.DescribeRequest),
                "Configure": self._unary(self._configure, plugin_pb2.ConfigureRequest),
                "Validate": self._unary(self._validate, plugin_pb2.ValidateRequest),
                "Shutdown": self._unary(self._shutdown, plugin_pb2.ShutdownRequest),
            },
            "exportd.plugin.v1.MacroService": {"Expand": self._unary(self._expand, macro_pb2.ExpandRequest)},
            "exportd.plugin.v1.EncoderService": {
                "Encode": grpc.stream_stream_rpc_method_handler(
                    self._encode, encoder_pb2.EncodeRequest.FromString, lambda m: m.SerializeToString()),
            },
        }
        return [grpc.method_handlers_generic_handler(name, methods) for name, methods in services.items()]

    @staticmethod
    def _unary(method, request):
        def call(message, context):
            try:
                return method(message)
            except Exception as error:  # the host gets every one
                abort(context, error)

        return grpc.unary_unary_rpc_method_handler(call, request.FromString, lambda m: m.SerializeToString())

    def _describe(self, _request):
        return self.plugin.card()

    def _configure(self, request):
        self.scratch = request.scratch_folder
        config = read_params(request.config_json, self.plugin.config, [])
        if self.plugin.configure:
            self.plugin.configure(config)
        return plugin_pb2.ConfigureResponse()

    def _validate(self, request):
        response = plugin_pb2.ValidateResponse()
        try:
            if request.encoder == "":
                read_params(request.params_json, self.plugin.config, [])
                return response
            encoder = self._encoder(request.encoder)
            params = read_params(request.params_json, encoder.params, encoder.required)
            if encoder.validate:
                encoder.validate(params)
        except Exception as error:
            response.problems.add(path=getattr(error, "path", ""), message=str(error), hint=getattr(error, "hint", ""))
        return response

    def _shutdown(self, _request):
        threading.Timer(0.1, self.ended.set).start()  # after the answer
        return plugin_pb2.ShutdownResponse()

    def _expand(self, request):
        macro = next((m for m in self.plugin.macros if m.matches(request.name)), None)
        asset = request.asset if request.HasField("asset") else None
        before = [Command(c.name, c.value, c.macro) for c in request.before]
        commands = macro.expand(MacroCall(request.name, asset, before)) if macro else None
        if commands is None:
            raise NoMacro(f'there is no macro "{request.name}"')
        return macro_pb2.ExpandResponse(commands=[macro_pb2.Command(name=c.name, value=str(c.value), macro=c.macro) for c in commands])

    def _encoder(self, name):
        for encoder in self.plugin.encoders:
            if encoder.name == name:
                return encoder
        raise Unsupported(f'there is no encoder "{name}"')

    def _encode(self, requests, context):
        try:
            yield from self._encoded(requests)
        except Exception as error:
            abort(context, error)

    def _encoded(self, requests):
        first = next(requests)
        if first.WhichOneof("part") != "open":
            raise Unsupported("the call does not begin with open")
        opened = first.open
        encoder = self._encoder(opened.encoder)
        with _Pixels(self.scratch, opened, requests) as pixels:
            call = encode_call(opened, encoder, pixels.rows)
            out = _Output(self._path(opened.output) if opened.HasField("output") else None)
            with out as to:
                encoder.encode(call, to)
            if out.size == 0:
                raise RuntimeError(f"encoder {encoder.name} wrote nothing")
            yield from out.messages()
            yield done(out.size, out.path is not None, call.warnings)

    def _path(self, ref):
        return _scratch_path(self.scratch, ref)


def _scratch_path(scratch, ref):
    if ref.name in ("", ".", "..") or "/" in ref.name:
        raise Unsupported(f"{ref.name!r} is no base name")
    return os.path.join(scratch, ref.name)


class _Pixels:
    """The rows of a picture, from a mapped file or from strips."""

    def __init__(self, scratch, opened, requests):
        self.scratch, self.opened, self.requests = scratch, opened, requests
        self.map = None

    def __enter__(self):
        if self.opened.HasField("pixels"):
            with open(_scratch_path(self.scratch, self.opened.pixels), "rb") as f:
                self.map = mmap.mmap(f.fileno(), self.opened.pixels.size, prot=mmap.PROT_READ)
        return self

    def __exit__(self, *_):
        if self.map is not None:
            self.map.close()

    def rows(self):
        header = self.opened.image
        total = header.height * header.frames
        if self.map is not None:
            for i in range(total):
                yield self.map[i * header.stride : (i + 1) * header.stride]
            return
        at = 0
        while at < total:
            strip = next(self.requests).strip
            if strip.frame * header.height + strip.top != at or strip.rows < 1 or len(strip.data) != strip.rows * header.stride:
                raise RuntimeError(f"the host sent {strip.rows} rows from row {strip.top} of frame {strip.frame}, row {at} was next")
            for i in range(strip.rows):
                yield strip.data[i * header.stride : (i + 1) * header.stride]
            at += strip.rows


class _Output:
    """Where an encoder writes: the host's file, or memory that is sent. It can
    seek, for formats whose head is written last."""

    def __init__(self, path):
        self.path, self.size = path, 0
        self._file = open(path, "r+b") if path else None
        self._data = None

    def __enter__(self):
        self._data = None if self._file else io.BytesIO()
        return self._file or self._data

    def __exit__(self, *_):
        to = self._file or self._data
        to.seek(0, os.SEEK_END)
        self.size = to.tell()
        if self._file:
            self._file.close()

    def messages(self):
        if self._data is None:
            return
        self._data.seek(0)
        for chunk in iter(lambda: self._data.read(MAX_DATA), b""):
            yield encoder_pb2.EncodeResponse(data=chunk)


def _take_stdout():
    """Gives the real standard output, for the handshake, and sends what is printed
    from now on to the log."""
    handshake = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return handshake


def _health(_request, _context):
    return b"\x08\x01"  # HealthCheckResponse{status: SERVING}
