"""Between the codes of a photo in its own colour space and the model's space, sRGB-encoded [0, 1].

A photo in a wider gamut is converted to linear sRGB, unbounded. The model sees the part inside [0, 1]; the whole colour
is then moved, in linear light, as far as the model moves that part. So colours inside the gamut get exactly the model's
result, and colours outside keep their distance from the gamut's edge. (This equals adding back a residual, but returns
exactly the same codes if the model changes nothing.)
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache
from typing import Protocol

import imagecodecs
import numpy as np

from lutbridge.color import icc as icc_parts
from lutbridge.color.codes import to_codes, to_float
from lutbridge.color.srgb import eotf_srgb, inverse_eotf_srgb

_TOP = 65535
_WHITE_ROUNDING = 0.002  # largest error of white from rounded colorants; 0.0003 in 34 profiles in use
_AGREEMENT = 0.002  # most difference from lcms in linear light; 0.0003 in the same profiles, nearly all of it white's
_ROUNDING = 1e-3  # in linear light; colorants of profiles are rounded to 16 bit, some twice
_BAND_PIXELS = 2**15  # per thread at once; a few such arrays fit the processor's cache
_INVERSE_STEPS = 2**14  # on a square-root axis; leaves 0.1 of a 16-bit code for a pure gamma next to black


class ColorSpace(Protocol):
    """What the codes of a photo mean."""

    name: str  # for people

    def to_model(self, codes: np.ndarray) -> np.ndarray:
        """Codes (..., 3) uint8 | uint16, any strides, to C-contiguous float32, sRGB-encoded, [0, 1]."""

    def from_model(self, after: np.ndarray, before: np.ndarray, codes: np.ndarray) -> np.ndarray:
        """Codes of a result.

        Args:
            after: (..., 3) float32, sRGB-encoded, the model's result; clamped to [0, 1].
            before: the same shape, what `to_model` made of `codes`.
            codes: the photo's.
        Returns:
            Codes of the same shape and dtype, rounded, clamped to the range of the dtype; `codes` where
            `after` equals `before`.
        """

    def linear_srgb(self, codes: np.ndarray) -> np.ndarray:
        """Codes (..., 3) to linear sRGB, float32, unbounded."""

    def encode(self, linear: np.ndarray) -> np.ndarray:
        """Linear sRGB (..., 3) float32, unbounded, to device values, float32, [0, 1]."""

    def out_of_reach(self, linear: np.ndarray) -> np.ndarray:
        """Which colours `encode` clips: (..., 3) to (...) bool."""


class Srgb:
    """The trivial one: the model's own space."""

    name = "sRGB"

    def __reduce__(self) -> str:
        return "SRGB"  # unpickled as the one instance, as it is compared by identity

    def to_model(self, codes: np.ndarray) -> np.ndarray:
        return to_float(codes)

    def from_model(self, after: np.ndarray, before: np.ndarray, codes: np.ndarray) -> np.ndarray:
        return to_codes(after, codes.dtype)

    def linear_srgb(self, codes: np.ndarray) -> np.ndarray:
        return eotf_srgb(to_float(codes))

    def encode(self, linear: np.ndarray) -> np.ndarray:
        return inverse_eotf_srgb(linear.clip(0, 1))

    def out_of_reach(self, linear: np.ndarray) -> np.ndarray:
        return _outside(linear)


SRGB = Srgb()


class Wide:
    """What all profiles other than sRGB have in common."""

    def linear_srgb(self, codes: np.ndarray) -> np.ndarray:
        raise NotImplementedError

    def to_model(self, codes: np.ndarray) -> np.ndarray:
        return _in_bands(lambda band: inverse_eotf_srgb(self.linear_srgb(band).clip(0, 1)), codes)

    def from_model(self, after: np.ndarray, before: np.ndarray, codes: np.ndarray) -> np.ndarray:
        return _in_bands(self._from_model, after, before, codes)

    def _from_model(self, after: np.ndarray, before: np.ndarray, codes: np.ndarray) -> np.ndarray:
        raise NotImplementedError

    @staticmethod
    def _moved(after: np.ndarray, before: np.ndarray) -> np.ndarray:
        """By how much the model moves each colour, in linear sRGB."""
        return eotf_srgb(after.clip(0, 1)) - eotf_srgb(before)


def _outside(device: np.ndarray) -> np.ndarray:
    """Where linear device values (..., 3) lie outside [0, 1] by more than rounding."""
    return (np.abs(device - 0.5) > 0.5 + _ROUNDING).any(-1)


