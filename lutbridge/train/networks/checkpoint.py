"""Models as safetensors files (`model.checkpoint`), to and from networks in torch."""

from dataclasses import dataclass
from pathlib import Path

import torch

from lutbridge.model import checkpoint as files
from lutbridge.model.build import build as numpy_build
from lutbridge.model.config import AnyConfig
from lutbridge.model.network import Network
from lutbridge.train.networks.build import build
from lutbridge.train.networks.network import RetouchingNetwork


@dataclass(frozen=True)
class Checkpoint:
    """A network with its history.

    Attributes:
        network: in eval mode, on the CPU.
        config: the network's config.
        history: how it came to be: the command, commit and data of its training, as plain text values.
    """

    network: RetouchingNetwork
    config: AnyConfig
    history: dict[str, str]


def to_bytes(checkpoint: Checkpoint) -> bytes:
    """The file's bytes."""
    return files.to_bytes(files.Checkpoint(checkpoint.config, arrays(checkpoint.network), checkpoint.history))


def arrays(network: RetouchingNetwork) -> dict:
    """The network's tensors as arrays, by name."""
    return {name: tensor.detach().cpu().numpy() for name, tensor in network.state_dict().items()}


def in_numpy(network: RetouchingNetwork) -> Network:
    """The same network as photos meet it; of a kind that `model.build.can_build`."""
    return numpy_build(network.config, arrays(network))


def read(path: Path) -> Checkpoint:
    """Load a checkpoint, believing nothing it says until it is checked.

    Raises:
        SetupError: no such file, not a model of this format, damaged, or with tensors that are not those its config
            calls for, or not finite.
    """
    found = files.read(path)
    try:
        network = _filled(build(found.config), found.tensors)
    except files.UNUSABLE as error:
        raise files.unusable(path, error) from error
    return Checkpoint(network.eval(), found.config, found.history)


def _filled(network, tensors):
    expected = network.state_dict()
    for name in sorted(set(expected) ^ set(tensors)):
        raise ValueError(f"tensor {name} is {'missing' if name in expected else 'unknown'}")
    tensors = {name: torch.from_numpy(array.copy()) for name, array in tensors.items()}
    for name, tensor in tensors.items():
        if tensor.shape != expected[name].shape or tensor.dtype != expected[name].dtype:
            raise ValueError(
                f"tensor {name} is {tuple(tensor.shape)} {tensor.dtype}, not {tuple(expected[name].shape)}"
            )
        if not torch.isfinite(tensor).all():
            raise ValueError(f"tensor {name} holds values that are not finite")
    network.load_state_dict(tensors)
    return network
