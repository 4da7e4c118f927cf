"""CLUT-Net (Zhang et al., ACM MM 2022) in its public layout, as a network of ours.

Its N basis LUTs are stored as products of small matrices, and what they give is added to the photo: written out, they
are N basis LUTs more, after the identity with a weight of 1. `backbone` and `classifier` are our "clut" predictor.
"""

from pathlib import Path

import torch

from lutbridge.errors import ReadError
from lutbridge.model.config import ModelConfig
from lutbridge.research.public_models import refuse_odd_values, refuse_other_shape
from lutbridge.train.lattice import identity_lattice
from lutbridge.train.networks.build import build
from lutbridge.train.networks.network import LutNetwork

_HINT = "expected a CLUT-Net with both matrices, as published"
_MATRICES = ("CLUTs.LUTs", "CLUTs.s_Layers", "CLUTs.w_Layers")
_HIDDEN, _LAST = "classifier.0.", "classifier.3."


def from_public_clut(tensors: dict[str, torch.Tensor], path: Path) -> tuple[LutNetwork, ModelConfig]:
    """A network that renders as the public code would, in eval mode.

    Args:
        tensors: what `unpickle.read_tensors` gives for the file.
        path: for messages.
    Raises:
        ReadError: tensors are missing, unknown, of another shape or type, or not finite.
    """
    for name in (*_MATRICES, f"{_LAST}weight"):
        if name not in tensors:
            raise ReadError(path, f"{name} is missing", _HINT)
    N, M = len(tensors[f"{_LAST}weight"]), len(tensors["CLUTs.s_Layers"])
    if not (1 <= N < 64 and 2 <= M <= 129):
        raise ReadError(path, f"holds {N} basis LUTs of grid {M}; at most 63 of at most 129 can be imported", _HINT)
    config = ModelConfig(N + 1, M, predictor="clut", pixel_weights="none", thumbnail="bilinear")
    network = build(config)
    own = network.predictor.state_dict()
    public = {name: _public(name) for name in own}
    for name in sorted({*public.values(), *_MATRICES} ^ set(tensors)):
        raise ReadError(path, f"{name} is {'unknown' if name in tensors else 'missing'}", _HINT)
    filled = {}
    for name, theirs in public.items():
        refuse_odd_values(theirs, tensors[theirs], path)
        expected = own[name][1:] if name.startswith("head.") else own[name]
        expected = expected[..., None, None] if theirs in (f"{_HIDDEN}weight", f"{_LAST}weight") else expected
        refuse_other_shape(theirs, tensors[theirs], expected, path, _HINT)
        filled[name] = (
            tensors[theirs].float().view(own[name][1:].shape if name.startswith("head.") else own[name].shape)
        )
    for name, of_identity in (("head.weight", 0.0), ("head.bias", 1.0)):
        filled[name] = torch.cat([torch.full_like(own[name][:1], of_identity), filled[name]])
    network.predictor.load_state_dict(filled)
    with torch.no_grad():
        network.luts.copy_(torch.cat([identity_lattice(M)[None], _lattices(tensors, N, M, path)]))
    return network.eval(), config


def _public(name):
    """Our name of a layer of the predictor → theirs."""
    place, part = name.rsplit(".", 1)
    if place in ("hidden", "head"):
        return f"{_HIDDEN if place == 'hidden' else _LAST}{part}"
    return f"backbone.model.{place.removeprefix('features.')}.{part}"


def _lattices(tensors, N, M, path):
    """(N, 3, M, M, M), indexed as ours: [n, channel, r, g, b]."""
    luts, along, across = (tensors[name] for name in _MATRICES)
    s, w = along.shape[-1], across.shape[0]
    for name, shape in zip(_MATRICES, ((s * N * 3, w), (M, s), (w, M * M)), strict=True):
        refuse_other_shape(name, tensors[name], torch.empty(shape), path, _HINT)
        refuse_odd_values(name, tensors[name], path)
    cubes = torch.einsum("is,sncw,wp->ncip", along, luts.view(s, N, 3, w), across).view(N, 3, M, M, M)
    # The first axis of a cube is its own channel, the other two are the other channels: blue, then green, then red.
    red, green, blue = cubes.unbind(1)  # [r, b, g], [g, b, r], [b, g, r]
    return torch.stack([red.permute(0, 1, 3, 2), green.permute(0, 3, 1, 2), blue.permute(0, 3, 2, 1)], 1)
