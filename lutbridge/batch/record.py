"""The record of earlier runs, for later ones and for other machines; `manifest` keeps it on disk."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from lutbridge.batch.planned import PlannedPhoto
from lutbridge.files import digest

_ALGORITHM = "blake2b"

State = Literal["started", "done", "failed"]


@dataclass(frozen=True)
class Stamp:
    """The size, time and content of a file when it was recorded.

    Attributes:
        size: bytes.
        mtime_ns: time of the last change, ns.
        digest: BLAKE2b of its content, or "" if not computed.
    """

    size: int
    mtime_ns: int
    digest: str = ""

    @classmethod
    def of(cls, path: Path, with_digest: bool = True) -> "Stamp":
        """Raises OSError if the file cannot be read."""
        status = path.stat()
        return cls(status.st_size, status.st_mtime_ns, digest_of(path) if with_digest else "")

    def is_of(self, path: Path, thorough: bool = False) -> bool:
        """Whether the file is unchanged: by size and time, or by content if the time differs or if `thorough`."""
        try:
            now = Stamp.of(path, with_digest=False)
            if now.size != self.size:
                return False
            if now.mtime_ns == self.mtime_ns and not thorough:
                return True
            return bool(self.digest) and digest_of(path) == self.digest
        except OSError:
            return False


def digest_of(path: Path) -> str:
    """BLAKE2b of a file's content, in hexadecimal."""
    return digest(path, _ALGORITHM)


def stamp_or_none(path: Path, with_digest: bool = False) -> Stamp | None:
    """The stamp of a file, or None if it cannot be read."""
    try:
        return Stamp.of(path, with_digest)
    except OSError:
        return None


@dataclass(frozen=True)
class MadeWith:
    """The model and settings that make a result.

    Attributes:
        model: digest of the file of the model or LUT.
        settings: everything else that a result depends on, as JSON values.
    """

    model: str
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """One result, as recorded.

    Attributes:
        photo: absolute path of its source.
        stamp: of the photo.
        results: absolute path → stamp when written, for the result and its side files.
        figures: for later reports, see `recording.remembered`.
    """

    photo: Path
    stamp: Stamp
    made_with: MadeWith
    state: State
    message: str
    seconds: float
    figures: Mapping[str, Any]
    results: Mapping[Path, Stamp] = field(default_factory=dict)


@dataclass(frozen=True)
class Stamps:
    """The stamps of a finished photo and its output files; None for a missing file."""

    photo: Stamp | None
    results: Mapping[Path, Stamp | None]

    @classmethod
    def of(cls, planned: PlannedPhoto) -> "Stamps":
        """Reads all the files."""
        results = {path: stamp_or_none(path, with_digest=True) for path in planned.outputs}
        return cls(stamp_or_none(planned.source, with_digest=True), results)


class Record:
    """The results of earlier runs, as recorded when this run began.

    Attributes:
        entries: absolute path of a result → its entry.
    """

    def __init__(self, entries: Mapping[Path, Entry] | None = None, results: Mapping[Path, Stamp] | None = None):
        self.entries = dict(entries or {})
        self._results = dict(results or {})

    def entry(self, output: Path) -> Entry | None:
        """The entry of a result when this run began, or None."""
        return self.entries.get(Path(os.path.abspath(output)))

    def made(self, path: Path, thorough: bool = False) -> bool:
        """Whether an earlier run wrote this file and it is unchanged since; for `thorough`, see `Stamp.is_of`."""
        path = Path(os.path.abspath(path))
        return path in self._results and self._results[path].is_of(path, thorough)

    def about(self, planned: PlannedPhoto) -> "Record":
        """The part of the record about one photo; it can be sent to another process."""
        paths = [Path(os.path.abspath(path)) for path in planned.outputs]
        return Record(
            {path: self.entries[path] for path in paths if path in self.entries},
            {path: self._results[path] for path in paths if path in self._results},
        )
