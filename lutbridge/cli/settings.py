"""The settings of a batch: the options of render, cube and `lut apply`, by kind."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from lutbridge.strength import Strength

if TYPE_CHECKING:
    from lutbridge.batch.collect import Collection
    from lutbridge.image.target import Target


@dataclass(frozen=True)
class InputSettings:
    """What is read.

    Attributes:
        photos: files and folders as named by the user, or found in a watched folder.
        encoding: "srgb" or "linear", of floating-point TIFFs without a profile; None: as their file says.
        looks_only: results have no pixels of the photos, which are read at the scale that does.
        also_read: files read besides the photos and those of `MatchSettings`; never written to.
    """

    photos: "Sequence[str] | Collection"
    encoding: str | None = None
    looks_only: bool = False
    also_read: Sequence[Path] = ()


@dataclass(frozen=True)
class ModelSettings:
    """Whose retouch it is.

    Attributes:
        name: a shipped model's, or a file.
        device: "auto", "cpu" or "cuda".
        mask_for: the option that needs a model that separates person and background, or "".
    """

    name: str
    device: str
    mask_for: str = ""


@dataclass(frozen=True)
class MatchSettings:
    """How to match the takes.

    Attributes:
        by: "folder", "time", "auto", "all" or a file that lists the groups.
        reference: a photo that the takes should match, or None.
        consistency: 0 (each take alone) to 1.
    """

    by: str
    reference: Path | None
    consistency: float

    def files(self) -> list[Path]:
        """Files that are read besides the photos."""
        return [Path(self.by), *([self.reference] if self.reference else [])]


@dataclass(frozen=True)
class OutputSettings:
    """What is written, and where.

    Attributes:
        folder: for the results.
        existing: what to do about files in their places that no run wrote, or that were edited since.
        as_json: whether to print each result as a JSON object.
        report: a page with before and after, or None.
        open_report: whether it is opened in the browser at the end.
        target: the wanted format of the results, if not as their photo.
        file: the name of the result of a single photo, or None.
        pattern: of the results' names, as of `batch.names`, or None.
    """

    folder: Path
    existing: Literal["refuse", "skip", "overwrite"]
    as_json: bool
    report: Path | None = None
    open_report: bool = False
    target: "Target | None" = None
    file: str | None = None
    pattern: str | None = None

    @property
    def place(self) -> Path:
        """What the user calls the place of the results: the folder, or the one file."""
        return self.folder / self.file if self.file else self.folder


@dataclass(frozen=True)
class BatchSettings:
    """What a command was asked to do with many photos.

    Attributes:
        matching: None where each is retouched alone.
        beside: endings of the files written beside each result, see `batch.planned.PlannedPhoto`.
        jobs: photos at once, on the CPU.
        ray: the Ray cluster whose machines share the work: "auto" or HOST:PORT; "" for this machine alone.
        of_command: what else the results of this command depend on, by the names of the options.
        dry_run: whether to only show what would be done.
        is_watched: whether photos arrive one by one, and somebody waits for each.
    """

    input: InputSettings
    output: OutputSettings
    strength: Strength
    matching: MatchSettings | None = None
    beside: Sequence[str] = ()
    of_command: Mapping[str, str | int] = field(default_factory=dict)
    jobs: int = 1
    ray: str = ""
    dry_run: bool = False
    is_watched: bool = False

    def recorded(self) -> dict[str, Any]:
        """Everything but model and photo that a result depends on, for the manifest; files by their content."""
        from lutbridge.batch.record import digest_of

        def content(path: Path) -> str:
            return digest_of(path) if path.is_file() else str(path)

        recorded = {"person": self.strength.person, "background": self.strength.background, **self.of_command}
        recorded["input_encoding"] = self.input.encoding
        if target := self.output.target:
            recorded |= {"format": target.format, "bits": target.bits, "quality": target.quality}
            recorded["icc"] = hashlib.blake2b(target.icc).hexdigest() if target.icc else None
        if matching := self.matching:
            reference = content(matching.reference) if matching.reference else None
            recorded |= {"group": content(Path(matching.by)), "reference": reference}
            recorded["consistency"] = matching.consistency
        return recorded