def reencode(codes: np.ndarray, space: ColorSpace, other: ColorSpace, dtype: np.dtype) -> tuple[np.ndarray, float]:
    """A photo's codes in another colour space or of another depth.

    Args:
        codes: (H, W, 3) uint8 | uint16 of `space`, any strides.
        other: the space of the result; if it is `space`, each code becomes the nearest one of its value.
        dtype: uint8 | uint16, of the result.
    Returns:
        The codes, (H, W, 3), and the share of the pixels, [0, 1], whose colours `other` cannot hold.
    """
    if other is space:
        return _in_bands(lambda band: to_codes(to_float(band), dtype), codes), 0.0
    clipped = []

    def work(band: np.ndarray) -> np.ndarray:
        linear = space.linear_srgb(band)
        clipped.append(np.count_nonzero(other.out_of_reach(linear)))
        return to_codes(other.encode(linear), dtype)

    return _in_bands(work, codes), sum(clipped) / (codes.shape[0] * codes.shape[1])


def _in_bands(work: Callable, *arrays: np.ndarray) -> np.ndarray:
    """What `work` makes of arrays of equal length, band by band, shared among threads; numpy and lcms run at once."""
    length, row_pixels = len(arrays[0]), max(1, int(np.prod(arrays[0].shape[1:-1])))
    rows = max(1, _BAND_PIXELS // row_pixels)
    if length <= rows:
        return work(*arrays)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        tops = range(0, length, rows)
        return np.concatenate(list(pool.map(lambda top: work(*(array[top : top + rows] for array in arrays)), tops)))


class MatrixCurves(Wide):
    """A profile of three curves and a matrix, evaluated exactly: all codes in a table, the way back by interpolation.

    lcms takes thirty times as long, and inverts tabulated curves at 4,096 places.
    """

    def __init__(self, name: str, to_srgb: np.ndarray, curves: np.ndarray):
        """
        Args:
            to_srgb: (3, 3), linear RGB of the profile to linear sRGB.
            curves: (3, 65536) float64, linear light of every 16-bit code, increasing.
        """
        self.name = name
        self._to_srgb, self._from_srgb = to_srgb.astype(np.float32), np.linalg.inv(to_srgb).astype(np.float32)
        self._linear = curves.astype(np.float32)
        codes, at = np.arange(_TOP + 1) / _TOP, np.linspace(0, 1, _INVERSE_STEPS + 1) ** 2
        self._inverse = np.stack([np.interp(at, curve, codes) for curve in curves]).astype(np.float32)
        self._inverse[:, 0] = 0  # what lies below, and not some code of a curve that begins flat
        self._steps = np.diff(self._inverse, append=self._inverse[:, -1:])
        # A curve with a flat part has no exact inverse: the round-trip error of each code.
        self._missed = np.stack([codes - self._encode(c, self._linear[c]) for c in range(3)]).astype(np.float32)

    @classmethod
    def of(cls, icc: bytes, name: str) -> "MatrixCurves":
        """Raises ValueError for a profile of another make."""
        found = icc_parts.tags(icc)
        to_srgb = np.linalg.solve(icc_parts.SRGB_TO_XYZ_D50, icc_parts.colorants(found))
        white = to_srgb.sum(1, keepdims=True)
        if np.abs(white - 1).max() < _WHITE_ROUNDING:
            to_srgb = to_srgb / white
        axis = np.arange(_TOP + 1) / _TOP
        with np.errstate(all="ignore"):  # damaged parameters; the result is checked below
            curves = [icc_parts.sample_curve(found.get(tag, b""), axis) for tag in (b"rTRC", b"gTRC", b"bTRC")]
        curves = np.maximum.accumulate(np.clip(curves, 0, 1), axis=1)
        if not (curves[:, -1] > curves[:, 0]).all() or np.linalg.cond(to_srgb) > 1000:
            raise ValueError("no way back")
        return cls(name, to_srgb, curves)

    def linear_srgb(self, codes: np.ndarray) -> np.ndarray:
        return self._decode(self._linear, codes) @ self._to_srgb.T

    def encode(self, linear: np.ndarray) -> np.ndarray:
        device = linear @ self._from_srgb.T
        return np.stack([self._encode(c, device[..., c]) for c in range(3)], axis=-1)

    def out_of_reach(self, linear: np.ndarray) -> np.ndarray:
        return _outside(linear @ self._from_srgb.T)

    def _from_model(self, after: np.ndarray, before: np.ndarray, codes: np.ndarray) -> np.ndarray:
        linear = self._decode(self._linear, codes) + self._moved(after, before) @ self._from_srgb.T
        values = self._decode(self._missed, codes)
        for c in range(3):
            values[..., c] += self._encode(c, linear[..., c])
        return to_codes(values, codes.dtype)

    def _decode(self, tables: np.ndarray, codes: np.ndarray) -> np.ndarray:
        """Looks every channel of codes (..., 3) up in its table of 65536."""
        tables = tables[:, :: _TOP // np.iinfo(codes.dtype).max]
        return np.stack([table.take(codes[..., c]) for c, table in enumerate(np.ascontiguousarray(tables))], axis=-1)

    def _encode(self, channel: int, linear: np.ndarray) -> np.ndarray:
        """Linear light to device values [0, 1]."""
        at = np.sqrt(linear.clip(0, 1), dtype=np.float32)
        at *= _INVERSE_STEPS
        index = at.astype(np.int32)
        at -= index
        at *= self._steps[channel].take(index)
        at += self._inverse[channel].take(index)
        return at


class Lcms(Wide):
    """Any other profile that works in both directions, through lcms in unbounded float: exact, and slow."""

    _linear_srgb = icc_parts.matrix_profile("linear sRGB", icc_parts.SRGB_TO_XYZ_D50, icc_parts.IDENTITY_CURVE)

    def __init__(self, icc: bytes, name: str):
        self.name, self._icc = name, icc

    def linear_srgb(self, codes: np.ndarray) -> np.ndarray:
        return self.linear_of(to_float(codes))

    def linear_of(self, device: np.ndarray) -> np.ndarray:
        """Device values (..., 3) float32, [0, 1], to linear sRGB, float32, unbounded."""
        return _transform(device, self._icc, self._linear_srgb)

    def _from_model(self, after: np.ndarray, before: np.ndarray, codes: np.ndarray) -> np.ndarray:
        linear = self.linear_srgb(codes)
        # Tables in both directions do not cancel, so the round-trip error of the photo itself is subtracted.
        values = to_float(codes) + (self.encode(linear + self._moved(after, before)) - self.encode(linear))
        return to_codes(values, codes.dtype)

    def encode(self, linear: np.ndarray) -> np.ndarray:
        return _transform(linear, self._linear_srgb, self._icc).clip(0, 1)

    def out_of_reach(self, linear: np.ndarray) -> np.ndarray:
        return np.zeros(linear.shape[:-1], bool)  # tables map every colour to one of theirs


def _transform(values: np.ndarray, icc: bytes, out_icc: bytes) -> np.ndarray:
    """RGB (..., 3) float32 from one profile to another, relative colorimetric; raises imagecodecs.CmsError."""
    intent = imagecodecs.CMS.INTENT.RELATIVE_COLORIMETRIC
    flat = np.ascontiguousarray(values).reshape(1, -1, 3)
    out = imagecodecs.cms_transform(flat, icc, out_icc, colorspace="rgb", outcolorspace="rgb", intent=intent)
    return out.reshape(values.shape)


@cache
def adobe_rgb() -> ColorSpace:
    """Adobe RGB (1998)."""
    return space_of(icc_parts.adobe_rgb(), "Adobe RGB")


@lru_cache(maxsize=8)
def space_of(icc: bytes, name: str) -> ColorSpace | None:
    """The colour space of an RGB profile that lcms reads; None if the profile has no way back from sRGB."""
    general = Lcms(icc, name)
    axis = np.linspace(0, 255, 6).astype(np.uint8)
    colours = np.stack(np.meshgrid(axis, axis, axis), axis=-1)
    try:
        exact = MatrixCurves.of(icc, name)
        if np.abs(exact.linear_srgb(colours) - general.linear_srgb(colours)).max() < _AGREEMENT:
            return exact
    except ValueError:
        pass  # made of tables, or damaged where lcms does not look
    try:
        there = general.linear_srgb(colours)
        back = general.encode(there)
    except imagecodecs.CmsError:
        return None
    if not (np.isfinite(there).all() and np.isfinite(back).all()):
        return None
    return _in_lattices(general)


def _in_lattices(general: Lcms) -> ColorSpace:
    from lutbridge.color.tables import Tables  # which imports from this module

    try:
        return Tables(general)
    except (ValueError, imagecodecs.CmsError):
        return general
