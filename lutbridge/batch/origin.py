"""Where a LUT comes from, as noted in its file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lutbridge import __version__
from lutbridge.color.delta_e import Difference
from lutbridge.errors import ReadError
from lutbridge.files import digest
from lutbridge.strength import Strength

if TYPE_CHECKING:
    from lutbridge.lut.provenance import Source


@dataclass(frozen=True)
class Origin:
    """The settings for reading photos that affect their LUTs; see `lut.provenance.Provenance`."""

    encoding: str | None
    is_reduced: bool

    def of(
        self, retoucher: Any, photo: Path, grid_size: int, strength: Strength
    ) -> Callable[[str, Difference | None], list[str]]:
        """Returns a function from view and loss to the comment lines of one photo's LUT.

        Args:
            retoucher: a `Retoucher`, or a `Shoot` whose groups are matched.
        """
        weights = retoucher.weights(photo) if hasattr(retoucher, "weights") else None
        source = source_of(photo)

        def lines(view: str, loss: Difference | None) -> list[str]:
            return self._lines(
                retoucher,
                grid_size,
                strength,
                photos=(source,),
                view=view,
                weights=() if weights is None else tuple(weights.tolist()),
                loss=(loss.mean, loss.high) if loss else None,
            )

        return lines

    def of_group(
        self,
        shoot: Any,
        photos: Sequence[Path],
        reference: Path | None,
        grid_size: int,
        strength: Strength,
        losses: Sequence[float],
    ) -> list[str]:
        """The comment lines of a group's LUT.

        Args:
            shoot: the `Shoot` that matched it.
            photos: the group's, in its order.
            reference: the photo they were matched to, or None.
            losses: mean ΔE2000 of each photo.
        """
        from lutbridge.lut.provenance import MOST_PHOTOS, SHARED, Matching

        return self._lines(
            shoot,
            grid_size,
            strength,
            photos=tuple(source_of(photo) for photo in photos[:MOST_PHOTOS]),
            view=SHARED,
            matching=Matching(shoot.consistency, reference and source_of(reference)),
            loss=(sum(losses) / len(losses), max(losses)),
            photo_count=len(photos),
        )

    def _lines(self, retoucher: Any, grid_size: int, strength: Strength, **of_lut: Any) -> list[str]:
        from lutbridge.lut.provenance import Provenance, Source

        return Provenance(
            version=__version__,
            model=Source(retoucher.name, retoucher.digest),
            grid_size=grid_size,
            person=strength.person,
            background=strength.background,
            encoding=self.encoding or "",
            is_reduced=self.is_reduced,
            **of_lut,
        ).lines()


def source_of(path: Path) -> "Source":
    """A file's name and digest, for the note in a LUT.

    Raises:
        ReadError: it can no longer be read.
    """
    from lutbridge.lut.provenance import Source

    try:
        return Source(path.name, digest(path))
    except OSError as error:
        fault = f"it cannot be read again to be named in its LUT ({error.strerror or error})"
        raise ReadError(path, fault, "put it back and run the same command again") from error
