"""One run of atheris, which grows inputs that reach new code; `test_coverage.py` starts it in a process of its own.

Usage: python coverage_guided.py TARGET [libFuzzer options] [CORPUS]
"""

import contextlib
import io
import sys
import time
from types import SimpleNamespace

import atheris

with atheris.instrument_imports(include=["lutbridge", "lutbridge_server", "waitress"]):
    from lutbridge.color import icc
    from lutbridge.errors import RefusedError
    from lutbridge.image.formats import heif, jpeg_metadata, jpeg_stream, png_chunks, tiff, webp
    from lutbridge.image.metadata import credentials, exif, ifd, photoshop_resources, png_texts, read, xmp
    from lutbridge.image.metadata.translate import _FROM, in_format
    from lutbridge.image.photo import Container
    from lutbridge.image.recognise import recognise
    from lutbridge.lut import formats as luts
    from lutbridge.lut.formats import opencolorio
    from lutbridge.lut.formats.recognise import recognise as recognise_lut
    from lutbridge_server.errors import ApiError
    from lutbridge_server.identity import Identity
    from lutbridge_server.parser import Parser
    from lutbridge_server.security import Guard

import numpy as np
from waitress.adjustments import Adjustments

FORMATS = ("jpeg", "png", "tiff", "webp")


def jpeg(data):
    stream = jpeg_stream.parse(b"\xff\xd8" + data)
    blocks = jpeg_metadata.gather(stream.segments)
    xmp.without_companions(blocks.xmp or b"")
    written = jpeg_metadata.segments_of(blocks)
    again = jpeg_stream.parse(b"\xff\xd8" + written + PHOTO)
    assert jpeg_metadata.gather(again.segments).exif == (blocks.exif or None)


def png(data):
    stream = png_chunks.parse(io.BytesIO(png_chunks.SIGNATURE + data))
    for chunk in stream.ancillary:
        png_chunks.xmp_in(chunk.data)
        png_chunks.profile_in(chunk.data)
        assert png_chunks.chunk_bytes(chunk.kind, chunk.data)[8:-4] == chunk.data
    if exif_block := png_texts.exif_of(stream.ancillary):
        exif.open_block(exif_block)


def tiff_header(data):
    tiff.read_header(io.BytesIO(data))


def webp_header(data):
    webp.read_header(io.BytesIO(b"RIFF" + data))


def exif_block(data):
    """Opened, and carried through every format and back."""
    block, orientation = exif.open_block(data)
    exif.says_adobe_rgb(block)
    assert len(exif.upright(block)) == len(block)
    container = Container("webp", exif=block, native=webp.Parts(True, ()))
    for format_ in FORMATS:
        moved, _ = in_format(container, format_)
        carried, *_ = _FROM[format_](moved)
        if carried:
            ifd.Reader(io.BytesIO(carried))


def photoshop(data):
    kept = photoshop_resources.without_thumbnail(data)
    iptc, others = photoshop_resources.iptc_of(kept)
    assert len(others) <= len(kept) <= len(data)
    assert iptc is None or iptc in data


def profile(data):
    for tag in icc.tags(data).values():
        with np.errstate(all="ignore"), contextlib.suppress(ValueError):  # the answer to a damaged curve
            icc.sample_curve(tag, np.linspace(0, 1, 5))


def head(data):
    recognise(data)


def raw(data):
    read._of_raw(io.BytesIO(data))


def packet(data):
    left = credentials.without_link(xmp.without_companions(xmp.with_orientation(data, 1)))
    assert len(left) <= len(data) + data.count(b"Orientation")


def boxes(data):
    heif._nclx(data)
    heif._av1_bits(data)


def lut_head(data):
    assert recognise_lut(data, "cube") in (*luts.FORMATS, *luts.READ_ONLY)


LIMITS = Adjustments(max_request_header_size=2**20, max_request_body_size=2**20)
GUARD = Guard(Identity("0123456789abcdef", "token", "cookie", "key"), 80, 2**20)
PATIENCE = 0.5  # seconds for 64 kB, also with the fuzzer's eyes on each branch


def request(data):
    """A request as it comes in, in pieces as the first byte says: ended by it, or refused, and in little time."""
    trusted = []
    server = SimpleNamespace(helper=SimpleNamespace(guard=GUARD))
    channel = SimpleNamespace(server=server, takes_more=lambda: True, trust=lambda: trusted.append(1))
    parser, start = Parser(LIMITS, channel), time.process_time()
    step, rest = 1 << (data[0] % 17 if data else 0), data[1:]
    while rest and not parser.completed:
        piece, rest = rest[:step], rest[step:]
        assert 0 < parser.received(piece) <= len(piece)
    assert not trusted or b"token" in data or b"cookie" in data
    parser.close()
    assert time.process_time() - start < PATIENCE * (1 + len(data) / step / 1000)


def no_child(text, suffix, folder):
    """In the place of the process that runs OpenColorIO: 20 000 of them take hours, and test_luts.py starts some."""
    raise RefusedError("OpenColorIO is not asked")


def lut(name):
    opencolorio._read = no_child

    def decode(data):
        decoded = luts.FORMATS[name].codec.decode(data)
        assert np.isfinite(decoded.lut.lattice).all()
        assert all(text.isprintable() for text in (*decoded.notices, decoded.lut.title))

    return decode


# What a JPEG has after its metadata: tables and one pixel, as bare as `jpeg_stream.parse` takes it.
PHOTO = b"\xff\xc0\0\x0b\x08\0\1\0\1\1\1\x11\0" + b"\xff\xda\0\x08\1\1\0\0\x3f\0" + b"\0\xff\xd9"
TARGETS = {
    "jpeg": jpeg,
    "png": png,
    "tiff": tiff_header,
    "webp": webp_header,
    "exif": exif_block,
    "photoshop": photoshop,
    "icc": profile,
    "head": head,
    "raw": raw,
    "boxes": boxes,
    "xmp": packet,
    "request": request,
    "lut_head": lut_head,
    **{name: lut(name) for name in luts.FORMATS},
}


def main():
    target = TARGETS[sys.argv.pop(1)]

    def one(data):
        try:
            target(data)
        except (RefusedError, ifd.IfdError, ApiError):
            pass  # the answers to damage

    atheris.Setup(sys.argv, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
