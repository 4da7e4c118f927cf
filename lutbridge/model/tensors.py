"""Reads the tensors of a model file one by one, checking each against what the network expects."""

from collections.abc import Mapping

import numpy as np


class Tensors:
    """What a file holds under a prefix.

    Args:
        arrays: by name, as the file has them.
        prefix: of the names to read.
    """

    def __init__(self, arrays: Mapping[str, np.ndarray], prefix: str = ""):
        self._arrays, self._prefix = arrays, prefix
        self._taken: set[str] = set()

    def under(self, prefix: str) -> "Tensors":
        """The tensors with a prefix; taking one there also takes it here."""
        inner = Tensors(self._arrays, self._prefix + prefix)
        inner._taken = self._taken
        return inner

    def take(self, name: str, *shape: int) -> np.ndarray:
        """A tensor of this shape, float32.

        Raises:
            ValueError: it is missing, of another shape or type, or holds values that are not finite.
        """
        name = self._prefix + name
        if name not in self._arrays:
            raise ValueError(f"tensor {name} is missing")
        array = self._arrays[name]
        if array.shape != shape or array.dtype != np.float32:
            raise ValueError(f"tensor {name} is {array.shape} {array.dtype}, not {shape} float32")
        if not np.isfinite(array).all():
            raise ValueError(f"tensor {name} holds values that are not finite")
        self._taken.add(name)
        return array

    def layer(self, name: str, outputs: int, *inputs: int) -> tuple[np.ndarray, np.ndarray]:
        """Weight (outputs, inputs …) and bias (outputs,) of a layer."""
        return self.take(f"{name}.weight", outputs, *inputs), self.take(f"{name}.bias", outputs)

    def count(self, name: str) -> None:
        """Takes a counter of training, which nothing here uses."""
        self._taken.add(self._prefix + name)

    def end(self) -> None:
        """Raises ValueError if the file holds a tensor that was not taken."""
        if left := sorted(set(self._arrays) - self._taken):
            raise ValueError(f"tensor {left[0]} is unknown")
