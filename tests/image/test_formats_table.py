"""docs/formats.md shows what these round trips find: each kind of file, read and written with its own pixels."""

from pathlib import Path

import imagecodecs
import numpy as np
import pillow_heif
from PIL import Image

from lutbridge.color.codes import to_codes, to_float
from lutbridge.image.formats import DECODERS
from lutbridge.image.read import read
from lutbridge.image.recognise import HEAD_BYTES, recognise
from lutbridge.image.write import extension_for, write

from . import profiles, samples
from .formats.test_raw import make_dng

PAGE = Path(__file__).parents[2] / "docs" / "formats.md"
HEAD = "| photo | result | pixels | profile | notices |\n|---|---|---|---|---|\n"
GREY = imagecodecs.cms_profile("gray", gamma=1.8)
WIDE = {"sRGB": samples.srgb_profile(), "Display P3": profiles.display_p3(), "ProPhoto": profiles.prophoto()}


def saved(path, picture, format_, icc, **options):
    prefix = b"Exif\0\0" if format_ == "JPEG" else b""
    picture.save(path, format_, icc_profile=icc, exif=prefix + samples.exif_block(), **options)
    return path


def heic(path, pixels, icc):
    mode = "RGB" if pixels.dtype == np.uint8 else "RGB;16"
    picture = pillow_heif.from_bytes(mode, pixels.shape[1::-1], pixels.tobytes())
    picture.save(path, quality=-1, icc_profile=icc, exif=b"Exif\0\0" + samples.exif_block(), xmp=samples.XMP)
    return path


def tiff(path, pixels, icc, **options):
    xmp = (700, 1, len(samples.XMP), samples.XMP, True)
    return samples.write_tiff(path, pixels, iccprofile=icc, extratags=[xmp], **options)


def files(folder):
    """(what it is, path)"""
    rgb8, rgb16, rgba16 = samples.smooth(), samples.ramp(np.uint16), samples.ramp(np.uint16, (96, 130, 4))
    picture, floats = Image.fromarray(rgb8), rgb16 / 65535
    for name, icc in WIDE.items():
        yield f"JPEG, {name}", saved(folder / "a", picture, "JPEG", icc, quality=95)
        yield f"PNG 8 bit, {name}", saved(folder / "a", picture, "PNG", icc)
        yield f"TIFF 16 bit, {name}", tiff(folder / "a", rgb16, icc, compression="zlib")
        yield f"WebP lossless, {name}", saved(folder / "a", picture, "WEBP", icc, xmp=samples.XMP, lossless=True)
    p3 = WIDE["Display P3"]
    yield "JPEG grey, gamma 1.8", saved(folder / "a", picture.convert("L"), "JPEG", GREY, quality=95)
    yield "JPEG CMYK", saved(folder / "a", picture.convert("CMYK"), "JPEG", profiles.press(), quality=95)
    yield "PNG 16 bit", samples.rich_png(folder / "a", rgb16)
    yield "PNG 16 bit with alpha", samples.rich_png(folder / "a", rgba16)
    yield "PNG palette", saved(folder / "a", picture.quantize(100), "PNG", p3)
    yield "TIFF 8 bit", samples.rich_tiff(folder / "a", rgb8)
    yield "TIFF 16 bit with alpha, big-endian", tiff(folder / "a", rgba16, p3, extrasamples=[2], byteorder=">")
    yield (
        "TIFF 16 bit, BigTIFF, tiles, LZW",
        tiff(folder / "a", rgb16, p3, bigtiff=True, tile=(64, 64), compression="lzw"),
    )
    yield "TIFF 16 bit grey, gamma 1.8", tiff(folder / "a", rgb16[..., 0], GREY, photometric="minisblack")
    yield "TIFF 1 bit", tiff(folder / "a", rgb8[..., 0] > 99, None, photometric="minisblack")
    yield "TIFF 16 bit CMYK", tiff(folder / "a", rgba16, profiles.press(), photometric="separated")
    yield (
        "TIFF 8 bit CMYK",
        tiff(folder / "a", samples.ramp(shape=(96, 130, 4)), profiles.press(), photometric="separated"),
    )
    yield "TIFF 8 bit Lab", tiff(folder / "a", samples.lab_codes(), None, photometric="cielab")
    yield "TIFF 32-bit integers", tiff(folder / "a", rgb16.astype(np.uint32) * 65537, p3)
    yield "TIFF 16-bit float", tiff(folder / "a", floats.astype(np.float16), p3)
    yield "TIFF 32-bit float", tiff(folder / "a", floats.astype(np.float32), p3)
    yield "TIFF, profile of tables", tiff(folder / "a", rgb16, profiles.camera())
    yield "TIFF, profile of tables, one way", tiff(folder / "a", rgb16, profiles.camera(both_ways=False))
    yield "TIFF, damaged profile", tiff(folder / "a", rgb16, p3[:200])
    yield "HEIC 8 bit", heic(folder / "a", rgb8, p3)
    yield "HEIC 10 bit", heic(folder / "a", rgb8.astype(np.uint16) * 257, p3)
    yield "AVIF", saved(folder / "a", picture, "AVIF", p3, xmp=samples.XMP, quality=95)
    yield "RAW (DNG)", make_dng(folder / "a")
    yield "WebP lossy", saved(folder / "a", picture, "WEBP", p3, xmp=samples.XMP, quality=90)


def profile_of(path):
    """The profile in a file, whether or not it can be used."""
    with open(path, "rb") as file:
        kind = recognise(file.read(HEAD_BYTES))
        file.seek(0)
        return DECODERS[kind](file).container.icc


def fate(before, after):
    """What happens to a profile."""
    if before is None:
        return "none"
    return "kept" if after == before else "becomes sRGB" if after is None else "as RGB"


def result(name, path):
    """Reads a file, writes it again with the pixels of a model that changes nothing, and says what came back."""
    photo = read(path)
    seen = photo.color.to_model(photo.pixels)
    pixels = photo.color.from_model(seen, seen, photo.pixels)
    assert np.array_equal(pixels, photo.pixels)
    target = path.with_name(f"again{extension_for(photo)}")
    write(target, photo, pixels)
    again = read(target)
    assert type(again.color) is type(photo.color)
    assert photo.alpha is None or np.array_equal(again.alpha, photo.alpha)
    assert (again.container.exif, again.container.xmp) == (photo.container.exif, photo.container.xmp)
    assert photo.container.exif or photo.container.xmp or "palette" in name
    rounded = to_codes(to_float(photo.pixels), again.pixels.dtype)
    exact = np.array_equal(again.pixels, rounded)
    assert np.abs(again.pixels.astype(int) - rounded).mean() < 2
    profile = "sRGB" if name.startswith("RAW") else fate(profile_of(path), profile_of(target))
    kind = f"{extension_for(photo)}, {again.pixels.itemsize * 8} bit"
    return f"{kind} | {'exact' if exact else 'lossy'} | {profile} | {'; '.join(photo.notices)}"


def test_the_page_says_what_happens(tmp_path):
    alike = {}
    for name, path in files(tmp_path):
        alike.setdefault(result(name, path), []).append(name)
    table = HEAD + "".join(f"| {' · '.join(names)} | {found} |\n" for found, names in alike.items())
    assert table in PAGE.read_text(encoding="utf-8"), f"docs/formats.md should hold\n{table}"
