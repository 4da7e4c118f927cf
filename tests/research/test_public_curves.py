"""AdaInt and SepLUT render as their public definition says, and what is not theirs is refused in a sentence."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch

from lutbridge.errors import ReadError
from lutbridge.research.public_curves import from_public_curves
from lutbridge.train.inference import retouch_whole
from lutbridge.train.networks import checkpoint

from . import public_files

KINDS = [("AdaInt", "resnet18"), ("AdaInt", 16), ("SepLUT", "resnet18"), ("SepLUT", 8), ("SepLUT", 6)]
PATH = Path("model.pth")


def photo(top):
    y, x = np.mgrid[0:90, 0:130]
    waves = [np.sin(x / 17 + c) * np.cos(y / 13 - c) + 0.4 * np.sin(x * (1.3 + c)) for c in range(3)]
    rgb = np.clip(np.stack(waves, -1) * 0.5 + 0.5, 0, 1)
    return np.rint(rgb * top).astype(np.uint8 if top == 255 else np.uint16)


@pytest.mark.parametrize("name, backbone", KINDS)
@pytest.mark.parametrize("top", [255, 65535])
def test_a_render_is_the_public_codes_on_every_pixel(tmp_path, name, backbone, top):
    state = public_files.curves_checkpoint(name, backbone)
    network, config = from_public_curves(name, dict(state), PATH)
    pixels = photo(top)
    expected = public_files.curves_reference(name, state, pixels).clip(0, 1)
    assert 0.02 < np.abs(expected - pixels / top).mean() < 0.4, "it does something"
    rendered = retouch_whole(network, pixels)
    assert np.abs(rendered - np.rint(expected * top)).max() <= (1 if top == 255 else 2)

    (tmp_path / "it.safetensors").write_bytes(checkpoint.to_bytes(checkpoint.Checkpoint(network, config, {})))
    again = checkpoint.read(tmp_path / "it.safetensors").network
    assert np.array_equal(retouch_whole(again, pixels), rendered)


def change(name, **tensors):
    state = public_files.curves_checkpoint(name, 8 if name == "SepLUT" else 16)
    for key, value in tensors.items():
        state[key] = value
    return {key: value for key, value in state.items() if value is not None}


FAULTS = {
    "a bias is missing": (
        "AdaInt",
        {"backbone.2.0.bias": None},
        "backbone.2.0.bias is missing; expected a model of AdaInt",
    ),
    "no backbone": ("AdaInt", {"backbone.0.0.weight": None}, "backbone.0.0.weight is missing"),
    "one more layer": (
        "SepLUT",
        {"extra.weight": torch.zeros(3)},
        "extra.weight is unknown; expected a model of SepLUT",
    ),
    "another width": (
        "SepLUT",
        {"backbone.1.0.weight": torch.zeros(16, 9, 3, 3)},
        "backbone.1.0.weight is 16 × 9 × 3 × 3",
    ),
    "no cube": (
        "AdaInt",
        {"lut_generator.basis_luts_bank.weight": torch.zeros(100, 3)},
        "is 100 × 3, and not 3 M³ × N",
    ),
    "a single number": (
        "SepLUT",
        {"backbone.0.0.weight": torch.tensor(1.0)},
        "is a single number, and does not have 4",
    ),
    "one curve for all": (
        "AdaInt",
        {"adaint.intervals_generator.weight": torch.zeros(16, 512)},
        "adaint.intervals_generator.weight gives 16 numbers, and not 48",
    ),
    "an odd number of points": (
        "SepLUT",
        {"lut1d_generator.lut1d_generator.weight": torch.zeros(33, 256)},
        "gives 33 numbers, and not 27 or 51 or 99",
    ),
    "too few weights": (
        "SepLUT",
        {"lut3d_generator.weights_generator.bias": torch.zeros(2)},
        "lut3d_generator.weights_generator.bias is 2, and not 3",
    ),
    "not finite": (
        "AdaInt",
        {"backbone.0.0.bias": torch.full((16,), torch.nan)},
        "backbone.0.0.bias holds values that are not finite",
    ),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_is_told_in_a_sentence(kind):
    name, tensors, message = FAULTS[kind]
    with pytest.raises(ReadError, match=re.escape(message)) as error:
        from_public_curves(name, change(name, **tensors), PATH)
    assert "\n" not in str(error.value)
