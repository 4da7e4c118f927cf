"""What a batch was asked for: the options of render, cube and `lut apply`, each kind in one place."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from lutbridge.strength import Strength

if TYPE_CHECKING:
    from lutbridge.image.target import Target


@dataclass(frozen=True)
class InputSettings:
    """What is read.

    Attributes:
        photos: files and folders, as the user named them.
        encoding: "srgb" or "linear", of floating-point TIFFs without a profile; None: as their file says.
        looks_only: results have no pixels of the photos, which are read at the scale that does.
        also_read: what is read beside the photos and what `MatchSettings` names; none of it is written to.
    """

    photos: Sequence[str]
    encoding: str | None = None
    looks_only: bool = False
    also_read: Sequence[Path] = ()


@dataclass(frozen=True)
class ModelSettings:
    """Whose retouch it is.

    Attributes:
        name: a shipped model's, or a file.
        device: where it runs: "auto", "cpu" or "cuda".
        mask_for: what was asked for that takes a model which treats person and background apart, or "".
    """

    name: str
    device: str
    mask_for: str = ""


@dataclass(frozen=True)
class MatchSettings:
    """How takes are to be matched.

    Attributes:
        by: "folder", "time", "auto", "all" or a file that lists the groups.
        reference: a photo that the takes should come to look like, or None.
        consistency: 0 (each take alone) to 1.
    """

    by: str
    reference: Path | None
    consistency: float

    def files(self) -> list[Path]:
        """What is read beside the photos."""
        return [Path(self.by), *([self.reference] if self.reference else [])]


@dataclass(frozen=True)
class OutputSettings:
    """What is written, and where.

    Attributes:
        folder: for the results.
        existing: what to do about results that are there already.
        as_json: whether each result is told as a JSON object.
        report: a page with before and after, or None.
        open_report: whether it is opened in the browser at the end.
        target: what results are to be, where that is not what their photo is.
    """

    folder: Path
    existing: Literal["refuse", "skip", "overwrite"]
    as_json: bool
    report: Path | None = None
    open_report: bool = False
    target: "Target | None" = None


@dataclass(frozen=True)
class BatchSettings:
    """What a command was asked to do with many photos.

    Attributes:
        matching: None where each is retouched alone.
        beside: endings of what is written beside each result, see `batch.plan.PlannedPhoto`.
    """

    input: InputSettings
    output: OutputSettings
    strength: Strength
    matching: MatchSettings | None = None
    beside: Sequence[str] = ()
