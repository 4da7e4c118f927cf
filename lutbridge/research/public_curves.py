"""AdaInt and SepLUT (Yang et al., both 2022) in their public layout, as networks of ours.

Each is one PyTorch file. `…weights_generator` gives the weights of the basis LUTs, which are the columns of
`…basis_luts_bank.weight`, indexed [channel, blue, green, red]; one more linear layer gives the curves. All look at
`backbone`: torchvision's ResNet-18 without its last layer, or Zeng's CNN with its 8 × 8 places averaged to 2 × 2.
"""

from dataclasses import dataclass
from pathlib import Path

import torch

from lutbridge.model.config import CurvesConfig
from lutbridge.research.public_tensors import COUNTER, PublicTensors, size
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
    public = PublicTensors(tensors, path, f"expected a model of {name}", layout.unused)
    config = _config(layout, public, tensors)
    network = build(config)
    network.predictor.load_state_dict(_predictor(layout, public, config, network.predictor.state_dict()))
    N, M = config.n_luts, config.grid_size
    bank = public.take(f"{layout.lut}basis_luts_bank.weight", 3 * M**3, N)
    public.end()
    with torch.no_grad():
        network.luts.copy_(bank.T.reshape(N, 3, M, M, M).permute(0, 1, 4, 3, 2))
    return network.eval(), config


def _config(layout, public, tensors):
    """What the shapes say."""
    bank = f"{layout.lut}basis_luts_bank.weight"
    rows, N = public.shape(bank, 2)
    M = round((rows / 3) ** (1 / 3))
    if rows != 3 * M**3 or not (2 <= M <= 129 and 1 <= N <= 64):
        raise public.fault(f"{bank} is {size((rows, N))}, and not 3 M³ × N")
    outputs, _ = public.shape(f"{layout.curve}weight", 2)
    expected = [3 * (M - 1)] if layout.curves == "intervals" else [3 * points for points in CURVE_POINTS]
    if outputs not in expected:
        told = " or ".join(map(str, expected))
        raise public.fault(f"{layout.curve}weight gives {outputs} numbers, and not {told}")
    if "backbone.net.conv1.weight" in tensors:
        return CurvesConfig(N, M, layout.curves, outputs // 3, "resnet18", 224)
    width, *_ = public.shape("backbone.0.0.weight", 4)
    if not 1 <= width <= 64:
        raise public.fault(f"backbone.0.0.weight has {width} channels, and not 1 to 64")
    return CurvesConfig(N, M, layout.curves, outputs // 3, "zeng", 256, width)


def _predictor(layout, public, config, own):
    """The predictor's state: their backbone, and both of their last layers as one."""
    is_resnet = config.predictor == "resnet18"
    seen, head = (512, "fc") if is_resnet else (32 * config.width, "head")
    counts = {f"{layout.lut}weights_generator.": config.n_luts, layout.curve: 3 * config.curve_outputs}
    weight = torch.cat([public.take(f"{layer}weight", count, seen) for layer, count in counts.items()])
    bias = torch.cat([public.take(f"{layer}bias", count) for layer, count in counts.items()])
    filled = {f"{head}.weight": weight if is_resnet else _over_all_places(weight), f"{head}.bias": bias}
    for name in own:
        if name not in filled and not name.endswith(COUNTER):
            theirs = f"backbone.net.{name}" if is_resnet else _zeng_name(name)
            filled[name] = public.take(theirs, *own[name].shape)
    return own | filled


def _zeng_name(name):
    """Theirs of ours: block by block a convolution, an activation and a norm."""
    _, number, part = name.split(".")
    return f"backbone.{int(number) // 3}.{int(number) % 3}.{part}"


def _over_all_places(weight):
    """A linear layer after averaging 8 × 8 places to 2 × 2, as a convolution over all 8 × 8."""
    grouped = weight.unflatten(1, (-1, 2, 2)) / 16
    return grouped.repeat_interleave(4, 2).repeat_interleave(4, 3)
