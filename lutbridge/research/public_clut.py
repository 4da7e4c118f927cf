"""CLUT-Net (Zhang et al., ACM MM 2022) in its public layout, as a network of ours.

Its N basis LUTs are stored as products of small matrices, and what they give is added to the photo: written out, they
are N basis LUTs more, after the identity with a weight of 1. `backbone` and `classifier` are our "clut" predictor.
"""

from pathlib import Path

import torch

from lutbridge.model.config import ModelConfig
from lutbridge.research.public_tensors import PublicTensors
from lutbridge.train.lattice import identity_lattice
from lutbridge.train.networks.build import build
from lutbridge.train.networks.network import LutNetwork

_LUTS, _ALONG, _ACROSS = "CLUTs.LUTs", "CLUTs.s_Layers", "CLUTs.w_Layers"


def from_public_clut(tensors: dict[str, torch.Tensor], path: Path) -> tuple[LutNetwork, ModelConfig]:
    """A network that renders as the public code would, in eval mode.

    Args:
        tensors: what `unpickle.read_tensors` gives for the file.
        path: for messages.
    Raises:
        ReadError: tensors are missing, unknown, of another shape or type, or not finite.
    """
    public = PublicTensors(tensors, path, "expected a CLUT-Net with both matrices, as published")
    N, M = public.shape("classifier.3.weight", 4)[0], public.shape(_ALONG, 2)[0]
    if not (1 <= N < 64 and 2 <= M <= 129):
        raise public.fault(f"holds {N} basis LUTs of grid {M}; at most 63 of at most 129 can be imported")
    config = ModelConfig(N + 1, M, predictor="clut", pixel_weights="none", thumbnail="bilinear")
    network = build(config)
    network.predictor.load_state_dict(_predictor(public, N, network.predictor.state_dict()))
    lattices = _lattices(public, N, M)
    public.end()
    with torch.no_grad():
        network.luts.copy_(torch.cat([identity_lattice(M)[None], lattices]))
    return network.eval(), config


def _predictor(public, N, own):
    """The predictor's state; the identity's weight is 1 for every photo."""
    weight, bias = public.take("classifier.3.weight", N, 128, 1, 1).flatten(1), public.take("classifier.3.bias", N)
    filled = {
        "head.weight": torch.cat([torch.zeros(1, 128), weight]),
        "head.bias": torch.cat([torch.ones(1), bias]),
        "hidden.weight": public.take("classifier.0.weight", 128, 128, 1, 1).flatten(1),
        "hidden.bias": public.take("classifier.0.bias", 128),
    }
    for name in own:
        if name not in filled:
            filled[name] = public.take(name.replace("features.", "backbone.model."), *own[name].shape)
    return filled


def _lattices(public, N, M):
    """(N, 3, M, M, M), indexed as ours: [n, channel, r, g, b]."""
    s, w = public.shape(_ALONG, 2)[1], public.shape(_ACROSS, 2)[0]
    luts = public.take(_LUTS, s * N * 3, w).view(s, N, 3, w)
    along, across = public.take(_ALONG, M, s), public.take(_ACROSS, w, M * M)
    cubes = torch.einsum("is,sncw,wp->ncip", along, luts, across).view(N, 3, M, M, M)
    # The first axis of a cube is its own channel, the other two are the other channels: blue, then green, then red.
    red, green, blue = cubes.unbind(1)  # [r, b, g], [g, b, r], [b, g, r]
    return torch.stack([red.permute(0, 1, 3, 2), green.permute(0, 3, 1, 2), blue.permute(0, 3, 2, 1)], 1)
