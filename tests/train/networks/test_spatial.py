"""Weights found from the whole photo, rows by rows."""

import pytest
import torch
import torch.nn.functional as F

from lutbridge.train.networks.released import ReleasedContext
from lutbridge.train.networks.spatial import rows_of
from lutbridge.train.networks.unet import UNetWeights
from lutbridge.train.networks.wide import WideContext

MODULES = {"unet": UNetWeights, "wide": WideContext, "released": lambda N: ReleasedContext(N, scrambled=True)}


def draw(*shape, seed=0):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("height", [7, 32, 100])
def test_rows_of_a_map_are_those_of_the_whole(height):
    maps = draw(2, 3, 16, 12)
    whole = F.interpolate(maps, (height, 50), mode="bilinear")
    assert torch.allclose(rows_of(maps, 0, height, height, 50), whole, atol=1e-6)
    parts = [rows_of(maps, top, min(5, height - top), height, 50) for top in range(0, height, 5)]
    assert torch.equal(torch.cat(parts, 2), rows_of(maps, 0, height, height, 50)), "to the bit"


@pytest.mark.parametrize("kind", MODULES)
@pytest.mark.parametrize("size", [(90, 70), (300, 203)])
def test_rows_by_rows_is_the_whole(kind, size):
    torch.manual_seed(0)
    module, thumbnail, rgb = MODULES[kind](2), draw(1, 3, 32, 32), draw(1, 3, *size, seed=1)
    strips = rgb.split(37, 2)
    with torch.inference_mode():
        whole, _ = module(thumbnail, rgb)
        seen = module.look(thumbnail, torch.cat([module.summarise(strip) for strip in strips], 2))
        parts = [module.weigh(seen, strip, 37 * i, size[0]) for i, strip in enumerate(strips)]
    assert torch.equal(torch.cat(parts, 2), whole)


@pytest.mark.parametrize("kind", ["unet", "wide"])
def test_without_context_is_the_mean_over_the_photo(kind):
    torch.manual_seed(0)
    module, thumbnail, rgb = MODULES[kind](2), draw(1, 3, 32, 32), draw(1, 3, 60, 40, seed=1)
    mean = module(thumbnail, rgb)[0].mean((2, 3), keepdim=True)
    assert torch.allclose(module.alone(thumbnail, rgb), mean.expand(1, 2, 60, 40), atol=1e-6)
