"""The two kinds of work on one photo: a retouched photo, or a LUT; and what is written beside either."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lutbridge.batch.compare import PreviewSize, compare
from lutbridge.batch.planned import beside
from lutbridge.batch.run import PhotoFigures, Work
from lutbridge.files import atomic_write
from lutbridge.image.inspect import left_alone
from lutbridge.image.mask import write_mask
from lutbridge.image.metadata.mark import Mark
from lutbridge.image.photo import Photo
from lutbridge.image.results import marked
from lutbridge.image.write import write
from lutbridge.strength import Strength

MASK, PERSON, BACKGROUND = "-mask.png", "-person.cube", "-background.cube"  # endings of what stands beside a result

MayReplace = Callable[[Path], bool]


@dataclass(frozen=True)
class Beside:
    """What is written beside each result.

    Attributes:
        mask: whether the soft person mask is.
        parts: whether the LUTs for the person and for the background are.
        keeps: whether files that may not be replaced stay, the results among them, and their photo fails for none.
    """

    mask: bool = False
    parts: bool = False
    keeps: bool = False

    def endings(self) -> tuple[str, ...]:
        """Of the files' names, see `batch.planned.PlannedPhoto`."""
        return (*((PERSON, BACKGROUND) if self.parts else ()), *((MASK,) if self.mask else ()))

    def put(self, path: Path, may_replace: MayReplace, put: Callable[[Path, bool], Any]) -> Any:
        """Has a file written, unless it stays; returns what `put(path, replace)` returns, or None."""
        replace = may_replace(path)
        return None if self.keeps and not replace and path.exists() else put(path, replace)


NOTHING = Beside()


def anything(path: Path) -> bool:
    """Any file may be replaced."""
    return True


def photo_writer(
    retoucher: Any,
    strength: Strength,
    previews: PreviewSize | None = None,
    besides: Beside = NOTHING,
    may_replace: MayReplace = anything,
) -> Work:
    """Work that writes the retouched photo.

    Args:
        retoucher: a `Retoucher`, a `Shoot` or, where nothing is written besides, a `Preset`. It may put the result into
            `photo.pixels` where there are no previews.
        strength: of the retouch.
        previews: their size where a report is to be written.
        besides: what else is written.
        may_replace: whether a file that stands there by then is replaced, or the photo fails.
    """

    def work(photo: Photo, output: Path) -> Callable[[], PhotoFigures]:
        mask = retoucher.mask(photo) if besides.mask else None
        find_person = retoucher.person_finder(photo) if previews else None
        rendering = retoucher.render(photo, strength=strength, in_place=previews is None)

        def finish() -> PhotoFigures:
            if mask is not None:
                besides.put(beside(output, MASK), may_replace, lambda path, replace: write_mask(path, mask, replace))
            result = marked(photo, Mark(retoucher.name, f"strength {strength}"))
            outside = besides.put(
                output, may_replace, lambda path, replace: write(path, result, rendering.pixels, replace)
            )
            seen = (photo.pixels, rendering.pixels, previews, photo.color)
            comparison = compare(*seen, find_person=find_person) if previews else None
            clipped = max(rendering.clipped, outside or 0.0)
            return PhotoFigures(rendering.image_weights, clipped, comparison, rendering.notices)

        return finish

    return work


def cube_writer(
    retoucher: Any,
    view: str,
    grid_size: int,
    strength: Strength,
    besides: Beside = NOTHING,
    may_replace: MayReplace = anything,
) -> Work:
    """Work that writes one .cube for the photo, and measures what it loses against the photo's render.

    Args:
        retoucher: a `Retoucher` or a `Shoot`.
        view: as of `Retoucher.lut`.
        grid_size: lattice points along each axis.
        strength: of the retouch.
        besides: what else is written.
        may_replace: as for `photo_writer`.
    """

    from lutbridge.lut.formats import cube  # here, because importing the formats of LUTs takes renders 50 ms

    def put_cube(path: Path, lut: Any, replace: bool) -> None:
        data = cube.to_bytes(lut)
        atomic_write(path, data, verify=lambda file: file.read() == data, replace=replace)

    def work(photo: Photo, output: Path) -> Callable[[], PhotoFigures]:
        def find(view: str) -> Any:
            return retoucher.lut(photo, view=view, grid_size=grid_size, strength=strength)

        found, parts, parts_loss = {output: find(view)}, {}, None
        if besides.parts:
            person, background = find("person"), find("background")
            parts = {beside(output, PERSON): person, beside(output, BACKGROUND): background}
            parts_loss = retoucher.parts_loss(photo, person, background, strength)
        loss = None if view in ("person", "background") else retoucher.loss(photo, found[output], strength)
        mask = retoucher.mask(photo) if besides.mask else None
        notices = left_alone(photo.pixels)

        def finish() -> PhotoFigures:
            if mask is not None:
                besides.put(beside(output, MASK), may_replace, lambda path, replace: write_mask(path, mask, replace))
            for path, lut in (parts | found).items():  # the result last: where it stands, all stands
                besides.put(path, may_replace, lambda path, replace, lut=lut: put_cube(path, lut, replace))
            return PhotoFigures(notices=notices, loss=loss, parts_loss=parts_loss)

        return finish

    return work
