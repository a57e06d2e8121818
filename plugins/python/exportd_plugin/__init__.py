"""What the author of an exportd plugin in Python imports.

A plugin gives exportd encoders, macros or both. It needs Python 3.9 or newer
with grpcio and protobuf (Debian: python3-grpcio, python3-protobuf):

    import exportd_plugin as ep

    def encode(call, out):
        image = call.image
        out.write(b"P6 %d %d 255\\n" % (image.width, image.height))
        for row in image.rows():
            out.write(row)

    ep.serve(ep.Plugin(
        name="pnm", version="1.0.0", description="writes portable anymaps",
        encoders=[ep.Encoder(name="ppm", format="ppm", extension="ppm", media_type="image/x-portable-pixmap",
                             samples=[ep.UINT8], spaces=[ep.RGB], encode=encode)],
    ))

What the host promises and wants is written in plugins/proto; plugins/README.md
says how to test and install a plugin. Standard output belongs to the handshake:
serve takes it over, and what is printed there afterwards goes to the log.
"""
from .failure import ParamError, Unavailable, Unsupported
from .image import CMYK, FLOAT32, GREY, RGB, UINT16, UINT8, Image
from .plugin import Command, Encoder, EncodeCall, Macro, MacroCall, Plugin
from .serve import log, serve

__all__ = [
    "CMYK", "Command", "EncodeCall", "Encoder", "FLOAT32", "GREY", "Image", "Macro", "MacroCall", "ParamError", "Plugin",
    "RGB", "UINT16", "UINT8", "Unavailable", "Unsupported", "log", "serve",
]
