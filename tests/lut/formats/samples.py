"""LUTs and .cube files to test with."""

import numpy as np

from lutbridge.lut.lut3d import Lut3D


def random_lut(M, title="A photo - portrait-v1 fitted LUT", **more):
    return Lut3D(np.random.default_rng(M).random((M, M, M, 3)), title, **more)


def look(M, title="A look", **more):
    """A LUT as photos get it: smooth, channels mixed, within [0, 1]."""
    x = Lut3D.identity(M).lattice
    mixed = x[..., [1, 2, 0]]
    return Lut3D(0.03 + 0.8 * x**0.8 + 0.12 * mixed * x, title, **more)


def shaper(S=1024):
    """(S, 3) a different smooth curve for each channel, from 0 to 1."""
    t = np.linspace(0, 1, S)[:, None]
    share = np.array([0.5, 0.6, 0.7])
    return share * t + (1 - share) * t**2


ROWS = b"".join(b"%d %d %d\n" % (r, g, b) for b in (0, 1) for g in (0, 1) for r in (0, 1))


def cube(head=b"LUT_3D_SIZE 2\n", rows=ROWS):
    """A .cube file, the identity of grid size 2 unless told otherwise."""
    return head + rows
