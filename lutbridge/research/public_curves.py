"""AdaInt and SepLUT (Yang et al., both 2022) in their public layout, as networks of ours.

Each is one PyTorch file. `…weights_generator` gives the weights of the basis LUTs, which are the columns of
`…basis_luts_bank.weight`, indexed [channel, blue, green, red]; one more linear layer gives the curves. All look at
`backbone`: torchvision's ResNet-18 without its last layer, or Zeng's CNN with its 8 × 8 places averaged to 2 × 2.
"""

from dataclasses import dataclass
from pathlib import Path

import torch

from lutbridge.errors import ReadError
from lutbridge.model.config import CurvesConfig
from lutbridge.research.public_models import COUNTER, refuse_odd_values, refuse_other_shape
from lutbridge.train.networks.build import build
from lutbridge.train.networks.curves import CurvesLUT

CURVE_POINTS = (9, 17, 33)  # of SepLUT, as published; the file does not say how many curves its numbers are


@dataclass(frozen=True)
class _Layout:
    """Names in a file: of the layers for LUTs and curves, and of buffers that play no part."""

    lut: str
    curve: str
    curves: str
    unused: tuple[str, ...] = ()

    @property
    def hint(self) -> str:
        return f"expected a model of {'AdaInt' if self.curves == 'intervals' else 'SepLUT'}"


LAYOUTS = {
    "AdaInt": _Layout("lut_generator.", "adaint.intervals_generator.", "intervals", ("cnt_iters",)),
    "SepLUT": _Layout("lut3d_generator.", "lut1d_generator.lut1d_generator.", "values"),
}


def from_public_curves(name: str, tensors: dict[str, torch.Tensor], path: Path) -> tuple[CurvesLUT, CurvesConfig]:
    """A network that renders as the public code would, in eval mode.

    Args:
        name: of `LAYOUTS`.
        tensors: what `unpickle.read_tensors` gives for the file.
        path: for messages.
    Raises:
        ReadError: tensors are missing, unknown, of another shape or type, or not finite.
    """
    layout = LAYOUTS[name]
    left = {key: value for key, value in tensors.items() if key not in layout.unused and not key.endswith(COUNTER)}

    def take(key):
        if key not in left:
            raise ReadError(path, f"{key} is missing", layout.hint)
        refuse_odd_values(key, left[key], path)
        return left.pop(key).float()

    lattices = _lattices(take(bank := f"{layout.lut}basis_luts_bank.weight"), bank, path, layout)
    N, M = lattices.shape[0], lattices.shape[-1]
    heads = [
        (key, take(f"{key}weight"), take(f"{key}bias")) for key in (f"{layout.lut}weights_generator.", layout.curve)
    ]
    outputs = _curve_outputs(heads[1][1], M, path, layout)
    config = CurvesConfig(N, M, layout.curves, outputs // 3, **_predictor(left, path, layout))
    network = build(config)
    own = network.predictor.state_dict()
    seen = 512 if config.predictor == "resnet18" else 32 * config.width
    for (key, weight, bias), count in zip(heads, (N, outputs), strict=True):
        refuse_other_shape(f"{key}weight", weight, torch.empty(count, seen), path, layout.hint)
        refuse_other_shape(f"{key}bias", bias, torch.empty(count), path, layout.hint)
    weight, bias = (torch.cat(parts) for parts in zip(*(head[1:] for head in heads), strict=True))
    if config.predictor == "resnet18":
        names, last = {key: f"backbone.net.{key}" for key in own}, {"fc.weight": weight, "fc.bias": bias}
    else:
        names, last = _zeng_names(own), {"head.weight": _over_all_places(weight), "head.bias": bias}
    for key in [key for key in names if key not in last and not key.endswith(COUNTER)]:
        public = names[key]
        last[key] = take(public)
        refuse_other_shape(public, last[key], own[key], path, layout.hint)
    for key in sorted(left):
        raise ReadError(path, f"{key} is unknown", layout.hint)
    network.predictor.load_state_dict(own | last)
    with torch.no_grad():
        network.luts.copy_(lattices)
    return network.eval(), config


def _lattices(bank, name, path, layout):
    """(N, 3, M, M, M), indexed as ours: [n, channel, r, g, b]."""
    M = round((bank.shape[0] / 3) ** (1 / 3))
    if bank.ndim != 2 or bank.shape[0] != 3 * M**3 or not (2 <= M <= 129 and 1 <= bank.shape[1] <= 64):
        raise ReadError(path, f"{name} is {' × '.join(map(str, bank.shape))}, and not 3 M³ × N", layout.hint)
    return bank.T.reshape(-1, 3, M, M, M).permute(0, 1, 4, 3, 2)


def _curve_outputs(weight, M, path, layout):
    """How many numbers the curves of the three channels are."""
    expected = [3 * (M - 1)] if layout.curves == "intervals" else [3 * points for points in CURVE_POINTS]
    if weight.shape[0] not in expected:
        told = " or ".join(map(str, expected))
        raise ReadError(path, f"{layout.curve}weight gives {weight.shape[0]} numbers, and not {told}", layout.hint)
    return weight.shape[0]


def _predictor(tensors, path, layout):
    """The config fields that define the backbone."""
    if "backbone.net.conv1.weight" in tensors:
        return {"predictor": "resnet18", "thumbnail_size": 224}
    if "backbone.0.0.weight" in tensors:
        width = tensors["backbone.0.0.weight"].shape[0]
        if not 1 <= width <= 64:
            raise ReadError(path, f"backbone.0.0.weight has {width} channels, more than 64", layout.hint)
        return {"predictor": "zeng", "thumbnail_size": 256, "width": width}
    raise ReadError(path, "holds neither of the backbones known", layout.hint)


def _zeng_names(own):
    """Our name → theirs: block by block a convolution, an activation and a norm."""
    numbers = ((name, *name.split(".")) for name in own if name.startswith("features."))
    return {name: f"backbone.{int(number) // 3}.{int(number) % 3}.{part}" for name, _, number, part in numbers}


def _over_all_places(weight):
    """A linear layer after averaging 8 × 8 places to 2 × 2, as a convolution over all 8 × 8."""
    grouped = weight.unflatten(1, (-1, 2, 2)) / 16
    return grouped.repeat_interleave(4, 2).repeat_interleave(4, 3)
