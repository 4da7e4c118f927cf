import pytest
import torch

from lutbridge_server.errors import ApiError
from lutbridge_server.memory import with_less_and_less


class Ladder:
    def __init__(self, rungs):
        self._rungs = rungs

    def rungs(self):
        return iter(self._rungs)


def failing(errors):
    """Work that fails on a rung that has an error."""

    def work(rung):
        if errors.get(rung):
            raise errors[rung]
        return f"made by {rung}"

    return work


SHORT = [
    MemoryError(),
    torch.OutOfMemoryError("CUDA out of memory"),
    RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 99 bytes"),
]


@pytest.mark.parametrize("error", SHORT, ids=lambda error: type(error).__name__)
def test_the_first_rung_with_enough_memory_does_it(error):
    result, rung = with_less_and_less(Ladder(["gpu", "half", "cpu"]), failing({"gpu": error, "half": error}))
    assert (result, rung) == ("made by cpu", "cpu")


def test_where_none_has_enough_it_is_said():
    with pytest.raises(ApiError) as refused:
        with_less_and_less(Ladder(["gpu", "cpu"]), failing({"gpu": SHORT[1], "cpu": SHORT[0]}))
    assert refused.value.code == "out_of_memory"


def test_another_failure_is_not_tried_again():
    tried = []

    def work(rung):
        tried.append(rung)
        raise RuntimeError("expected scalar type Float")

    with pytest.raises(RuntimeError, match="scalar type"):
        with_less_and_less(Ladder(["gpu", "cpu"]), work)
    assert tried == ["gpu"]
