"""CLUT-Net renders as its public definition says, and what is not it is refused in a sentence."""

import re
from pathlib import Path

import pytest
import torch

from lutbridge.errors import ReadError
from lutbridge.research.public_clut import from_public_clut

from . import public_files

PATH = Path("model.pth")


def test_the_config_says_what_the_public_code_does():
    network, config = from_public_clut(public_files.clut_checkpoint(N=6, M=9), PATH)
    assert (config.n_luts, config.grid_size, config.predictor, config.thumbnail_size) == (7, 9, "clut", 256)
    assert (config.thumbnail, config.pixel_weights, config.interpolation) == ("bilinear", "none", "trilinear")
    weights = network.predictor(torch.rand(2, 3, 256, 256))
    assert torch.equal(weights[:, 0], torch.ones(2)), "the photo itself, to which the rest is added"


FAULTS = {
    "only one matrix": ({"CLUTs.w_Layers": None}, "CLUTs.w_Layers is missing; expected a CLUT-Net with both matrices"),
    "a norm is missing": ({"backbone.model.2.bias": None}, "backbone.model.2.bias is missing"),
    "one more layer": ({"backbone.model.15.weight": torch.zeros(1)}, "backbone.model.15.weight is unknown"),
    "another width": ({"classifier.0.weight": torch.zeros(64, 128, 1, 1)}, "is 64 × 128 × 1 × 1, and not 128"),
    "weights of another number": ({"classifier.3.bias": torch.zeros(5)}, "classifier.3.bias is 5, and not 6"),
    "matrices that do not fit": ({"CLUTs.w_Layers": torch.zeros(10, 80)}, "CLUTs.w_Layers is 10 × 80, and not 10 × 81"),
    "not finite": ({"CLUTs.LUTs": torch.full((90, 10), torch.inf)}, "CLUTs.LUTs holds values that are not finite"),
    "a single number": ({"CLUTs.s_Layers": torch.tensor(1.0)}, "is a single number, and does not have 2"),
    "too many": ({"classifier.3.weight": torch.zeros(70, 128, 1, 1)}, "holds 70 basis LUTs of grid 9; at most 63"),
}  # fmt: skip


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_is_told_in_a_sentence(kind):
    changed, message = FAULTS[kind]
    state = {name: value for name, value in (public_files.clut_checkpoint() | changed).items() if value is not None}
    with pytest.raises(ReadError, match=re.escape(message)) as error:
        from_public_clut(state, PATH)
    assert "\n" not in str(error.value)
