"""Colour spaces of table-based profiles, from lattices sampled with lcms, in a fraction of its time.

The tables of such profiles lead to and from CIELAB, and are linear between their points. So are the lattices, which
also hold CIELAB and include the tables' points; the steps between Lab and light are computed. A photo keeps its codes
where the model changes nothing, so the remaining error scales with the model's edit.
"""

import numpy as np

from lutbridge.color.codes import to_codes, to_float
from lutbridge.color.gamut import Lcms, Wide
from lutbridge.color.icc import D50_XYZ, SRGB_TO_XYZ_D50
from lutbridge.color.lab import EPSILON, KAPPA

_POINTS = 65  # lattice points an axis; the tables of profiles have 9, 17 or 33
# L*, a*, b* at the ends of the 16-bit Lab of version 2 profiles (ICC.1:2001-04, annex A).
_LOW, _HIGH = np.float32([0, -128, -128]), np.float32([100 + 25 / 64, 127 + 255 / 256, 127 + 255 / 256])
_TRIED = 20_000  # colours that the lattices are tried on
_MOST_ERROR, _MEAN_ERROR = 0.01, 0.0005  # of either way on them, as a share of the range of codes
_TO_F = (SRGB_TO_XYZ_D50 / D50_XYZ[:, None]).T.astype(np.float32)  # linear sRGB to XYZ over white
_FROM_F = np.linalg.inv(_TO_F).astype(np.float32)


class Tables(Wide):
    """A profile of tables, from lattices.

    Args:
        general: the same by lcms.
    Raises:
        ValueError: the profile bends more than lattices can follow.
    """

    def __init__(self, general: Lcms):
        from lutbridge.lut.lookup import look_up, pad  # here, because Numba takes half a second to import

        self.name, self._look_up = general.name, look_up
        axis = np.linspace(0, 1, _POINTS, dtype=np.float32)
        cube = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1)
        self._to_lab = pad(_lab(general.linear_of(cube)))
        self._from_lab = pad(general.encode(_linear(_LOW + cube * (_HIGH - _LOW))))
        self._check(general)

    def _check(self, general: Lcms) -> None:
        device = np.random.default_rng(0).random((1, _TRIED, 3), np.float32)
        device[0, : _TRIED // 4] = device[0, : _TRIED // 4, :1]  # greys, as far as the profile has them
        linear = general.linear_of(device)
        exact, ours = (general.encode(light) for light in (linear, self._linear_of(device)))
        for error in (np.abs(exact - ours), np.abs(self.encode(linear) - exact)):
            if not (error.max() < _MOST_ERROR and error.mean() < _MEAN_ERROR):
                raise ValueError(f"lattices miss this profile by up to {error.max():.3f}")

    def linear_srgb(self, codes: np.ndarray) -> np.ndarray:
        return self._linear_of(to_float(codes))

    def encode(self, linear: np.ndarray) -> np.ndarray:
        return self._device_of(_lab(linear))

    def out_of_reach(self, linear: np.ndarray) -> np.ndarray:
        return np.zeros(linear.shape[:-1], bool)  # tables map every colour to one of theirs

    def _from_model(self, after: np.ndarray, before: np.ndarray, codes: np.ndarray) -> np.ndarray:
        device = to_float(codes)
        lab = self._look_up(self._to_lab, _POINTS, device)[0]
        moved = _lab(_linear(lab) + self._moved(after, before))
        return to_codes(device + (self._device_of(moved) - self._device_of(lab)), codes.dtype)

    def _linear_of(self, device: np.ndarray) -> np.ndarray:
        return _linear(self._look_up(self._to_lab, _POINTS, device)[0])

    def _device_of(self, lab: np.ndarray) -> np.ndarray:
        # lcms too looks Lab up trilinearly, and device values tetrahedrally.
        return self._look_up(self._from_lab, _POINTS, (lab - _LOW) / (_HIGH - _LOW), "trilinear")[0]


def _lab(linear: np.ndarray) -> np.ndarray:
    """Linear sRGB (..., 3) float32, unbounded, to CIELAB of D50 (CIE 15:2004)."""
    t = linear @ _TO_F
    f = np.where(t > EPSILON, np.cbrt(t), t * np.float32(KAPPA / 116) + np.float32(16 / 116))
    x, y, z = f[..., 0], f[..., 1], f[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def _linear(lab: np.ndarray) -> np.ndarray:
    """The inverse of `_lab`."""
    y = (lab[..., 0] + 16) / 116
    f = np.stack([y + lab[..., 1] / 500, y, y - lab[..., 2] / 200], axis=-1)
    return np.where(f > np.float32(6 / 29), f * f * f, (f - np.float32(16 / 116)) * np.float32(116 / KAPPA)) @ _FROM_F
