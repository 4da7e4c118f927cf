"""Keeps the data of a shoot's photos on disk: ten thousand would take gigabytes of memory."""

import dataclasses
import tempfile
import threading
import weakref
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from lutbridge.files import temporary_room
from lutbridge.group.take import Take
from lutbridge.model.network import Look

AT_HAND = 256  # things of a sequence that stay in memory
NO_ROOM = "what is kept of the photos to match them finds no room here"


@dataclasses.dataclass(frozen=True)
class _Place:
    """Where an array is in the file."""

    offset: int
    shape: tuple[int, ...]
    dtype: np.dtype


class Store:
    """A temporary file with the arrays of dataclasses; it is deleted with the store."""

    def __init__(self):
        with temporary_room(NO_ROOM):
            self._file = tempfile.TemporaryFile(prefix="lutbridge-shoot-")
        self._lock = threading.Lock()
        weakref.finalize(self, self._file.close)

    def keep(self, thing: Any) -> "Kept":
        """Puts the arrays of a dataclass, and of those in it, into the file.

        Raises:
            SetupError: the temporary folder is full.
        """
        return Kept(
            self,
            type(thing),
            {field.name: self._put(getattr(thing, field.name)) for field in dataclasses.fields(thing)},
        )

    def _put(self, value: Any) -> Any:
        if dataclasses.is_dataclass(value):
            return self.keep(value)
        if not isinstance(value, np.ndarray):
            return value
        with self._lock, temporary_room(NO_ROOM):
            offset = self._file.seek(0, 2)
            self._file.write(np.ascontiguousarray(value).tobytes())
        return _Place(offset, value.shape, value.dtype)

    def read(self, place: _Place) -> np.ndarray:
        """The array as it was, byte for byte."""
        array = np.empty(place.shape, place.dtype)
        with self._lock:
            self._file.seek(place.offset)
            self._file.readinto(array.reshape(-1).view(np.uint8))
        return array


class Kept:
    """A dataclass whose arrays are in a store."""

    def __init__(self, store: Store, kind: type, fields: dict[str, Any]):
        self._store, self._kind, self._fields = store, kind, fields

    def load(self) -> Any:
        """The dataclass, read again."""
        return self._kind(**{name: self.field(name) for name in self._fields})

    def field(self, name: str) -> Any:
        """One of its values, read again."""
        value = self._fields[name]
        if isinstance(value, Kept):
            return value.load()
        return self._store.read(value) if isinstance(value, _Place) else value


class KeptTake:
    """A `Take` that reads its arrays on demand."""

    def __init__(self, store: Store, take: Take):
        self.name, self._kept = take.name, store.keep(take)

    @property
    def picture(self) -> np.ndarray:
        return self._kept.field("picture")

    @property
    def look(self) -> Look:
        return self._kept.field("look")


class KeptSequence(Sequence):
    """Dataclasses in a store; the most recently used are in memory."""

    def __init__(self, kept: Sequence[Kept]):
        self._kept = kept
        self._load = lru_cache(AT_HAND)(lambda index: kept[index].load())

    def __len__(self) -> int:
        return len(self._kept)

    def __getitem__(self, index: int) -> Any:
        return self._load(index)
