"""Unusual, damaged and hostile files, each made by a function, for `test_unusual_files.py`."""

import os
import struct
import zlib
from functools import cache
from pathlib import Path

import imagecodecs
import numpy as np
import pillow_heif
import tifffile
from PIL import Image, ImageCms

from . import profiles, samples
from .formats.test_raw import make_dng

RGB8, RGB16, RGBA16 = samples.ramp(), samples.ramp(np.uint16), samples.ramp(np.uint16, (96, 130, 4))
SMOOTH = samples.smooth()
EXIF_TOO_BIG = samples.exif_block() + bytes(70_000)


def written(path, data):
    path.write_bytes(data)
    return path


def cut(path, share=0.5):
    return written(path, path.read_bytes()[: int(path.stat().st_size * share)])


def zero_tail(path, share=0.5):
    data = path.read_bytes()
    return written(path, data[: int(len(data) * share)].ljust(len(data), b"\0"))


def palette_alpha_tiff(path):
    tags = [(320, 3, 768, (RGB16.ravel()[:768]).tolist(), True)]
    options = {"photometric": "minisblack", "extrasamples": [2], "extratags": tags}
    samples.write_tiff(path, RGB8[..., :2].copy(), **options)
    with tifffile.TiffFile(path, mode="r+") as file:
        file.pages[0].tags["PhotometricInterpretation"].overwrite(3)
    return path


def png_header(width, height):
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return samples.chunk(b"IHDR", head)


def bare_png(path, width, height, pixels=b""):
    idat = samples.chunk(b"IDAT", zlib.compress(pixels))
    return written(path, b"\x89PNG\r\n\x1a\n" + png_header(width, height) + idat + samples.chunk(b"IEND", b""))


def patched_tiff(path, **tags):
    """A TIFF whose header claims another size."""
    data = bytearray(samples.write_tiff(path, RGB8).read_bytes())
    first = struct.unpack_from("<I", data, 4)[0]
    for at in range(first + 2, first + 2 + 12 * struct.unpack_from("<H", data, first)[0], 12):
        tag = struct.unpack_from("<H", data, at)[0]
        for number, value in ((256, tags.get("width")), (257, tags.get("height"))):
            if tag == number and value is not None:
                struct.pack_into("<HII", data, at + 2, 4, 1, value)
    return written(path, data)


def relinked_tiff(path, following):
    """A TIFF whose chain of directories goes on at `following`, given the first one's offset."""
    data = bytearray(samples.write_tiff(path, RGB8).read_bytes())
    first = struct.unpack_from("<I", data, 4)[0]
    struct.pack_into("<I", data, first + 2 + 12 * struct.unpack_from("<H", data, first)[0], following(first))
    return written(path, data)


