"""The two kinds of work on a photo: writing a retouched photo or a LUT, either with its side files."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lutbridge.batch.compare import PreviewSize, compare
from lutbridge.batch.origin import Origin
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

MASK = "-mask.png"  # ending of the mask's file name
PARTS = ("person", "background")  # -person.cube and so on

MayReplace = Callable[[Path], bool]


@dataclass(frozen=True)
class Beside:
    """The side files of each result.

    Attributes:
        mask: whether to write the soft person mask.
        parts: whether to write the LUTs for the person and for the background.
        keeps: whether files that may not be replaced, including results, stay without failing their photo.
        suffix: of the LUT files.
    """

    mask: bool = False
    parts: bool = False
    keeps: bool = False
    suffix: str = ".cube"

    def part(self, name: str) -> str:
        """The ending of a part's LUT."""
        return f"-{name}{self.suffix}"

    def endings(self) -> tuple[str, ...]:
        """Endings of the files' names, see `batch.planned.PlannedPhoto`."""
        return (*(map(self.part, PARTS) if self.parts else ()), *((MASK,) if self.mask else ()))

    def put(self, path: Path, may_replace: MayReplace, put: Callable[[Path, bool], Any]) -> Any:
        """Calls `put(path, replace)` to write a file and returns its value; None if an existing file stays."""
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
        retoucher: a `Retoucher`, a `Shoot` or, if there are no side files, a `Preset`. Without previews, it may render
            into `photo.pixels`.
        strength: of the retouch.
        previews: their size, if there is a report.
        besides: the side files.
        may_replace: whether to replace a file that exists by then; otherwise the photo fails.
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
    format_name: str = "cube",
    origin: Origin | None = None,
) -> Work:
    """Work that writes one LUT for the photo, and measures its error against the photo's render.

    Args:
        retoucher: a `Retoucher` or a `Shoot`.
        view: as in `Retoucher.lut`.
        grid_size: lattice points along each axis; if the format does not allow it, the next size that it does.
        strength: of the retouch.
        besides: the side files.
        may_replace: as for `photo_writer`.
        format_name: a key of `lut.formats.FORMATS`.
        origin: for the note in the files on where they come from; None to leave it out.
    """

    from lutbridge.lut.formats import FORMATS  # here, because this import would cost renders 50 ms

    format_ = FORMATS[format_name]
    size = format_.grid_size_for(grid_size)

    def put_lut(path: Path, lut: Any, comments: list[str], replace: bool) -> None:
        data = format_.to_bytes(lut, comments)
        atomic_write(path, data, verify=lambda file: file.read() == data, replace=replace)

    def work(photo: Photo, output: Path) -> Callable[[], PhotoFigures]:
        def find(view: str) -> Any:
            return retoucher.lut(photo, view=view, grid_size=size, strength=strength)

        found, parts, parts_loss = {view: find(view)}, {}, None
        if besides.parts:
            parts = {part: find(part) for part in PARTS}
            parts_loss = retoucher.parts_loss(photo, *parts.values(), strength)
        loss = None if view in PARTS else retoucher.loss(photo, found[view], strength)
        mask = retoucher.mask(photo) if besides.mask else None
        notices = left_alone(photo.pixels)

        def finish() -> PhotoFigures:
            comments = origin.of(retoucher, photo.path, size, strength) if origin else lambda view, loss: []
            if mask is not None:
                besides.put(beside(output, MASK), may_replace, lambda path, replace: write_mask(path, mask, replace))
            luts = {beside(output, besides.part(part)): (lut, comments(part, None)) for part, lut in parts.items()}
            luts[output] = found[view], comments(view, loss)  # the result last: once it exists, all exist
            for path, made in luts.items():
                besides.put(path, may_replace, lambda path, replace, made=made: put_lut(path, *made, replace))
            return PhotoFigures(notices=notices, loss=loss, parts_loss=parts_loss)

        return finish

    return work
