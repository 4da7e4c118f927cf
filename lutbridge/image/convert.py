"""Codes of a kind that nothing leads back to, brought to sRGB codes once and for all."""

from dataclasses import replace

import imagecodecs
import numpy as np

from lutbridge.image.formats.codec import Decoded, RefusedError

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