def pages(path):
    with tifffile.TiffWriter(path) as tiff:
        tiff.write(RGB8, photometric="rgb")
        tiff.write(RGB8 // 2, photometric="rgb")
    return path


def frames(path, format_):
    first, second = Image.fromarray(SMOOTH), Image.fromarray(SMOOTH // 2)
    first.save(path, format_, save_all=True, append_images=[second])
    return path


def pillow(path, picture, format_, **options):
    picture.save(path, format_, **options)
    return path


def wrong_checksum(path):
    data = samples.write_png(path, RGB8).read_bytes()
    at = data.index(b"IDAT") + 50
    return written(path, data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])


def twelve_bit_jpeg(path):
    data = bytearray(samples.write_jpeg(path, SMOOTH).read_bytes())
    data[data.index(b"\xff\xc0") + 4] = 12
    return written(path, data)


def v4_profile():
    """sRGB's primaries with a gamma of 1.8, version 4: `para` curves and a `mluc` description by lcms."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    srgb_curve, gamma = profiles.SRGB_CURVE, profiles.para(0, 1.8)
    at = profile.index(b"para")
    assert profile[8] == 4 and profile.count(b"para") == 1 and len(gamma) <= len(srgb_curve)
    return profile[:at] + gamma.ljust(len(srgb_curve), b"\0") + profile[at + len(srgb_curve) :]


def huge_profile():
    icc = profiles.display_p3()
    return struct.pack(">I", 5_000_000) + icc[4:].ljust(4_999_996, b"\0")


def heic(path):
    pillow_heif.from_bytes("RGB", (130, 96), SMOOTH.tobytes()).save(path, quality=-1)
    return path


def avif(path):
    return pillow(path, Image.fromarray(SMOOTH), "AVIF")


def fifo(path):
    os.mkfifo(path)
    return path


def folder(path):
    path.mkdir()
    return path


def float_tiff(value):
    def make(path):
        values = (RGB16 / 65535).astype(np.float32)
        values[5, 7] = value
        return samples.write_tiff(path, values, iccprofile=profiles.display_p3())

    return make


def turned(pixels, orientation):
    return {6: np.rot90(pixels, -1), 3: pixels[::-1, ::-1]}[orientation]


def grey(path, **options):
    return samples.write_tiff(path, RGB16[..., 0], photometric="minisblack", **options)


def cmyk_jpeg(path, **options):
    return pillow(path, Image.fromarray(RGBA16.astype(np.uint8), "CMYK"), "JPEG", **options)


def cmyk_tiff(path, **options):
    return samples.write_tiff(path, RGBA16, photometric="separated", **options)


THREE = np.repeat(RGB16[..., :1], 3, axis=2)

# name: (what makes the file, the pixels that have to come out where that is exact)
FILES = {
    "empty": (lambda p: written(p, b""), None),
    "random bytes": (lambda p: written(p, np.random.default_rng(0).bytes(4000)), None),
    "a web page": (lambda p: written(p, b"<!doctype html>\n<html>" + b" " * 600), None),
    "a folder": (folder, None),
    "a FIFO": (fifo, None),
    "a device": (lambda p: Path("/dev/zero"), None),
    "a PNG named .jpg": (lambda p: samples.write_png(p.with_suffix(".jpg"), RGB8), RGB8),
    "half a JPEG": (lambda p: cut(samples.write_jpeg(p, SMOOTH)), None),
    "half a PNG": (lambda p: cut(samples.write_png(p, RGB8)), None),
    "PNG, wrong checksum": (wrong_checksum, None),
    "PNG, pixels that do not decompress": (
        lambda p: written(
            p,
            b"\x89PNG\r\n\x1a\n" + png_header(9, 9) + samples.chunk(b"IDAT", b"x" * 90) + samples.chunk(b"IEND", b""),
        ),
        None,
    ),
    "half a TIFF": (lambda p: cut(samples.write_tiff(p, RGB8)), None),
    "JPEG, header only": (lambda p: written(p, b"\xff\xd8\xff\xe0\0\x10JFIF\0"), None),
    "PNG, header only": (lambda p: written(p, b"\x89PNG\r\n\x1a\n" + png_header(9, 9)), None),
    "TIFF, header only": (lambda p: written(p, b"II*\0\x08\0\0\0"), None),
    "PNG that claims 50,000 × 50,000": (lambda p: bare_png(p, 50_000, 50_000), None),
    "PNG that claims 20,000 × 20,000": (lambda p: bare_png(p, 20_000, 20_000), None),
    "PNG that claims 2³¹−1 × 2³¹−1": (lambda p: bare_png(p, 2**31 - 1, 2**31 - 1), None),
    "a flat PNG of 3,000 × 3,000": (
        lambda p: written(p, imagecodecs.png_encode(np.full((3000, 3000, 3), 7, np.uint8), 9)),
        np.full((3000, 3000, 3), 7, np.uint8),
    ),
    "TIFF that claims 100,000 × 40,000": (lambda p: patched_tiff(p, width=100_000, height=40_000), None),
    "TIFF that claims 20,000 × 20,000": (lambda p: patched_tiff(p, width=20_000, height=20_000), None),
    "PNG of 0 × 0": (lambda p: bare_png(p, 0, 0), None),
    "TIFF of 0 × 0": (lambda p: patched_tiff(p, width=0, height=0), None),
    "PNG of 1 × 1": (lambda p: samples.write_png(p, RGB16[:1, :1]), RGB16[:1, :1]),
    "TIFF of 1 × 1": (lambda p: samples.write_tiff(p, RGB16[:1, :1]), RGB16[:1, :1]),
    "WebP of 1 × 1": (lambda p: samples.write_webp(p, RGB8[:1, :1]), RGB8[:1, :1]),
    "PNG of 1 × 5,000": (lambda p: samples.write_png(p, samples.ramp(shape=(5000, 1, 3))), None),
    "TIFF of 5,000 × 1": (lambda p: samples.write_tiff(p, samples.ramp(shape=(1, 5000, 3))), None),
    "TIFF, directories in a circle": (lambda p: relinked_tiff(p, lambda first: first), RGB8),
    "TIFF, next directory past the end": (lambda p: relinked_tiff(p, lambda first: 2**31), RGB8),
    "TIFF, first directory past the end": (lambda p: written(p, b"II*\0\xff\xff\xff\x7f" + bytes(50)), None),
    "TIFF of two pages": (pages, RGB8),
    "animated GIF": (lambda p: frames(p, "GIF"), None),
    "animated PNG": (lambda p: frames(p, "PNG"), SMOOTH),
    "animated WebP": (lambda p: frames(p, "WEBP"), None),
    "PNG of 16 bit": (lambda p: samples.write_png(p, RGB16), RGB16),
    "TIFF, planar": (lambda p: samples.write_tiff(p, np.moveaxis(RGB16, -1, 0), planarconfig="separate"), RGB16),
    "TIFF, ZSTD, big-endian BigTIFF": (
        lambda p: samples.write_tiff(p, RGB16, ">", bigtiff=True, compression="zstd"),
        RGB16,
    ),
    "float TIFF with a NaN": (float_tiff(np.nan), None),
    "float TIFF brighter than white": (float_tiff(4), None),
    "float TIFF without a profile": (lambda p: samples.write_tiff(p, RGB16.astype(np.float32)), None),
    "TIFF of 32-bit integers": (lambda p: samples.write_tiff(p, RGB16.astype(np.uint32) * 65537), RGB16),
    "TIFF of 64-bit floats": (lambda p: samples.write_tiff(p, RGB16 / 65535), None),
    "grey TIFF": (grey, THREE),
    "grey PNG with alpha": (lambda p: samples.write_png(p, RGBA16[..., [0, 3]].copy()), THREE),
    "palette PNG with transparency": (
        lambda p: pillow(p, Image.fromarray(SMOOTH).quantize(9), "PNG", transparency=0),
        None,
    ),
    "TIFF of 1 bit": (lambda p: samples.write_tiff(p, RGB8[..., 0] > 99, photometric="minisblack"), None),
    "CMYK JPEG": (lambda p: cmyk_jpeg(p, icc_profile=profiles.press()), None),
    "CMYK JPEG without a profile": (cmyk_jpeg, None),
    "CMYK TIFF of 16 bit": (lambda p: cmyk_tiff(p, iccprofile=profiles.press()), None),
    "Lab TIFF": (lambda p: samples.write_tiff(p, samples.lab_codes(), photometric="cielab"), None),
    "PNG with Orientation 6": (lambda p: samples.rich_png(p, RGB8, 6), turned(RGB8, 6)),
    "TIFF with Orientation 3": (lambda p: samples.rich_tiff(p, RGB8, 3), turned(RGB8, 3)),
    "TIFF with Orientation 99": (
        lambda p: samples.write_tiff(p, RGB8, extratags=[(274, 3, 1, 99, True)]),
        RGB8,
    ),
    "a version 4 profile": (lambda p: samples.write_tiff(p, RGB8, iccprofile=v4_profile()), RGB8),
    "a profile of tables": (lambda p: samples.write_tiff(p, RGB8, iccprofile=profiles.camera()), RGB8),
    "a profile of tables, one way": (lambda p: samples.write_tiff(p, RGB8, iccprofile=profiles.camera(False)), None),
    "a grey profile on a colour photo": (
        lambda p: samples.write_tiff(p, RGB8, iccprofile=imagecodecs.cms_profile("gray", gamma=1.8)),
        RGB8,
    ),
    "half a profile": (lambda p: samples.write_tiff(p, RGB8, iccprofile=profiles.display_p3()[:200]), RGB8),
    "a profile of garbage": (lambda p: samples.write_tiff(p, RGB8, iccprofile=b"garbage " * 60), RGB8),
    "a profile of 5 MB in a JPEG": (
        lambda p: samples.write_jpeg(p, SMOOTH, icc_profile=huge_profile()),
        None,
    ),
    "a profile of 5 MB in a PNG": (
        lambda p: samples.write_png(p, RGB8, (b"iCCP", b"x\0\0" + zlib.compress(huge_profile()))),
        RGB8,
    ),
    "EXIF of 70 kB in a JPEG": (
        lambda p: samples.write_jpeg(
            p,
            SMOOTH,
            ((0xE1, b"Exif\0\0" + EXIF_TOO_BIG[:65000]), (0xE1, b"Exif\0\0" + EXIF_TOO_BIG[65000:])),
        ),
        None,
    ),
    "damaged EXIF in a PNG": (lambda p: samples.write_png(p, RGB8, (b"eXIf", b"broken")), RGB8),
    "damaged EXIF in a JPEG": (lambda p: samples.write_jpeg(p, SMOOTH, ((0xE1, b"Exif\0\0broken"),)), None),
    "PNG text that unpacks to 500 MB": (
        lambda p: samples.write_png(p, RGB8, (b"zTXt", b"Comment\0\0" + bomb()), (b"iTXt", XMP_BOMB + bomb())),
        RGB8,
    ),
    "PNG profile that unpacks to 500 MB": (lambda p: samples.write_png(p, RGB8, (b"iCCP", b"x\0\0" + bomb())), RGB8),
    "progressive JPEG": (lambda p: samples.write_jpeg(p, SMOOTH, progressive=True), None),
    "JPEG without subsampling": (lambda p: samples.write_jpeg(p, SMOOTH, subsampling=0), None),
    "JPEG of 12 bit": (twelve_bit_jpeg, None),
    "JPEG with a gain map": (
        lambda p: written(p, samples.write_jpeg(p, SMOOTH).read_bytes() + b"\xff\xd8\xff\xe1 a gain map"),
        None,
    ),
    "WebP": (lambda p: samples.write_webp(p, RGB8), RGB8),
    "HEIC": (heic, None),
    "AVIF": (avif, None),
    "RAW (DNG)": (make_dng, None),
    "half a HEIC": (lambda p: cut(heic(p)), None),
    "a HEIC that ends in zeros": (lambda p: zero_tail(heic(p)), None),
    "half an AVIF": (lambda p: cut(avif(p)), None),
    "an AVIF that ends in zeros": (lambda p: zero_tail(avif(p)), None),
    "a WebP that ends in zeros": (lambda p: zero_tail(samples.write_webp(p, RGB8, lossless=False)), None),
    "half a RAW (DNG)": (lambda p: cut(make_dng(p)), None),
    "a JPEG with Content Credentials": (
        lambda p: samples.write_jpeg(p, SMOOTH, ((0xEB, b"JP\0\1\0\0\0\1\0\0\0\x10jumbmanifest"),)),
        None,
    ),
    "palette TIFF with alpha": (palette_alpha_tiff, None),
    "TIFF of colours times alpha": (
        lambda p: samples.write_tiff(p, np.minimum(RGBA16, RGBA16[..., 3:]), extrasamples=[1]),
        None,
    ),
    "JPEG 2000": (lambda p: written(p, imagecodecs.jpeg2k_encode(RGB8)), None),
    "JPEG XL": (lambda p: written(p, imagecodecs.jpegxl_encode(RGB8)), None),
}
XMP_BOMB = b"XML:com.adobe.xmp\0\1\0\0\0"


@cache
def bomb():
    """500 MB of zeros, deflated to half a megabyte."""
    packer, piece = zlib.compressobj(9), bytes(5_000_000)
    return b"".join(packer.compress(piece) for _ in range(100)) + packer.flush()
