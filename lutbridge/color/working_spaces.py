"""Colour spaces that a LUT may be made for: log spaces of cameras, ACES, displays; from OpenColorIO's built-in config.

A name is one of `SHORT`, or any name or alias in that config. Conversions are between linear light and the space's
encoding; no tone mapping is applied.
"""

from collections.abc import Callable
from functools import cache

import numpy as np

from lutbridge.color.srgb import eotf_srgb
from lutbridge.errors import UsageError
from lutbridge.lut.lut3d import BAKED_GRID, Lut3D

CONFIG = "studio-config-v2.1.0_aces-v1.3_ocio-v2.3"  # a fixed one, so that the same command gives the same colours
_LINEAR_SRGB = "Linear Rec.709 (sRGB)"
SHORT = {
    "srgb": "sRGB - Texture",
    "linear": _LINEAR_SRGB,
    "rec709": "Gamma 2.4 Rec.709 - Texture",
    "camera-rec709": "Camera Rec.709",
    "rec2020-linear": "Linear Rec.2020",
    "p3": "sRGB Encoded P3-D65 - Texture",
    "p3-linear": "Linear P3-D65",
    "aces": "ACES2065-1",
    "acescg": "ACEScg",
    "acescc": "ACEScc",
    "acescct": "ACEScct",
    "logc3": "ARRI LogC3 (EI800)",
    "logc4": "ARRI LogC4",
    "slog3": "S-Log3 S-Gamut3",
    "slog3-cine": "S-Log3 S-Gamut3.Cine",
    "vlog": "V-Log V-Gamut",
    "clog2": "CanonLog2 CinemaGamut D55",
    "clog3": "CanonLog3 CinemaGamut D55",
    "log3g10": "Log3G10 REDWideGamutRGB",
    "bmdfilm5": "BMDFilm WideGamut Gen5",
    "davinci": "DaVinci Intermediate WideGamut",
}
# What the config has none of, by primaries and curve.
OWN = {
    "prophoto": ("ProPhoto RGB", "gamma 1.8"),
    "adobergb": ("Adobe RGB", "gamma 2.2"),
    "rec2020": ("Rec. 2020", "the Rec. 2020 curve"),
}
NAMES = tuple(sorted([*SHORT, *OWN]))
_D50, _D65 = (0.3457, 0.3585), (0.3127, 0.3290)  # ISO 22028-2; IEC 61966-2-1
PRIMARIES = {  # red, green, blue, white: CIE x, y
    "sRGB": ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06), _D65),
    "Adobe RGB": ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06), _D65),  # Adobe RGB (1998), 4.3.1
    "ProPhoto RGB": ((0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001), _D50),  # ISO 22028-2
    "Display P3": ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), _D65),
    "Rec. 2020": ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), _D65),  # ITU-R BT.2020
}
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


def _power(gamma):
    def encode(light):
        return np.sign(light) * np.abs(light) ** (1 / gamma)

    def decode(values):
        return np.sign(values) * np.abs(values) ** gamma

    return encode, decode


def _with_line(gamma, slope, offset, end):
    """A power with a straight piece below `end` (in light), the same beyond black."""

    def encode(light):
        size = np.abs(light)
        return np.sign(light) * np.where(size < end, slope * size, (1 + offset) * size ** (1 / gamma) - offset)

    def decode(values):
        size = np.abs(values)
        return np.sign(values) * np.where(size < slope * end, size / slope, ((size + offset) / (1 + offset)) ** gamma)

    return encode, decode


CURVES = {
    "linear light": _power(1.0),
    "the sRGB curve": _with_line(2.4, 12.92, 0.055, 0.0031308),
    "gamma 1.8": _with_line(1.8, 16.0, 0.0, 1 / 512),
    "gamma 2.2": _power(563 / 256),
    "the Rec. 2020 curve": _with_line(1 / 0.45, 4.5, 0.09929682680944, 0.018053968510807),
}


