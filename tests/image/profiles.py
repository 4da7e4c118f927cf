"""Colour profiles that the tests make: matrices with every kind of curve, and tables in one or both directions."""

import struct
from functools import cache

import imagecodecs
import numpy as np

from lutbridge.color.icc import SRGB_TO_XYZ_D50
from lutbridge.color.srgb import eotf_srgb, inverse_eotf_srgb

from . import samples

# D50 colorants as the profiles in use hold them.
P3_COLORANTS = (0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)
PROPHOTO_COLORANTS = (0.79767, 0.28804, 0.0), (0.13519, 0.71188, 0.0), (0.03134, 0.00009, 0.82490)
_D50 = np.array([0.9642, 1, 0.8249])


def para(function: int, *parameters: float) -> bytes:
    return b"para\0\0\0\0" + struct.pack(
        f">HH{len(parameters)}i", function, 0, *(round(value * 65536) for value in parameters)
    )


def gamma(exponent: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IHH", 1, round(exponent * 256), 0)


def table(values: np.ndarray) -> bytes:
    """A tabulated curve of values [0, 1]."""
    codes = np.rint(np.asarray(values) * 65535).astype(int)
    return b"curv\0\0\0\0" + struct.pack(f">I{len(codes)}H", len(codes), *codes) + bytes(len(codes) % 2 * 2)


SRGB_CURVE = para(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


def display_p3() -> bytes:
    return samples.matrix_profile(P3_COLORANTS, SRGB_CURVE)


def prophoto() -> bytes:
    return samples.matrix_profile(PROPHOTO_COLORANTS, gamma(1.8))


@cache  # lcms writes the time of day into it
def adobe_rgb() -> bytes:
    return imagecodecs.cms_profile("adobergb")


def tabulated_p3() -> bytes:
    """Display P3 with a curve of 1024 points whose first five are the same zero: codes that no inverse tells apart."""
    return samples.matrix_profile(P3_COLORANTS, table((np.arange(1024) / 1023) ** 2.2))


def camera(both_ways: bool = True) -> bytes:
    """Adobe RGB as tables to and from Lab (lut16Type), as profiles of cameras and printers are made."""
    tags = [(b"desc", b"desc\0\0\0\0" + struct.pack(">I", 7) + b"camera\0" + bytes(78))]
    tags += [(b"wtpt", b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061))]
    device = np.stack(np.meshgrid(*[np.linspace(0, 1, 17)] * 3, indexing="ij"), axis=-1)
    xyz = device**2.2 @ _ADOBE_TO_XYZ.T
    tags.append((b"A2B0", _lut16(_lab_codes(xyz))))
    if both_ways:
        axes = np.linspace(0, 100.390625, 33), *[np.linspace(-128, 127.99609375, 33)] * 2
        rgb = _xyz_of_lab(np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)) @ np.linalg.inv(_ADOBE_TO_XYZ).T
        tags.append((b"B2A0", _lut16(rgb.clip(0, 1) ** (1 / 2.2))))
    return _profile(b"prtr" if both_ways else b"scnr", tags)


_ADOBE_TO_XYZ = np.array([[0.60974, 0.20528, 0.14919], [0.31111, 0.62567, 0.06322], [0.01947, 0.06087, 0.74457]])


def press(black: float = 0.0) -> bytes:
    """CMYK inks that let through what they do not take, (1 − c)(1 − k) of sRGB's red and so on, as a table to Lab.

    `black` is the light that even the darkest print gives back; where there is any, a table from Lab to inks is added,
    as lcms finds a press's black by the way there and back.
    """
    inks = np.stack(np.meshgrid(*[np.linspace(0, 1, 9)] * 4, indexing="ij"), axis=-1)
    light = black + (1 - black) * eotf_srgb(ink_colours(inks))
    tags = [(b"A2B0", _lut16(_lab_codes(light @ SRGB_TO_XYZ_D50.T)))]
    if black:
        axes = np.linspace(0, 100.390625, 33), *[np.linspace(-128, 127.99609375, 33)] * 2
        linear = _xyz_of_lab(np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)) @ np.linalg.inv(SRGB_TO_XYZ_D50).T
        colours = inverse_eotf_srgb(((linear - black) / (1 - black)).clip(0, 1))
        tags.append((b"B2A0", _lut16(np.concatenate([1 - colours, 0 * colours[..., :1]], axis=-1))))
    return _profile(b"prtr", tags, b"CMYK")


def ink_colours(inks: np.ndarray) -> np.ndarray:
    """What `press` says that inks (..., 4), [0, 1], look like: (..., 3) sRGB-encoded."""
    return (1 - inks[..., :3]) * (1 - inks[..., 3:])


def _profile(kind: bytes, tags: list[tuple[bytes, bytes]], space: bytes = b"RGB ") -> bytes:
    directory, data = struct.pack(">I", len(tags)), b""
    for name, content in tags:
        directory += name + struct.pack(">II", 132 + 12 * len(tags) + len(data), len(content))
        data += content + bytes(-len(content) % 4)
    size = 128 + len(directory) + len(data)
    head = struct.pack(">I4xI4s4s4s12x4s28x3i", size, 0x02400000, kind, space, b"Lab ", b"acsp", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + directory + data


def _lut16(grid: np.ndarray) -> bytes:
    """ICC lut16Type with straight curves; grid (M, …, M, outputs) of values [0, 1]."""
    identity = struct.pack(">9i", *(np.eye(3).ravel() * 65536).astype(int))
    sizes = struct.pack(">BBBx", grid.ndim - 1, grid.shape[-1], len(grid))
    head = b"mft2\0\0\0\0" + sizes + identity + struct.pack(">HH", 2, 2)
    ends = struct.pack(">2H", 0, 65535)
    return head + ends * (grid.ndim - 1) + np.rint(grid * 65535).astype(">u2").tobytes() + ends * grid.shape[-1]


def _lab_codes(xyz: np.ndarray) -> np.ndarray:
    """XYZ to Lab as version 2 tables hold it, [0, 1]."""
    ratio = xyz / _D50
    f = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    lab = np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)
    return (lab * [652.8, 256, 256] + [0, 32768, 32768]).clip(0, 65535) / 65535


def _xyz_of_lab(lab: np.ndarray) -> np.ndarray:
    y = (lab[..., 0] + 16) / 116
    f = np.stack([y + lab[..., 1] / 500, y, y - lab[..., 2] / 200], axis=-1)
    return np.where(f > 6 / 29, f**3, (116 * f - 16) * 27 / 24389) * _D50
