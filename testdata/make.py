#!/usr/bin/env python3
"""Makes the pictures of testdata/made.

Run it from anywhere:

    /usr/bin/python3 testdata/make.py              # writes testdata/made
    /usr/bin/python3 testdata/make.py some/folder  # writes elsewhere, to compare

It needs Python 3 and Pillow (Debian 12: apt-get install python3-pil). Its
outputs are committed, so tests never need it. No clock and no random source is
used: the same Pillow, libjpeg, libtiff, libwebp and zlib give the same bytes
(the committed ones come from Debian 12: Python 3.11, Pillow 9.4.0). What each
file holds is in testdata/README.md; change both together.
"""
import io
import math
import os
import struct
import sys
import wave
import zipfile
import zlib

from PIL import Image, ImageOps, features

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "made")

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def put(name, data):
    path = os.path.join(OUT, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)


def encoded(im, fmt, **kw):
    b = io.BytesIO()
    im.save(b, fmt, **kw)
    return b.getvalue()


def png(im, **kw):
    return encoded(im, "PNG", compress_level=9, **kw)


def jpg(im, **kw):
    kw.setdefault("quality", 95)
    kw.setdefault("subsampling", 0)  # 4:4:4
    return encoded(im, "JPEG", **kw)


def quad(w, h):
    """Four flat quadrants: red, green / blue, white."""
    im = Image.new("RGB", (w, h), WHITE)
    im.paste(RED, (0, 0, w // 2, h // 2))
    im.paste(GREEN, (w // 2, 0, w, h // 2))
    im.paste(BLUE, (0, h // 2, w // 2, h))
    return im


def patches(mode, colours, size=40):
    """A row of flat squares."""
    im = Image.new(mode, (size * len(colours), size))
    for i, c in enumerate(colours):
        im.paste(c, (i * size, 0, (i + 1) * size, size))
    return im


def scene_value(x, y, w, h, top):
    """The smooth 'photo': three slow waves, 0..top."""
    u, v = x / w, y / h
    t = 2 * math.pi
    waves = (math.sin(t * (1.3 * u + 0.2 * v)),
             math.sin(t * (0.7 * v + 0.4 * u) + 1),
             math.sin(t * (0.9 * u - 0.8 * v) + 2))
    return tuple(int(round(top * (0.5 + 0.4 * s))) for s in waves)


def scene(w, h, grain=0):
    im = Image.new("RGB", (w, h))
    px, seed = im.load(), 1
    for y in range(h):
        for x in range(w):
            c = scene_value(x, y, w, h, 255)
            if grain:
                seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
                n = (seed >> 16) % (2 * grain + 1) - grain
                c = tuple(min(255, max(0, k + n)) for k in c)
            px[x, y] = c
    return im


def rgba_picture():
    """Left half clear over a hidden green, right half half-blue, an opaque red disc."""
    im = Image.new("RGBA", (160, 120), (0, 255, 0, 0))
    im.paste((0, 0, 255, 128), (80, 0, 160, 120))
    px = im.load()
    for y in range(120):
        for x in range(160):
            if (2 * x + 1 - 160) ** 2 + (2 * y + 1 - 120) ** 2 <= 80 ** 2:
                px[x, y] = (255, 0, 0, 255)
    return im


def raw_png(w, h, depth, colour_type, rows):
    """A PNG from rows of ready bytes, for what Pillow does not write."""
    def chunk(kind, body):
        return (struct.pack(">I", len(body)) + kind + body
                + struct.pack(">I", zlib.crc32(kind + body)))
    z = zlib.compressobj(9)
    idat = b"".join(z.compress(b"\0" + r) for r in rows) + z.flush()
    return (b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, depth, colour_type, 0, 0, 0))
            + chunk(b"IDAT", idat) + chunk(b"IEND", b""))


def raw_tiff16(w, h, data):
    """An uncompressed little-endian RGB TIFF of 16 bits a channel, one strip."""
    entries = [(256, 4, 1, w), (257, 4, 1, h), (258, 3, 3, 0), (259, 3, 1, 1),
               (262, 3, 1, 2), (273, 4, 1, 0), (277, 3, 1, 3), (278, 4, 1, h),
               (279, 4, 1, len(data)), (284, 3, 1, 1)]
    after = 8 + 2 + 12 * len(entries) + 4
    fixed = {258: after, 273: after + 8}
    ifd = struct.pack("<H", len(entries))
    for tag, kind, count, value in entries:
        ifd += struct.pack("<HHII", tag, kind, count, fixed.get(tag, value))
    ifd += struct.pack("<I", 0)
    bits = struct.pack("<HHHH", 16, 16, 16, 0)
    return struct.pack("<2sHI", b"II", 42, 8) + ifd + bits + data


def s15(v):
    return struct.pack(">i", int(round(v * 65536)))


def wide_profile():
    """A display profile written here: the primaries, white point and gamma
    (2.19921875) of Adobe RGB (1998) as public numbers, ICC version 2, matrix and
    curve. It is nobody's file, so nobody's licence."""
    name = b"exportd test wide RGB\0"
    desc = (b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name
            + bytes(4 + 4) + bytes(2 + 1 + 67))
    text = b"text\0\0\0\0No copyright, use freely\0"

    def xyz(*v):
        return b"XYZ \0\0\0\0" + b"".join(s15(k) for k in v)

    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, 0x0233)
    tags = [(b"desc", desc), (b"cprt", text), (b"wtpt", xyz(0.95045, 1.0, 1.08905)),
            (b"rXYZ", xyz(0.60974, 0.31111, 0.01947)),
            (b"gXYZ", xyz(0.20528, 0.62567, 0.06087)),
            (b"bXYZ", xyz(0.14919, 0.06322, 0.74457)),
            (b"rTRC", curve), (b"gTRC", curve), (b"bTRC", curve)]
    table, body = struct.pack(">I", len(tags)), b""
    start, seen = 128 + 4 + 12 * len(tags), {}
    for sig, data in tags:
        if data not in seen:
            seen[data] = start + len(body)
            body += data + bytes(-len(data) % 4)
        table += struct.pack(">4sII", sig, seen[data], len(data))
    head = struct.pack(">I4sI4s4s4s", start + len(body), b"\0\0\0\0", 0x02100000,
                       b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H", 2000, 1, 1, 0, 0, 0) + b"acsp" + bytes(4 * 7)
    head += s15(0.9642) + s15(1.0) + s15(0.82491)
    return head.ljust(128, b"\0") + table + body


def orientation(n):
    """An Exif block with the one tag 0x0112."""
    return (b"Exif\0\0" + struct.pack("<2sHI", b"II", 42, 8)
            + struct.pack("<HHHIHHI", 1, 0x0112, 3, 1, n, 0, 0))


def flat_pictures():
    put("quad.png", png(quad(200, 100)))
    grad = Image.new("RGB", (256, 64))
    grad.putdata([(x, x, x) for _ in range(64) for x in range(256)])
    put("grad.png", png(grad))
    put("rgba.png", png(rgba_picture()))
    put("gray.png", png(grad.convert("L")))
    put("gray16.png", raw_png(256, 64, 16, 0, [
        struct.pack(">256H", *[256 * x + 4 * y for x in range(256)]) for y in range(64)]))
    put("rgb16.png", raw_png(256, 64, 16, 2, [
        struct.pack(">768H", *[v for x in range(256)
                               for v in (257 * x, 65535 - 257 * x, 1024 * y)])
        for y in range(64)]))
    put("one.png", png(Image.new("RGB", (1, 1), (10, 20, 30))))
    put("bilevel.tif", encoded(
        Image.frombytes("L", (64, 64), bytes(
            255 if (x // 8 + y // 8) % 2 == 0 else 0 for y in range(64) for x in range(64)
        )).convert("1"), "TIFF", compression="group4"))
    put("photo16.tif", raw_tiff16(128, 96, b"".join(
        struct.pack("<3H", *scene_value(x, y, 128, 96, 65535))
        for y in range(96) for x in range(128))))
    # 400 megapixels in few bytes, for the limits: one bit, all white.
    put("huge.png", raw_png(20000, 20000, 1, 0, [b"\xff" * 2500] * 20000))


def indexed_pictures():
    q = quad(64, 64)
    pal = Image.new("P", (64, 64))
    pal.putpalette(RED + GREEN + BLUE + WHITE)
    pal.putdata([(y // 32) * 2 + x // 32 for y in range(64) for x in range(64)])
    assert pal.convert("RGB").tobytes() == q.tobytes()
    put("palette.gif", encoded(pal, "GIF"))
    put("palette.png", png(pal, transparency=bytes([255, 128, 0, 255])))
    put("transparent.gif", encoded(pal, "GIF", transparency=2))
    frames = [Image.new("RGB", (48, 32), c) for c in (RED, GREEN, BLUE)]
    put("anim.gif", encoded(frames[0], "GIF", save_all=True, append_images=frames[1:],
                            duration=100, loop=0))


def lossy_pictures():
    ink = [(255, 0, 0, 0), (0, 255, 0, 0), (0, 0, 255, 0), (0, 0, 0, 255),
           (0, 0, 0, 0), (128, 64, 32, 0)]
    put("cmyk.jpg", encoded(patches("CMYK", ink), "JPEG", quality=95))
    put("cmyk.tif", encoded(patches("CMYK", ink), "TIFF", compression="tiff_lzw"))
    put("adobergb.jpg", jpg(patches("RGB", [
        (200, 100, 50), (128, 128, 128), (60, 120, 180), (180, 200, 90), (0, 255, 0)]),
        icc_profile=wide_profile()))
    put("lossy.webp", encoded(scene(160, 120), "WEBP", quality=80, method=4))
    put("alpha.webp", encoded(rgba_picture(), "WEBP", lossless=True, exact=True, method=4))
    put("odd.jpg", jpg(scene(199, 133)))
    grainy = scene(256, 192, grain=6)
    put("baseline.jpg", jpg(grainy, quality=85))
    put("progressive.jpg", jpg(grainy, quality=85, progressive=True))
    back = {2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
            4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
            6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
            8: Image.Transpose.ROTATE_270}
    for n in range(1, 9):
        im = quad(80, 48)
        if n in back:
            im = im.transpose(back[n])
        put("exif%d.jpg" % n, jpg(im, exif=orientation(n)))
    # Everything an export should be able to strip, in one picture.
    meta = Image.Exif()
    meta[0x010E], meta[0x013B], meta[0x8298] = "a described picture", "A. Tester", "(c) nobody"
    meta[0x010F], meta[0x0110] = "exportd", "made by script"
    meta[0x8825] = {1: "N", 2: (48.0, 30.0, 0.0), 3: "E", 4: (9.0, 15.0, 0.0)}
    put("meta.jpg", jpg(quad(64, 64), exif=meta.tobytes(), comment=b"a comment",
                        dpi=(300, 300), icc_profile=wide_profile()))


def broken_and_foreign():
    grainy = scene(320, 240, grain=12)
    for name, data in (("truncated.jpg", jpg(grainy, quality=90)), ("truncated.png", png(grainy))):
        put(name, data[:len(data) * 60 // 100])
    put("text.jpg", b"This is plain text.\nIts name says JPEG; its bytes do not.\n")
    put("png-named.jpg", png(quad(200, 100)))
    put("empty.jpg", b"")
    put("drawing.svg", b"""<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="120" height="80" viewBox="0 0 120 80">
  <rect width="120" height="80" fill="#ffffff"/>
  <rect width="60" height="80" fill="#ff0000"/>
  <circle cx="90" cy="40" r="20" fill="#0000ff"/>
</svg>
""")
    put("page.pdf", pdf())
    b = io.BytesIO()
    with wave.open(b, "wb") as w:
        w.setnchannels(1)
        w.setsampwidth(2)
        w.setframerate(8000)
        w.writeframes(struct.pack("<800h", *[
            int(round(8000 * math.sin(2 * math.pi * 440 * i / 8000))) for i in range(800)]))
    put("sound.wav", b.getvalue())
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w", zipfile.ZIP_STORED) as z:
        for name, text in (("one.txt", "first note\n"), ("two.txt", "second note\n")):
            info = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o644 << 16
            z.writestr(info, text)
    put("notes.zip", b.getvalue())


def pdf():
    """One page of 120 by 80 points, its left half red."""
    draw = b"1 0 0 rg 0 0 60 80 re f\n"
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>",
               b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
               b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 120 80] /Resources << >> "
               b"/Contents 4 0 R >>",
               b"<< /Length %d >>\nstream\n" % len(draw) + draw + b"endstream"]
    out, offsets = b"%PDF-1.4\n", []
    for i, o in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % i + o + b"\nendobj\n"
    xref = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    xref += b"".join(b"%010d 00000 n \n" % o for o in offsets)
    return (out + xref + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
            % (len(objects) + 1, len(out)))


def odd_names():
    def flat(*c):
        return Image.new("RGB", (32, 24), c)
    put("names/\u00dcn\u00efcode.png", png(flat(200, 0, 0)))
    put("names/with space.png", png(flat(0, 160, 0)))
    put("names/UPPER.png", png(flat(0, 0, 200)))
    put("names/upper.jpg", jpg(flat(120, 120, 120)))
    put("names/a.png", png(flat(200, 100, 0)))
    put("names/a.jpg", jpg(flat(60, 60, 60)))
    put("names/A.tif", encoded(flat(100, 0, 100), "TIFF"))


def check():
    """What a change of Pillow could break without a sound."""
    want = quad(80, 48)
    for n in range(1, 9):
        im = ImageOps.exif_transpose(Image.open(os.path.join(OUT, "exif%d.jpg" % n)))
        assert im.size == want.size, n
        for x, y in ((20, 12), (60, 12), (20, 36), (60, 36)):
            got = im.getpixel((x, y))
            assert all(abs(a - b) <= 3 for a, b in zip(got, want.getpixel((x, y)))), (n, x, y, got)
    for name in ("rgba.png", "alpha.webp"):
        im = Image.open(os.path.join(OUT, name))
        assert im.convert("RGBA").tobytes() == rgba_picture().tobytes(), name


if __name__ == "__main__":
    assert features.check("webp") and features.check("libtiff"), "Pillow without WebP or libtiff"
    flat_pictures()
    indexed_pictures()
    lossy_pictures()
    broken_and_foreign()
    odd_names()
    check()