class WorkingSpace:
    """One space: from linear sRGB to its encoding and back. Linear sRGB is unbounded.

    >>> space = working_space("acescct")
    >>> grey = space.encode(np.array([[0.18, 0.18, 0.18]], np.float32))
    >>> [round(float(value), 3) for value in grey[0]]
    [0.414, 0.414, 0.414]
    >>> [round(float(value), 4) for value in space.decode(grey)[0]]
    [0.18, 0.18, 0.18]
    """

    def __init__(self, name: str, encode: Callable, decode: Callable):
        self.name, self._encode, self._decode = name, encode, decode

    def encode(self, linear: np.ndarray) -> np.ndarray:
        """Linear sRGB (..., 3) to the space's own values, float32, unbounded."""
        return self._encode(np.array(linear, np.float32, order="C"))

    def decode(self, values: np.ndarray) -> np.ndarray:
        """The space's own values (..., 3) to linear sRGB, float32, unbounded."""
        return self._decode(np.array(values, np.float32, order="C"))


@cache
def working_space(name: str) -> WorkingSpace:
    """The space of this name.

    Raises:
        UsageError: there is none.
    """
    own = name.strip().lower()
    if own in OWN:
        return rgb_space(*OWN[own])
    config = _config()
    found = config.getColorSpace(SHORT.get(own, name))
    if found is None or found.isData():
        known = ", ".join(NAMES)
        raise UsageError(f"there is no colour space {name!r}; there are {known}, and OpenColorIO's own names")
    there = _processor(config, _LINEAR_SRGB, found.getName())
    back = _processor(config, found.getName(), _LINEAR_SRGB)
    return WorkingSpace(found.getName(), there, back)


@cache
def _config():
    import PyOpenColorIO as ocio  # noqa: N813

    return ocio.Config.CreateFromBuiltinConfig(CONFIG)


def _processor(config, source, target):
    processor = config.getProcessor(source, target).getDefaultCPUProcessor()

    def convert(values):
        processor.applyRGB(values)
        return values

    return convert


@cache
def rgb_space(primaries: str, curve: str) -> WorkingSpace:
    """The space of a key of PRIMARIES and a key of CURVES; its white is adapted to sRGB's by Bradford's matrix."""
    to_srgb = np.linalg.solve(_to_xyz("sRGB"), _to_xyz(primaries))
    from_srgb = np.linalg.inv(to_srgb)
    encode, decode = CURVES[curve]
    return WorkingSpace(
        f"{primaries} with {curve}",
        lambda linear: encode(linear @ from_srgb.T).astype(np.float32),
        lambda values: (decode(values.astype(np.float64)) @ to_srgb.T).astype(np.float32),
    )


def _to_xyz(name):
    """(3, 3): linear RGB to XYZ, adapted to D65."""
    *colorants, white = (np.array([x / y, 1, (1 - x - y) / y]) for x, y in PRIMARIES[name])
    matrix = np.array(colorants).T
    matrix = matrix * np.linalg.solve(matrix, white)
    x, y = _D65
    scale = (_BRADFORD @ [x / y, 1, (1 - x - y) / y]) / (_BRADFORD @ white)
    return np.linalg.solve(_BRADFORD, scale[:, None] * (_BRADFORD @ matrix))


def in_srgb(lut: Lut3D, before: WorkingSpace, after: WorkingSpace, interpolation: str = "tetrahedral") -> Callable:
    """The LUT as a map of linear sRGB, unbounded, (..., 3) to the same.

    Args:
        before, after: what its inputs and its outputs are.
    """

    def apply(linear: np.ndarray) -> np.ndarray:
        return after.decode(lut.apply(before.encode(linear), interpolation))

    return apply


def baked_in_srgb(lut: Lut3D, space: WorkingSpace) -> Lut3D:
    """A LUT that does in sRGB what this one does in its space; its grid is 65 at least, its range unbounded."""
    M = max(lut.grid_size, BAKED_GRID)
    linear = in_srgb(lut, space, space)(eotf_srgb(Lut3D.identity(M).lattice))
    encode, _ = CURVES["the sRGB curve"]
    return Lut3D(encode(linear.astype(np.float64)), lut.title)
