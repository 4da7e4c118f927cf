import json
import struct

import pytest
import torch
from safetensors.torch import load, save

from lutbridge.errors import SetupError
from lutbridge.model.config import ModelConfig
from lutbridge.train.networks import checkpoint
from lutbridge.train.networks.build import build

SMALL = ModelConfig(n_luts=2, grid_size=3, thumbnail_size=32, predictor="histogram-cnn")


def small():
    torch.manual_seed(0)
    return checkpoint.Checkpoint(build(SMALL).eval(), SMALL, {"command": "a test", "commit": "none"})


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "small.safetensors"
    file.write_bytes(checkpoint.to_bytes(small()))
    return file


def test_what_is_written_is_read(path):
    read = checkpoint.read(path)
    assert read.config == SMALL and read.history == small().history
    thumbnail, rgb = torch.rand(1, 3, 32, 32), torch.rand(1, 3, 6, 6)
    assert torch.equal(read.network(thumbnail, rgb), small().network(thumbnail, rgb))
    assert not read.network.training


def test_the_same_network_gives_the_same_bytes(path):
    assert path.read_bytes() == checkpoint.to_bytes(small())


def about(data):
    (length,) = struct.unpack("<Q", data[:8])
    return json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["lutbridge"])


def changed(data, tensors=None, metadata=None):
    return save({**load(data), **(tensors or {})}, {"lutbridge": json.dumps({**about(data), **(metadata or {})})})


def without(data, name):
    tensors = load(data)
    del tensors[name]
    return save(tensors, {"lutbridge": json.dumps(about(data))})


DAMAGE = {
    "empty": (lambda data: b"", "too short"),
    "text": (lambda data: b"<html>404 Not Found</html>" * 9, "header is damaged"),
    "cut": (lambda data: data[:-100], "not a usable model"),
    "a header that claims 2^62 bytes": (lambda data: struct.pack("<Q", 2**62) + data[8:], "header is damaged"),
    "somebody else's": (lambda data: save(load(data), {}), "does not say which network"),
    "a later format": (lambda data: changed(data, metadata={"format": 99}), "format version is 99"),
    "another size": (lambda data: changed(data, {"luts": torch.zeros(2, 3, 4, 4, 4)}), "tensor luts is"),
    "another type": (lambda data: changed(data, {"luts": torch.zeros(2, 3, 3, 3, 3).double()}), "tensor luts is"),
    "not finite": (lambda data: changed(data, {"luts": torch.full((2, 3, 3, 3, 3), torch.nan)}), "not finite"),
    "a tensor too many": (lambda data: changed(data, {"extra": torch.zeros(1)}), "tensor extra is unknown"),
    "a tensor too few": (lambda data: without(data, "luts"), "tensor luts is missing"),
    "a header of another shape": (lambda data: struct.pack("<Q", 2) + b"[]" + data[8:], "not a usable model"),
    "no history": (lambda data: changed(data, metadata={"history": None}), "not a usable model"),
    "a config that cannot be": (
        lambda data: changed(data, metadata={"config": SMALL.to_dict() | {"n_luts": 0}}),
        "n_luts = 0",
    ),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damage_is_named(path, kind):
    damage, message = DAMAGE[kind]
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(SetupError, match=message) as error:
        checkpoint.read(path)
    assert str(path) in str(error.value)


def test_no_such_file(tmp_path):
    with pytest.raises(SetupError, match="cannot be read"):
        checkpoint.read(tmp_path / "none.safetensors")


def test_a_file_too_large_for_a_model_is_not_read(path, monkeypatch):
    monkeypatch.setattr("lutbridge.model.checkpoint.MOST_BYTES", 100)
    with pytest.raises(SetupError, match="too large"):
        checkpoint.read(path)
