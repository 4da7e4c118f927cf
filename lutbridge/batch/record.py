"""What earlier runs did, as later ones and other machines need to know it; `manifest` keeps it on disk."""

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
    """What a file was.

    Attributes:
        size: bytes.
        mtime_ns: when it was last changed, ns.
        digest: BLAKE2b of its content, or "" where nobody looked.
    """

    size: int
    mtime_ns: int
    digest: str = ""

    @classmethod
    def of(cls, path: Path, with_digest: bool = True) -> "Stamp":
        """Raises OSError where there is no file that can be read."""
        status = path.stat()
        return cls(status.st_size, status.st_mtime_ns, digest_of(path) if with_digest else "")

    def is_of(self, path: Path, thorough: bool = False) -> bool:
        """Whether the file is what it was: by size and time, or by its content where these differ or `thorough`."""
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
    """The stamp of a file, or None where there is none that can be read."""
    try:
        return Stamp.of(path, with_digest)
    except OSError:
        return None


@dataclass(frozen=True)
class MadeWith:
    """What results are made with.

    Attributes:
        model: digest of the file of the model or LUT.
        settings: everything else that a result depends on, as JSON has it.
    """

    model: str
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """What is known of one result.

    Attributes:
        photo: what it was made of, absolute.
        stamp: of the photo.
        results: the result and what stands beside it, absolute, as they were written.
        figures: what there was to tell of it, see `remembered`.
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
    """What the files of a photo that is done are; None for one that is not there."""

    photo: Stamp | None
    results: Mapping[Path, Stamp | None]

    @classmethod
    def of(cls, planned: PlannedPhoto) -> "Stamps":
        """Reads all of them."""
        results = {path: stamp_or_none(path, with_digest=True) for path in planned.outputs}
        return cls(stamp_or_none(planned.source, with_digest=True), results)


class Record:
    """What earlier runs did, as it was when this run began.

    Attributes:
        entries: by the result's absolute path.
    """

    def __init__(self, entries: Mapping[Path, Entry] | None = None, results: Mapping[Path, Stamp] | None = None):
        self.entries = dict(entries or {})
        self._results = dict(results or {})

    def entry(self, output: Path) -> Entry | None:
        """What was known of a result when the run began."""
        return self.entries.get(Path(os.path.abspath(output)))

    def made(self, path: Path, thorough: bool = False) -> bool:
        """Whether a run wrote this file and nobody has changed it since: by size and time, or by its content."""
        path = Path(os.path.abspath(path))
        return path in self._results and self._results[path].is_of(path, thorough)

    def about(self, planned: PlannedPhoto) -> "Record":
        """The part of it that is about one photo; it can be sent to another process."""
        paths = [Path(os.path.abspath(path)) for path in planned.outputs]
        return Record(
            {path: self.entries[path] for path in paths if path in self.entries},
            {path: self._results[path] for path in paths if path in self._results},
        )
