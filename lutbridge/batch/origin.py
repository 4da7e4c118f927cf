"""The record in a photo's LUT of where it comes from."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lutbridge import __version__
from lutbridge.color.delta_e import Difference
from lutbridge.files import digest
from lutbridge.strength import Strength


@dataclass(frozen=True)
class Origin:
    """How a batch reads its photos, as far as their LUTs depend on it; see `lut.provenance.Provenance`."""

    encoding: str | None
    is_reduced: bool

    def of(
        self, retoucher: Any, photo: Path, grid_size: int, strength: Strength
    ) -> Callable[[str, Difference | None], list[str]]:
        """Lines for the LUTs of one photo: a function of view and loss.

        Args:
            retoucher: a `Retoucher`, or a `Shoot`, whose groups have agreed on weights.
        """
        from lutbridge.lut.provenance import Provenance

        weights = retoucher.weights(photo) if hasattr(retoucher, "weights") else None
        photo_sha256 = digest(photo)

        def lines(view: str, loss: Difference | None) -> list[str]:
            return Provenance(
                version=__version__,
                model=retoucher.name,
                model_sha256=retoucher.digest,
                photo=photo.name,
                photo_sha256=photo_sha256,
                view=view,
                grid_size=grid_size,
                person=strength.person,
                background=strength.background,
                encoding=self.encoding or "",
                is_reduced=self.is_reduced,
                weights=() if weights is None else tuple(weights.tolist()),
                loss=(loss.mean, loss.high) if loss else None,
            ).lines()

        return lines
