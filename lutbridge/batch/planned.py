"""A photo and its planned output files."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class PlannedPhoto:
    """One photo and its planned output files.

    Attributes:
        output: the result.
        beside: endings of its side files: "-mask.png" means IMG_1-mask.png beside IMG_1.jpg.
    """

    source: Path
    output: Path
    beside: tuple[str, ...] = ()

    @property
    def outputs(self) -> tuple[Path, ...]:
        """The result and its side files."""
        return (self.output, *(beside(self.output, ending) for ending in self.beside))


def beside(output: Path, ending: str) -> Path:
    """The side file of a result with this ending."""
    return output.with_name(output.stem + ending)
