"""Whatever pixels and metadata a photo has: written by any of the writers, they are read as they were."""

import io

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lutbridge.color.gamut import SRGB, space_of
from lutbridge.image.formats import CODECS, tiff_tags, webp
from lutbridge.image.metadata import ifd
from lutbridge.image.metadata.photoshop_resources import with_iptc
from lutbridge.image.metadata.translate import _FROM, _INTO, in_format
from lutbridge.image.photo import Container, Photo
from lutbridge.image.read import read_bytes
from lutbridge.image.write import write

from . import profiles, samples

PROFILES = {None: None, "sRGB": samples.srgb_profile(), "P3": profiles.display_p3()}
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8, 11: 4, 12: 8}
FREE_TAGS = [tag for tag in range(260, 65000, 7) if not tiff_tags.carried_over((ifd.Entry(tag, 1, 1, b"x", 0),)) == ()]
FREE_TAGS = [tag for tag in FREE_TAGS if tag not in (274, 33723, 34377, ifd.EXIF_IFD, ifd.GPS_IFD, 40965, 37500)]


@st.composite
def entries(draw, most=6):
    """Tags of any type and content."""
    found = []
    for tag in draw(st.lists(st.sampled_from(FREE_TAGS), unique=True, max_size=most)):
        type_ = draw(st.sampled_from(sorted(SIZES)))
        count = draw(st.integers(1, 40))
        value = draw(st.binary(min_size=count * SIZES[type_], max_size=count * SIZES[type_]))
        found.append(ifd.Entry(tag, type_, count, value, 0))
    return tuple(found)


@st.composite
def exif_blocks(draw):
    """(a block with the directories that cameras write, its orientation)"""
    layout, orientation = ifd.Layout(draw(st.sampled_from("<>"))), draw(st.integers(1, 8))
    note = draw(st.binary(min_size=9, max_size=90))
    camera = (*draw(entries()), ifd.Entry(ifd.MAKER_NOTE, 7, len(note), note, 0))
    upright = ifd.Entry(274, 3, 1, layout.pack("H", orientation), 0)
    first = (*draw(entries()), upright, ifd.Entry(ifd.EXIF_IFD, 4, 1, camera, 0))
    first += (ifd.Entry(ifd.GPS_IFD, 4, 1, draw(entries()), 0),)
    return layout.header + layout.pack("I", 8) + ifd.ifd_bytes(layout, first, 8), orientation


def directory_of(block):
    """What an EXIF block says, without where it stands."""

    def told(found):
        return {e.tag: told(e.value) if isinstance(e.value, tuple) else (e.type, e.count, e.value) for e in found}

    reader = ifd.Reader(io.BytesIO(block))
    return reader.layout.order, told(reader.directory(reader.first)[0])


@st.composite
def photos(draw):
    """A photo of any shape, depth and metadata, in the container of a format, and what its metadata is."""
    format_ = draw(st.sampled_from(sorted(CODECS)))
    dtype = np.uint16 if format_ in ("png", "tiff") and draw(st.booleans()) else np.uint8
    height, width = draw(st.integers(1, 40)), draw(st.integers(1, 40))
    alpha = format_ != "jpeg" and draw(st.booleans())
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    codes = generator.integers(0, np.iinfo(dtype).max + 1, (height, width, 4)).astype(dtype)
    (exif, orientation), icc = draw(exif_blocks()), PROFILES[draw(st.sampled_from(list(PROFILES)))]
    xmp, iptc = draw(st.binary(min_size=1, max_size=300)), draw(st.binary(min_size=9, max_size=300))
    blocks = Container("webp", orientation, icc, exif, xmp, webp.Parts(lossless=True, others=()))
    container, _ = _INTO[format_](Container(format_, orientation, icc, exif, xmp), with_iptc(b"", iptc))
    if format_ == "webp":
        container = Container(format_, orientation, icc, exif, xmp, blocks.native)
    color = SRGB if icc in (None, PROFILES["sRGB"]) else space_of(icc, "P3")
    shown = codes if orientation < 5 else codes.swapaxes(0, 1)
    return Photo("photo", shown[..., :3], shown[..., 3] if alpha else None, container, color=color), exif, iptc


def again(photo, folder):
    path = folder / "result"
    write(path, photo, photo.pixels)
    return read_bytes(path.read_bytes(), "result")


def check(photo, found, exif, iptc):
    container, expected = found.container, photo.container
    assert container.format == expected.format and container.orientation == expected.orientation
    assert (container.icc, container.xmp) == (expected.icc, expected.xmp)
    block, resources, _ = _FROM[container.format](container)
    assert directory_of(block) == directory_of(exif)
    assert container.format == "webp" or resources == with_iptc(b"", iptc)
    assert found.pixels.shape == photo.pixels.shape
    if container.format != "jpeg":
        assert found.pixels.dtype == photo.pixels.dtype and np.array_equal(found.pixels, photo.pixels)
        hidden = photo.alpha is not None and not (photo.alpha.dtype == np.uint8 and photo.alpha.min() == 255)
        assert (found.alpha is not None) == hidden or container.format != "webp"
        assert found.alpha is None or np.array_equal(found.alpha, photo.alpha)


@settings(max_examples=200, deadline=None)
@given(photos())
def test_every_writer_writes_what_its_reader_reads(tmp_path_factory, made):
    photo, exif, iptc = made
    check(photo, again(photo, tmp_path_factory.getbasetemp()), exif, iptc)


@settings(max_examples=100, deadline=None)
@given(photos(), st.lists(st.sampled_from(["jpeg", "png", "tiff"]), min_size=1, max_size=3))
def test_metadata_survives_any_journey_through_formats(tmp_path_factory, made, journey):
    photo, exif, iptc = made
    if photo.container.format == "webp":
        iptc = None
    for format_ in journey:
        container, _ = in_format(photo.container, format_)
        pixels = (
            photo.pixels if format_ != "jpeg" or photo.pixels.dtype == np.uint8 else (photo.pixels >> 8).astype("u1")
        )
        alpha = None if format_ == "jpeg" or pixels.dtype != photo.pixels.dtype else photo.alpha
        photo = Photo("photo", pixels, alpha, container, color=photo.color)
        photo = again(photo, tmp_path_factory.getbasetemp())
    block, resources, _ = _FROM[photo.container.format](photo.container)
    assert directory_of(block) == directory_of(exif)
    assert resources == (with_iptc(b"", iptc) if iptc else b"")
