"""What is no RGB of 8 or 16 bit, brought to it once and for all: inks, floats, profiles without a way back."""

from dataclasses import replace
from typing import Literal

import imagecodecs
import numpy as np

from lutbridge.color.srgb import inverse_eotf_srgb
from lutbridge.image.codes import to_codes
from lutbridge.image.formats.codec import Decoded, RefusedError

FloatEncoding = Literal["srgb", "linear"]
_TO_RGB = "convert it to RGB in the program that made it"
_STRIP_CODES = 1 << 20
_SPACES = {1: "gray", 3: "rgb", 4: "cmyk"}


def from_inks(decoded: Decoded) -> Decoded:
    """A CMYK photo as one in sRGB, without its profile; raises RefusedError where no profile says what its inks are."""
    icc, codes = decoded.container.icc, decoded.codes
    if icc is None:
        raise RefusedError("this is a CMYK photo without a colour profile", _TO_RGB)
    try:
        colours = to_srgb(codes[..., :4], icc)
    except (imagecodecs.CmsError, ValueError) as error:
        raise RefusedError("the colour profile of this CMYK photo is damaged", _TO_RGB) from error
    return replace(
        decoded,
        codes=np.concatenate((colours, codes[..., 4:]), axis=2) if codes.shape[2] > 4 else colours,
        container=replace(decoded.container, icc=None),
        notices=(*decoded.notices, "CMYK photo, written as RGB in sRGB"),
        inks=False,
    )


def from_floats(decoded: Decoded, encoding: FloatEncoding | None) -> Decoded:
    """A floating-point photo as one of 16-bit codes: of its profile, or sRGB where it has none.

    Args:
        encoding: what the numbers are where no profile says so.
    Raises:
        RefusedError: nothing says what the numbers are, or some are none.
    """
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
    if outside:
        share = outside / (values.shape[0] * values.shape[1])
        notices.append(f"{share:.1%} of its pixels are darker than black or brighter than white and are clipped")
    return replace(decoded, codes=codes, notices=tuple(notices))


def to_srgb(codes: np.ndarray, icc: bytes) -> np.ndarray:
    """Through lcms, relative colorimetric with black point compensation, strip by strip.

    Args:
        codes: (H, W, C) uint8 | uint16, any strides; C: 1 grey, 3 RGB, 4 CMYK with 0 for no ink.
        icc: a profile for codes of that kind.
    Returns:
        (H, W, 3) of the same dtype, sRGB-encoded.
    Raises:
        imagecodecs.CmsError: the profile is damaged, or for another kind of codes.
    """
    height, width, channels = codes.shape
    out = np.empty((height, width, 3), codes.dtype)
    srgb, cms = imagecodecs.cms_profile("srgb"), imagecodecs.CMS
    for top in range(0, height, rows := max(1, _STRIP_CODES // (width * channels))):
        strip = np.ascontiguousarray(codes[top : top + rows])
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
