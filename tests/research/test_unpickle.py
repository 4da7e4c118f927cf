"""PyTorch files of unknown origin: tensors come out of them, and nothing else."""

import os
import pickle
from collections import OrderedDict

import pytest
import torch

from lutbridge.errors import ReadError
from lutbridge.research import unpickle
from lutbridge.research.unpickle import UnpickleLimits, read_tensors


def content():
    state = OrderedDict(weight=torch.arange(6.0).view(2, 3), count=torch.tensor(3))
    state._metadata = OrderedDict(version=1)  # as a module's state has it
    return {"0": {"LUT": torch.ones(3, 2, 2, 2).half()}, "1": state}


@pytest.mark.parametrize("legacy", [False, True])
def test_tensors_come_out_under_the_names_that_lead_to_them(tmp_path, legacy):
    path = tmp_path / "file.pth"
    torch.save(content(), path, _use_new_zipfile_serialization=not legacy)
    (tensors,) = read_tensors([path])
    assert {name: tensor.shape for name, tensor in tensors.items()} == {
        "0.LUT": (3, 2, 2, 2),
        "1.weight": (2, 3),
        "1.count": (),
    }
    assert torch.equal(tensors["1.weight"], content()["1"]["weight"])


def test_of_what_a_training_framework_saved_the_weights_are_taken(tmp_path):
    """MMCV's and Lightning's files also hold versions, the date, the epoch and the optimiser."""
    path = tmp_path / "epoch_3.pth"
    saved = {"meta": {"mmcv_version": "1.3.17", "epoch": 3}, "state_dict": content()["1"], "optimizer": {"state": {}}}
    torch.save(saved, path)
    assert set(read_tensors([path])[0]) == {"weight", "count"}


def test_several_files_are_read_by_one_process_each_to_its_own(tmp_path):
    paths = [tmp_path / "one.pth", tmp_path / "two.pth"]
    for number, path in enumerate(paths):
        torch.save({"a": torch.full((2,), float(number))}, path)
    assert [tensors["a"][0].item() for tensors in read_tensors(paths)] == [0, 1]
    paths[1].write_bytes(b"")
    with pytest.raises(ReadError, match=r"two\.pth: is damaged"):
        read_tensors(paths)


class Program:
    """A pickle that would make a file."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


def test_a_pickle_that_holds_a_program_is_refused_and_not_run(tmp_path):
    path, made = tmp_path / "bad.pth", tmp_path / "made"
    torch.save({"0": {"LUT": torch.zeros(3, 2, 2, 2)}, "more": Program(made)}, path)
    with pytest.raises(ReadError, match=r"bad\.pth: holds more than tensors, which could be a program"):
        read_tensors([path])
    assert not made.exists()


@pytest.mark.parametrize("cut", [0, 100, -200])
def test_a_truncated_file_is_told_as_damaged(tmp_path, cut):
    path = tmp_path / "cut.pth"
    torch.save(content(), path)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(ReadError, match=r"cut\.pth: is damaged, or no PyTorch file; download it again"):
        read_tensors([path])


@pytest.mark.parametrize("other", [[torch.zeros(1)], {"a": 3}, {"a": {"b": {"c": {"d": {"e": torch.zeros(1)}}}}}])
def test_what_is_no_dictionary_of_tensors_is_refused(tmp_path, other):
    path = tmp_path / "other.pth"
    torch.save(other, path)
    with pytest.raises(ReadError, match="is no tensor; expected a state dictionary"):
        read_tensors([path])


def test_a_tensor_that_claims_more_than_it_holds_takes_no_more_than_the_limit(tmp_path, capfd):
    path = tmp_path / "large.pth"
    torch.save({"a": torch.zeros(1).expand(1 << 34)}, path)  # 64 GB by its shape, a few bytes on the disk
    assert path.stat().st_size < 10_000
    with pytest.raises(ReadError, match=r"large\.pth"):
        read_tensors([path], UnpickleLimits(memory=1 << 30))
    assert capfd.readouterr().err == "", "what goes on in the other process is nobody's traceback"


def test_a_sparse_tensor_is_told(tmp_path):
    torch.save({"a": torch.eye(3).to_sparse()}, tmp_path / "sparse.pth")
    with pytest.raises(ReadError, match=r"sparse\.pth: holds tensors that are too large, or stored in a way of their"):
        read_tensors([tmp_path / "sparse.pth"])


def test_a_file_that_takes_too_long_is_given_up(tmp_path):
    path = tmp_path / "slow.pth"
    torch.save(content(), path)
    with pytest.raises(ReadError, match=r"reading it took more than 0\.01 seconds"):
        read_tensors([path], UnpickleLimits(seconds=0.01))


def test_a_file_too_large_for_a_model_is_not_read(tmp_path, monkeypatch):
    path = tmp_path / "file.pth"
    torch.save(content(), path)
    monkeypatch.setattr(unpickle, "MOST_BYTES", 100)
    with pytest.raises(ReadError, match="too large for a model"):
        read_tensors([path])


def test_no_such_file(tmp_path):
    with pytest.raises(ReadError, match="cannot be read"):
        read_tensors([tmp_path / "none.pth"])


def test_a_plain_pickle_is_not_read_either(tmp_path):
    path, made = tmp_path / "plain.pth", tmp_path / "made"
    path.write_bytes(pickle.dumps(Program(made)))
    with pytest.raises(ReadError, match=r"plain\.pth"):
        read_tensors([path])
    assert not made.exists()
