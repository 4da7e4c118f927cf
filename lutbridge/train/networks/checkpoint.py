"""Networks as safetensors files: tensors, and one JSON text that says what they are. Nothing pickled is ever read."""

import json
import struct
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from lutbridge.errors import SetupError
from lutbridge.model.config import ModelConfig, config_from_dict
from lutbridge.train.networks.build import build
from lutbridge.train.networks.network import PixelAdaptiveLUT

FORMAT_VERSION = 1
MOST_BYTES = 512 * 2**20  # a file larger than this is no model of ours
MOST_HEADER = 2**20  # bytes of JSON before the tensors


@dataclass(frozen=True)
class Checkpoint:
    """A network with its history.

    Attributes:
        network: in eval mode, on the CPU.
        config: what it was built from.
        history: how it came to be: the command, commit and data of its training, as plain text values.
    """

    network: PixelAdaptiveLUT
    config: ModelConfig
    history: dict[str, str]


def to_bytes(checkpoint: Checkpoint) -> bytes:
    """The file's bytes."""
    about = {"format": FORMAT_VERSION, "config": checkpoint.config.to_dict(), "history": checkpoint.history}
    tensors = {name: tensor.contiguous() for name, tensor in checkpoint.network.state_dict().items()}
    return save(tensors, {"lutbridge": json.dumps(about, sort_keys=True)})


def read(path: Path) -> Checkpoint:
    """Load a checkpoint, believing nothing it says until it is checked.

    Raises:
        SetupError: no such file, not a model of this format, damaged, or with tensors that are not those its config
            calls for, or not finite.
    """
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise SetupError(
                f"{path}: {size / 2**20:.0f} MB is too large for a model; expected a lutbridge .safetensors file"
            )
        data = path.read_bytes()
    except OSError as error:
        raise SetupError(f"{path}: cannot be read ({error.strerror}); check the model's path") from error
    try:
        about = _about(data)
        if about["format"] != FORMAT_VERSION:
            raise ValueError(f"its format version is {about['format']}, this lutbridge reads {FORMAT_VERSION}")
        config = config_from_dict(about["config"])
        network = _filled(build(config), load(data))
        history = {str(key): str(value) for key, value in about["history"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RuntimeError, SafetensorError) as error:
        raise SetupError(
            f"{path}: not a usable model: {error}; use a file made by lutbridge, or download it again"
        ) from error
    return Checkpoint(network.eval(), config, history)


def _about(data):
    """The JSON text in the safetensors header, read without touching a tensor."""
    if len(data) < 8:
        raise ValueError("the file is too short")
    (length,) = struct.unpack("<Q", data[:8])
    if length > min(MOST_HEADER, len(data) - 8):
        raise ValueError("its header is damaged")
    metadata = json.loads(data[8 : 8 + length]).get("__metadata__", {})
    if "lutbridge" not in metadata:
        raise ValueError("it does not say which network it holds")
    return json.loads(metadata["lutbridge"])


def _filled(network, tensors):
    expected = network.state_dict()
    for name in sorted(set(expected) ^ set(tensors)):
        raise ValueError(f"tensor {name} is {'missing' if name in expected else 'unknown'}")
    for name, tensor in tensors.items():
        if tensor.shape != expected[name].shape or tensor.dtype != expected[name].dtype:
            raise ValueError(
                f"tensor {name} is {tuple(tensor.shape)} {tensor.dtype}, not {tuple(expected[name].shape)}"
            )
        if not torch.isfinite(tensor).all():
            raise ValueError(f"tensor {name} holds values that are not finite")
    network.load_state_dict(tensors)
    return network
