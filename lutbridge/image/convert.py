"""Converts everything that is not 8- or 16-bit RGB to it: inks, Lab, floats, 32 bit, profiles without an inverse.

Photos converted to sRGB have 16 bits until they are written, and are only then rounded to the file's depth.
"""

from dataclasses import replace
from typing import Literal

import imagecodecs
import numpy as np

from lutbridge.color.codes import to_16_bit, to_codes
from lutbridge.color.icc import D50_XYZ, SRGB_TO_XYZ_D50
from lutbridge.color.lab import EPSILON, KAPPA
from lutbridge.color.srgb import inverse_eotf_srgb
from lutbridge.errors import RefusedError
from lutbridge.image.formats.codec import Decoded

FloatEncoding = Literal["srgb", "linear"]
_TO_RGB = "convert it to RGB in the program that made it"
_STRIP_CODES = 1 << 20
_SPACES = {1: "gray", 3: "rgb", 4: "cmyk"}
_XYZ_D50_TO_SRGB = np.linalg.inv(SRGB_TO_XYZ_D50)


def to_light(decoded: Decoded, encoding: FloatEncoding | None) -> Decoded:
    """A decoded photo of any kind as one of light, uint8 | uint16.

    Args:
        encoding: of floating-point numbers without a profile.
    Raises:
        RefusedError: the encoding is unknown, or a value is not a number.
    """
    if decoded.meaning == "inks":
        return _from_inks(decoded)
    if decoded.meaning == "lab":
        return _from_lab(decoded)
    if decoded.codes.dtype == np.uint32:
        return _from_32_bit(decoded)
    return _from_floats(decoded, encoding) if decoded.codes.dtype.kind == "f" else decoded


def _from_inks(decoded: Decoded) -> Decoded:
    icc, codes = decoded.container.icc, decoded.codes
    if icc is None:
        raise RefusedError("this is a CMYK photo without a colour profile", _TO_RGB)
    try:
        colours = to_srgb(codes[..., :4], icc)
    except (imagecodecs.CmsError, ValueError) as error:
        raise RefusedError("the colour profile of this CMYK photo is damaged", _TO_RGB) from error
    return _in_srgb(decoded, colours, codes[..., 4:], "CMYK photo, written as RGB in sRGB")


