"""A network whose weights mean something to a reader, and takes of scenes that a test can draw."""

import numpy as np
import pytest
import torch

from lutbridge.group.take import Take
from lutbridge.model.build import build as numpy_build
from lutbridge.model.config import ModelConfig
from lutbridge.model.network import Look
from lutbridge.train.lattice import identity_lattice
from lutbridge.train.networks.build import build
from lutbridge.train.networks.checkpoint import arrays

NEUTRAL = np.array([1, 0, 0, 0, 0], np.float32)


@pytest.fixture(scope="session")
def network():
    """w_pixel is 1 everywhere; the LUTs are the identity, brighter, warmer, greener and more saturated."""
    network = build(ModelConfig(n_luts=5, grid_size=9, context_channels=4, voxel_channels=4, thumbnail_size=32)).eval()
    rgb = identity_lattice(9)
    bump = 4 * rgb * (1 - rgb)
    with torch.no_grad():
        network.local_context.weights.weight.zero_()
        network.luts[1] = bump
        network.luts[2] = bump * torch.tensor([1.0, 0, -1]).view(3, 1, 1, 1)
        network.luts[3] = bump * torch.tensor([0.0, 1, 0]).view(3, 1, 1, 1)
        network.luts[4] = rgb - rgb.mean(0)
    return numpy_build(network.config, arrays(network))


@pytest.fixture(scope="session")
def scene():
    """A picture of overlapping patches of colour, (100, 140, 3) float32 in [0.1, 0.9]: the same for the same seed."""

    def draw(seed, size=(100, 140)):
        random = np.random.default_rng(seed)
        picture = np.ones((*size, 3), np.float32) * random.uniform(0.3, 0.6, 3).astype(np.float32)
        for _ in range(60):
            top, left = random.uniform(-0.1, 0.9, 2) * size
            height, width = random.uniform(0.1, 0.4, 2) * size[0]
            rows, columns = slice(max(0, int(top)), int(top + height)), slice(max(0, int(left)), int(left + width))
            picture[rows, columns] = 0.3 * picture[rows, columns] + 0.7 * random.uniform(0.1, 0.9, 3)
        return picture

    return draw


@pytest.fixture
def take():
    """A take of a picture, with weights that differ from neutral as said."""

    def make(picture, *change, name="take"):
        w_image = NEUTRAL.copy()
        w_image[1 : 1 + len(change)] += change
        return Take(name, picture, Look(w_image))

    return make
