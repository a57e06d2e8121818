"""An encoder of Windows icons, by Pillow: fmt=ico starts to work.

An icon holds its picture in several sizes. They are given as a param of the
encode stage, sizes = "16,32,48"; without it the picture is the only one."""
import exportd_plugin as ep

LARGEST = 256  # pixels; the format has one byte for an edge


def sizes_of(params, width, height):
    """The sizes of the icon as Pillow wants them."""
    edges = [part.strip() for part in params["sizes"].split(",") if part.strip()]
    for edge in edges:
        if not edge.isdigit() or not 1 <= int(edge) <= LARGEST:
            raise ep.ParamError("/sizes", f'"{edge}" is no size of an icon, allowed is 1 to {LARGEST}', 'write them like "16,32,48"')
    return [(int(edge), int(edge)) for edge in edges] or [(width, height)]


def validate(params):
    sizes_of(params, 1, 1)


def encode(call, out):
    image = call.image
    sizes = sizes_of(call.params, image.width, image.height)
    largest = max(image.width, image.height)
    fitting = [size for size in sizes if size[0] <= largest]
    for edge, _ in sizes:
        if edge > largest:
            call.warn(f"the picture is smaller than {edge} pixels; the icon has no such size")
    image.pillow().save(out, format="ICO", sizes=fitting or [(image.width, image.height)])


ep.serve(ep.Plugin(
    name="ico", version="1.0.0", description="writes Windows icons, by Pillow", licence="Apache-2.0",
    deterministic=True,
    encoders=[ep.Encoder(
        name="ico", format="ico", extension="ico", media_type="image/vnd.microsoft.icon",
        description="Icons of one or several sizes, at most 256 pixels",
        samples=[ep.UINT8], spaces=[ep.RGB], alpha=True, max_edge=LARGEST,
        params={"sizes": {"type": "string", "default": "", "description": "edges in pixels, such as 16,32,48; empty for the picture's own"}},
        example={"sizes": "16,32"}, validate=validate, encode=encode,
    )],
))
