"""A photo and the files that it becomes."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class PlannedPhoto:
    """One photo and the files it becomes.

    Attributes:
        output: the photo's result.
        beside: endings of the names of what is written beside it: "-mask.png" goes beside IMG_1.jpg as IMG_1-mask.png.
    """

    source: Path
    output: Path
    beside: tuple[str, ...] = ()

    @property
    def outputs(self) -> tuple[Path, ...]:
        """The result, and what is written beside it."""
        return (self.output, *(beside(self.output, ending) for ending in self.beside))


def beside(output: Path, ending: str) -> Path:
    """The file beside a result whose name has this ending."""
    return output.with_name(output.stem + ending)
