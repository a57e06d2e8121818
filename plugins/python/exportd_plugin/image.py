"""A picture to be encoded."""
from .failure import Unsupported
from .wire import plugin_pb2

UINT8 = plugin_pb2.SAMPLE_FORMAT_UINT8
UINT16 = plugin_pb2.SAMPLE_FORMAT_UINT16
FLOAT32 = plugin_pb2.SAMPLE_FORMAT_FLOAT32
GREY = plugin_pb2.COLOUR_SPACE_GREY
RGB = plugin_pb2.COLOUR_SPACE_RGB
CMYK = plugin_pb2.COLOUR_SPACE_CMYK

SAMPLE_SIZE = {UINT8: 1, UINT16: 2, FLOAT32: 4}  # bytes
BANDS = {GREY: 1, RGB: 3, CMYK: 4}  # without alpha


class Image:
    """A picture: the samples of a pixel follow one another, alpha last and not
    premultiplied; rows come from the top, EXIF orientation has been applied."""

    def __init__(self, header, rows):
        self.width, self.height = header.width, header.height  # pixels of a frame
        self.bands = header.bands  # 1..5, alpha included
        self.samples, self.space, self.alpha = header.sample_format, header.colour_space, header.alpha
        self.frames, self.delays_ms, self.loops = header.frames, list(header.delays_ms), header.loops
        self.icc, self.xmp, self.dpi = header.icc_profile, header.xmp, header.dpi
        self.stride = header.stride
        self._rows = rows
        want = BANDS.get(self.space, 0) + (1 if self.alpha else 0)
        if min(self.width, self.height, self.frames) < 1 or self.bands != want or self.samples not in SAMPLE_SIZE or self.stride < self.row_size:
            raise Unsupported(f"a picture of {self.frames} frames of {self.width}x{self.height} with {self.bands} bands makes no sense")

    @property
    def row_size(self):
        """The bytes of a row without padding."""
        return self.width * self.bands * SAMPLE_SIZE[self.samples]

    def rows(self):
        """Every row from the top, frame after frame, once."""
        for row in self._rows():
            yield row[: self.row_size]

    def pixels(self):
        """All rows without padding, as bytes."""
        return b"".join(bytes(row) for row in self.rows())

    def pillow(self):
        """The first frame as a Pillow image: L, LA, RGB, RGBA or CMYK of 8 bits."""
        from PIL import Image as PillowImage

        mode = {(GREY, False): "L", (GREY, True): "LA", (RGB, False): "RGB", (RGB, True): "RGBA", (CMYK, False): "CMYK"}.get((self.space, self.alpha))
        if mode is None or self.samples != UINT8:
            raise Unsupported("Pillow has no type for this picture")
        data = self.pixels()[: self.row_size * self.height]
        return PillowImage.frombytes(mode, (self.width, self.height), data)
