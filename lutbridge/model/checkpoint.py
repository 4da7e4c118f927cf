"""Models as safetensors files: tensors, and a JSON text that describes them. Nothing pickled is ever read."""

import base64
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load, save

from lutbridge.errors import SetupError
from lutbridge.files import read_ordinary
from lutbridge.model.build import build, can_build
from lutbridge.model.config import AnyConfig, config_from_dict
from lutbridge.model.network import Network

FORMAT_VERSION = 1
MOST_BYTES = 512 * 2**20  # a file larger than this is no model of ours
MOST_HEADER = 2**20  # bytes of JSON before the tensors
UNUSABLE = (ValueError, KeyError, TypeError, AttributeError, RuntimeError, SafetensorError)


@dataclass(frozen=True)
class Checkpoint:
    """A model's file.

    Attributes:
        config: the network's config.
        tensors: its weights, by the names that torch has for them.
        history: how it came to be: the command, commit and data of its training, as plain text values; of a model that
            was added by its user also its name, maker and date.
        picture: a JPEG that shows its effect, or b"".
    """

    config: AnyConfig
    tensors: Mapping[str, np.ndarray]
    history: dict[str, str]
    picture: bytes = b""


def to_bytes(checkpoint: Checkpoint) -> bytes:
    """The file's bytes."""
    about = {"format": FORMAT_VERSION, "config": checkpoint.config.to_dict(), "history": checkpoint.history}
    tensors = {name: np.asarray(tensor, order="C") for name, tensor in checkpoint.tensors.items()}
    if checkpoint.picture:
        about["picture"] = base64.b64encode(checkpoint.picture).decode()
    return save(tensors, {"lutbridge": json.dumps(about, sort_keys=True)})


def read(path: Path) -> Checkpoint:
    """Read a file. Its tensors are not checked here; building a network checks each.

    Raises:
        SetupError: no such file, not a model of this format, or damaged.
    """
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise SetupError(
                f"{path}: {size / 2**20:.0f} MB is too large for a model; expected a lutbridge .safetensors file"
            )
        data = read_ordinary(path)
    except OSError as error:
        raise SetupError(f"{path}: cannot be read ({error.strerror}); check the model's path") from error
    try:
        about = _about(data)
        if about["format"] != FORMAT_VERSION:
            raise ValueError(f"its format version is {about['format']}, this lutbridge reads {FORMAT_VERSION}")
        history = {str(key): str(value) for key, value in about["history"].items()}
        picture = base64.b64decode(str(about.get("picture", "")), validate=True)
        return Checkpoint(config_from_dict(about["config"]), load(data), history, picture)
    except UNUSABLE as error:
        raise unusable(path, error) from error


def load_network(path: Path) -> Network:
    """The network of a file.

    Raises:
        SetupError: as `read`; or the tensors are not those its config calls for; or it is of a kind that can only be
            measured.
    """
    checkpoint = read(path)
    if not can_build(checkpoint.config):
        raise SetupError(f"{path}: this model can only be measured (lutbridge evaluate); choose another")
    try:
        return build(checkpoint.config, checkpoint.tensors)
    except UNUSABLE as error:
        raise unusable(path, error) from error


def unusable(path: Path, error: Exception) -> SetupError:
    """What to say of a file that holds no usable model."""
    return SetupError(f"{path}: not a usable model: {error}; use a file made by lutbridge, or download it again")


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
