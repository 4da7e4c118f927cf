"""Inverses beside OpenColorIO's exact inverse of a 3D LUT."""

import numpy as np
import PyOpenColorIO as ocio  # noqa: N813
import pytest

from lutbridge.lut.inversion import invert
from lutbridge.lut.lut3d import Lut3D


def by_ocio(lut, points):
    transform = ocio.Lut3DTransform(gridSize=lut.grid_size)
    transform.setInterpolation(ocio.INTERP_TETRAHEDRAL)
    transform.setData(lut.lattice.ravel())
    transform.setDirection(ocio.TRANSFORM_DIR_INVERSE)
    processor = ocio.Config.CreateRaw().getProcessor(transform)
    result = points.copy()
    processor.getOptimizedCPUProcessor(ocio.OPTIMIZATION_NONE).applyRGB(result)
    return result


@pytest.mark.parametrize("M", [17, 33])
def test_the_same_preimages_and_nearer_ones_where_there_are_none(M):
    mix = np.array([[0.8, 0.1, 0.05], [0.05, 0.85, 0.05], [0.1, 0.05, 0.8]])
    lut = Lut3D(0.03 + 0.9 * Lut3D.identity(M).lattice ** [1.2, 1.0, 0.85] @ mix)
    points = Lut3D.identity(M).lattice.reshape(-1, 3).copy()
    ours, theirs = invert(lut).lut.lattice.reshape(-1, 3), by_ocio(lut, points)
    missed, they_missed = (np.sqrt(((lut.apply(places) - points) ** 2).sum(1)) for places in (ours, theirs))
    reached = missed < 1e-4
    assert 0.2 < reached.mean() < 0.8
    assert np.abs(ours - theirs)[reached].max() < 1e-3
    assert (missed <= they_missed + 1e-4).all() and missed[~reached].mean() < 0.95 * they_missed[~reached].mean()
