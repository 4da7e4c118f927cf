"""Embedded ICC profiles: their name, and whether they are sRGB."""

from functools import lru_cache
from typing import Literal

import imagecodecs
import numpy as np

from lutbridge.color import icc as icc_parts

Kind = Literal["srgb", "other", "damaged"]
_SPACES = {b"RGB ": "rgb", b"GRAY": "gray"}


@lru_cache(maxsize=32)
def kind_of(icc: bytes) -> Kind:
    """Judges a profile by its effect on colours, not by its name.

    "srgb": no colour of a grid, rounded to 8 bit, moves by more than one code on the way to lcms's own sRGB (relative
    colorimetric); the colorants of profiles in use, each rounded in its own way, make up to 1.4 codes near black.
    "damaged": lcms cannot use it for RGB or grey codes. "other": it works and is not sRGB.
    """
    space = _SPACES.get(icc[16:20])
    if icc[36:40] != b"acsp" or space is None:
        return "damaged"
    axis = np.linspace(0, 255, 52 if space == "gray" else 18).astype(np.uint16) * 257
    if space == "rgb":
        colours = np.stack(np.meshgrid(axis, axis, axis), axis=-1).reshape(1, -1, 3)
        expected = colours
    else:
        colours = axis.reshape(1, -1)
        expected = np.repeat(colours[..., None], 3, axis=-1)
    srgb, intent = imagecodecs.cms_profile("srgb"), imagecodecs.CMS.INTENT.RELATIVE_COLORIMETRIC
    try:
        seen = imagecodecs.cms_transform(colours, icc, srgb, colorspace=space, outcolorspace="rgb", intent=intent)
    except (imagecodecs.CmsError, ValueError):
        return "damaged"
    moved = np.rint(seen / 257) - expected / 257
    return "srgb" if np.abs(moved).max() <= 1 else "other"


def is_grey(icc: bytes) -> bool:
    """Whether the profile describes grey codes."""
    return icc[16:20] == b"GRAY"


def name_of(icc: bytes) -> str:
    """The profile's own description, at most 80 characters; "" if it has none that can be read."""
    return _description(icc_parts.tags(icc).get(b"desc", b""))


def as_rgb(icc: bytes) -> bytes | None:
    """An RGB profile with sRGB's primaries and a grey profile's own curve, so that grey codes do not change.

    None if the curve does not lead to linear light.
    """
    curve = icc_parts.tags(icc).get(b"kTRC")
    if curve is None or icc[20:24] != b"XYZ ":
        return None
    name = name_of(icc).encode("ascii", "replace").decode()
    return icc_parts.matrix_profile(f"{name or 'Grey'} as RGB", icc_parts.SRGB_TO_XYZ_D50, curve)


def _description(tag: bytes) -> str:
    """Text of a `desc` tag: ASCII in version 2 (textDescriptionType), UTF-16 in version 4 (multiLocalizedUnicode)."""
    if tag[:4] == b"mluc":
        length, offset = (int.from_bytes(tag[k : k + 4], "big") for k in (20, 24))
        text = tag[offset : offset + length].decode("utf-16-be", "replace")
    else:
        text = tag[12:].split(b"\0")[0].decode("ascii", "replace")
    return "".join(character for character in text if character.isprintable())[:80]