def _from_lab(decoded: Decoded) -> Decoded:
    codes = decoded.codes
    colours, outside = np.empty((*codes.shape[:2], 3), np.uint16), 0
    for top in range(0, len(codes), rows := max(1, _STRIP_CODES // codes[0].size)):
        linear = _linear_of_lab(codes[top : top + rows, :, :3])
        outside += int(((linear < -1e-4) | (linear > 1 + 1e-4)).any(-1).sum())
        colours[top : top + rows] = to_codes(inverse_eotf_srgb(linear.clip(0, 1)), np.uint16)
    decoded = _in_srgb(decoded, colours, codes[..., 3:], "Lab photo, written as RGB in sRGB")
    return replace(decoded, notices=(*decoded.notices, *_clipped(outside, colours, "outside sRGB")))


def _in_srgb(decoded: Decoded, colours: np.ndarray, alpha: np.ndarray, notice: str) -> Decoded:
    """The photo with new colours, (H, W, 3) uint16, and the file's depth; alpha (H, W, 0 | 1) as it was decoded."""
    return replace(
        decoded,
        codes=np.concatenate((colours, to_16_bit(alpha)), axis=2) if alpha.shape[2] else colours,
        container=replace(decoded.container, icc=None, bits=decoded.codes.itemsize * 8),
        notices=(*decoded.notices, notice),
        meaning="light",
    )


def _linear_of_lab(codes: np.ndarray) -> np.ndarray:
    """Lab codes (H, W, 3), as `Decoded.meaning` describes them, to linear sRGB, unbounded (CIE 15:2004, Bradford)."""
    top = np.iinfo(codes.dtype).max
    unit = (top + 1) / 256
    y = (codes[..., 0] * np.float32(100 / top) + np.float32(16)) / np.float32(116)
    a, b = ((codes[..., c] / np.float32(unit) - np.float32(128)) for c in (1, 2))
    f = np.stack([y + a / np.float32(500), y, y - b / np.float32(200)], axis=-1)
    xyz = np.where(f > np.cbrt(np.float32(EPSILON)), f**3, (116 * f - 16) / np.float32(KAPPA))
    return xyz @ (_XYZ_D50_TO_SRGB * D50_XYZ).T.astype(np.float32)


def _from_32_bit(decoded: Decoded) -> Decoded:
    """The nearest codes of 16 bit; 32-bit codes that came from 16 bit are multiples of 65537."""
    codes = np.empty(decoded.codes.shape, np.uint16)
    for top in range(0, len(codes), rows := max(1, _STRIP_CODES // codes[0].size)):
        codes[top : top + rows] = np.rint(decoded.codes[top : top + rows] / 65537.0)
    return replace(
        decoded,
        codes=codes,
        notices=(*decoded.notices, "32-bit integer photo, written with 16 bits per channel"),
    )


def _from_floats(decoded: Decoded, encoding: FloatEncoding | None) -> Decoded:
    values = decoded.codes
    if decoded.container.icc is None and encoding is None:
        raise RefusedError(
            "this is a floating-point photo without a colour profile",
            "say what its numbers are with --input-encoding srgb or --input-encoding linear",
        )
    codes, outside = np.empty(values.shape, np.uint16), 0
    for top in range(0, len(values), rows := max(1, _STRIP_CODES // values[0].size)):
        strip = values[top : top + rows].astype(np.float32)
        if not np.isfinite(strip).all():
            raise RefusedError("some of its values are no numbers (NaN or infinite)", "export it again")
        outside += int(((strip < 0) | (strip > 1)).any(-1).sum())
        strip = strip.clip(0, 1)
        if decoded.container.icc is None and encoding == "linear":
            colours = 3 if strip.shape[2] > 2 else 1  # alpha is never encoded
            strip[..., :colours] = inverse_eotf_srgb(strip[..., :colours])
        codes[top : top + rows] = to_codes(strip, np.uint16)
    notices = [*decoded.notices, "floating-point photo, written with 16 bits per channel"]
    notices += _clipped(outside, codes, "darker than black or brighter than white")
    return replace(decoded, codes=codes, notices=tuple(notices))


def _clipped(outside: int, codes: np.ndarray, where: str) -> list[str]:
    """A notice where pixels were clipped."""
    share = outside / (codes.shape[0] * codes.shape[1])
    stated = f"{share:.1%}" if share >= 0.001 else "less than 0.1%"
    return [f"{stated} of its pixels are {where} and are clipped"] if outside else []


def to_srgb(codes: np.ndarray, icc: bytes) -> np.ndarray:
    """Through lcms, relative colorimetric with black point compensation, strip by strip.

    Args:
        codes: (H, W, C) uint8 | uint16, any strides; C: 1 grey, 3 RGB, 4 CMYK with 0 for no ink.
        icc: a profile for codes of that kind.
    Returns:
        (H, W, 3) uint16, sRGB-encoded.
    Raises:
        imagecodecs.CmsError: the profile is damaged, or for another kind of codes.
    """
    height, width, channels = codes.shape
    out = np.empty((height, width, 3), np.uint16)
    srgb, cms = imagecodecs.cms_profile("srgb"), imagecodecs.CMS
    for top in range(0, height, rows := max(1, _STRIP_CODES // (width * channels))):
        strip = np.ascontiguousarray(to_16_bit(codes[top : top + rows]))
        out[top : top + rows] = imagecodecs.cms_transform(
            strip[..., 0] if channels == 1 else strip,
            icc,
            srgb,
            colorspace=_SPACES[channels],
            outcolorspace="rgb",
            intent=cms.INTENT.RELATIVE_COLORIMETRIC,
            flags=cms.FLAGS.BLACKPOINTCOMPENSATION,
        )
    return out
