"""Models in the two public layouts, as networks of ours: Image-Adaptive-3DLUT (Zeng et al. 2020) and PPR10K (2021).

Both are two PyTorch files. LUTs.pth holds the basis LUTs, one dictionary each under "0", "1", … or "1", "2", …, with
`LUT` indexed [channel, blue, green, red]. classifier.pth holds what predicts their weights, named `model.`: a sequence
of numbered layers that ends in a convolution, or a ResNet-18 in torchvision's names. PPR10K's models start from
torchvision's own file of such a network.

Both looked colours up at x / (1.000001 / (M − 1)), which keeps white out of a cell that is not there. Ours clamps
instead, and reads a place at most 0.000032 of a cell away: far less than a rounding to 8 bit.
"""

import re
from pathlib import Path

import torch

from lutbridge.errors import ReadError
from lutbridge.model.config import ModelConfig
from lutbridge.research.public_tensors import COUNTER, refuse_odd_values, size
from lutbridge.train.networks.build import build
from lutbridge.train.networks.network import LutNetwork

# The numbers of the layers that have parameters; the last is the convolution to N, the one before it has no norm.
PAIRED = (1, 3, 4, 6, 7, 9, 10, 12, 13, 16)
UNPAIRED = (1, 3, 4, 6, 8, 10, 12)
_EXPECTED = "expected a LUTs.pth and a classifier.pth of Image-Adaptive-3DLUT or of PPR10K"


def from_public(
    luts: dict[str, torch.Tensor], classifier: dict[str, torch.Tensor], luts_path: Path, classifier_path: Path
) -> tuple[LutNetwork, ModelConfig]:
    """A network that renders as the public code would, in eval mode.

    Args:
        luts, classifier: what `unpickle.read_tensors` gives for the two files.
        luts_path, classifier_path: for messages.
    Raises:
        ReadError: tensors are missing, unknown, of another shape or type, or not finite.
    """
    lattices = _lattices(luts, luts_path)
    config = ModelConfig(
        n_luts=len(lattices),
        grid_size=lattices.shape[-1],
        interpolation="trilinear",
        pixel_weights="none",
        thumbnail="bilinear",
        **_predictor(classifier, classifier_path),
    )
    network = build(config)
    expected = network.predictor.state_dict()
    network.predictor.load_state_dict(_renamed(classifier, expected, config.predictor, classifier_path))
    with torch.no_grad():
        network.luts.copy_(lattices)
    return network.eval(), config


def start_from_imagenet(network: LutNetwork, tensors: dict[str, torch.Tensor], path: Path) -> None:
    """Give a network's ResNet-18 the weights of torchvision's file, all but the last layer, as Liang et al. start.

    Args:
        network: whose predictor is a `ResNet18Predictor`.
        tensors: what `unpickle.read_tensors` gives for a resnet18-….pth.
        path: for messages.
    Raises:
        ReadError: tensors are missing, unknown, of another shape or type, or not finite.
    """
    own = network.predictor.state_dict()
    kept = {name for name in own if name.startswith("fc.")}
    expected = {name for name in own if not name.endswith(COUNTER)} - kept
    given = {name: tensor for name, tensor in tensors.items() if name in expected}
    # A deeper network holds all that this one has, and more.
    others = {name for name in tensors if not name.endswith(COUNTER)} - expected - kept
    for name in sorted(expected - set(given)) + sorted(others):
        told = "unknown" if name in tensors else "missing"
        raise ReadError(path, f"{name} is {told}", "expected torchvision's resnet18-….pth")
    for name, tensor in given.items():
        _refuse_other_shape(name, tensor, own[name], path)
        refuse_odd_values(name, tensor, path, _EXPECTED)
    network.predictor.load_state_dict(own | {name: tensor.to(own[name].dtype) for name, tensor in given.items()})


def _lattices(tensors, path):
    """(N, 3, M, M, M), indexed as ours: [n, channel, r, g, b]."""
    count = len(tensors)
    names = next(
        (n for n in ([f"{i + first}.LUT" for i in range(count)] for first in (0, 1)) if set(n) == set(tensors)), ()
    )
    if not names:
        raise ReadError(path, f"holds {_some(tensors)}, and not 0.LUT, 1.LUT, … or 1.LUT, 2.LUT, …", _EXPECTED)
    shape = tensors[names[0]].shape
    for name in names:
        tensor = tensors[name]
        if (
            tensor.shape != shape
            or len(shape) != 4
            or shape[0] != 3
            or not 2 <= shape[1] == shape[2] == shape[3] <= 129
        ):
            raise ReadError(path, f"{name} is {size(tensor.shape)}, and not 3 × M × M × M like the others", _EXPECTED)
        refuse_odd_values(name, tensor, path, _EXPECTED)
    if count > 64:
        raise ReadError(path, f"holds {count} LUTs, and 64 is the most", _EXPECTED)
    return torch.stack([tensors[name].float().permute(0, 3, 2, 1) for name in names])


def _predictor(tensors, path):
    """The config fields that define the classifier."""
    if "model.fc.weight" in tensors:
        return {"predictor": "resnet18", "thumbnail_size": 224}
    layers = tuple(sorted({int(n) for n in re.findall(r"\bmodel\.(\d+)\.", " ".join(tensors))}))
    for predictor, expected in (("zeng", PAIRED), ("zeng-unpaired", UNPAIRED)):
        if layers == expected:
            return {"predictor": predictor, "thumbnail_size": 256}
    told = f"layers {', '.join(map(str, layers))} of a sequence" if layers else _some(tensors)
    raise ReadError(path, f"holds {told}, which is neither of the classifiers known", _EXPECTED)


def _renamed(tensors, expected, predictor, path):
    """The classifier's tensors under our names, each checked for shape."""
    last = {"zeng": PAIRED[-1], "zeng-unpaired": UNPAIRED[-1]}.get(predictor)

    def public(name):
        if predictor == "resnet18":
            return f"model.{name}"
        part, *rest = name.split(".")
        number = last if part == "head" else int(rest.pop(0)) + 1  # the public sequence starts with the resizing
        return ".".join(("model", str(number), *rest))

    # Counters of batches play no part in a render, and files from old versions of torch have none.
    names = {name: public(name) for name in expected if public(name) in tensors or not name.endswith(COUNTER)}
    for name in sorted(set(names.values()) ^ set(tensors)):
        raise ReadError(path, f"{name} is {'unknown' if name in tensors else 'missing'}", _EXPECTED)
    for ours, theirs in names.items():
        tensor = tensors[theirs]
        _refuse_other_shape(theirs, tensor, expected[ours], path)
        if expected[ours].is_floating_point():
            refuse_odd_values(theirs, tensor, path, _EXPECTED)
    return expected | {ours: tensors[theirs].to(expected[ours].dtype) for ours, theirs in names.items()}


def _refuse_other_shape(name, tensor, expected, path):
    if tensor.shape != expected.shape:
        raise ReadError(path, f"{name} is {size(tensor.shape)}, and not {size(expected.shape)}", _EXPECTED)


def _some(tensors):
    names = sorted(tensors)
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "") or "no tensors"
