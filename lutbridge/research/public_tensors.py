"""The tensors of a public file, taken one by one, each checked."""

from pathlib import Path

import torch

from lutbridge.errors import ReadError

COUNTER = "num_batches_tracked"  # of batches: plays no part in a render, and files of old versions of torch have none


class PublicTensors:
    """What `unpickle.read_tensors` gives for a file.

    Args:
        path: for messages.
        hint: what was expected, for messages.
        unused: names that play no part.
    """

    def __init__(self, tensors: dict[str, torch.Tensor], path: Path, hint: str, unused: tuple[str, ...] = ()):
        self._path, self._hint = path, hint
        self._left = {n: tensor for n, tensor in tensors.items() if n not in unused and not n.endswith(COUNTER)}

    def shape(self, name: str, dimensions: int) -> torch.Size:
        """The shape of a tensor that is still to be taken.

        Raises:
            ReadError: it is missing, or has another number of dimensions.
        """
        if name not in self._left:
            raise self.fault(f"{name} is missing")
        shape = self._left[name].shape
        if len(shape) != dimensions:
            raise self.fault(f"{name} is {size(shape)}, and does not have {dimensions} dimensions")
        return shape

    def take(self, name: str, *expected: int) -> torch.Tensor:
        """A tensor, float32.

        Raises:
            ReadError: it is missing, not of the shape expected, or holds other than finite floating-point numbers.
        """
        shape = self.shape(name, len(expected))
        if shape != expected:
            raise self.fault(f"{name} is {size(shape)}, and not {size(expected)}")
        refuse_odd_values(name, self._left[name], self._path, self._hint)
        return self._left.pop(name).float()

    def end(self) -> None:
        """Raises ReadError if the file holds a tensor that was not taken."""
        for name in sorted(self._left):
            raise self.fault(f"{name} is unknown")

    def fault(self, told: str) -> ReadError:
        """What to say of this file."""
        return ReadError(self._path, told, self._hint)


def refuse_odd_values(name: str, tensor: torch.Tensor, path: Path, hint: str) -> None:
    """Raise a ReadError about a tensor that holds other than finite floating-point numbers."""
    if not tensor.is_floating_point():
        raise ReadError(path, f"{name} holds {tensor.dtype}, and not floating-point numbers", hint)
    if not torch.isfinite(tensor).all():
        raise ReadError(path, f"{name} holds values that are not finite", "the training went wrong; use another epoch")


def size(shape: tuple[int, ...]) -> str:
    """A shape in words."""
    return " × ".join(map(str, shape)) or "a single number"
