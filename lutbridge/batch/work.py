"""The two kinds of work on one photo: a retouched photo, or a LUT."""

from collections.abc import Callable
from pathlib import Path

from lutbridge.batch.compare import PreviewSize, compare
from lutbridge.batch.run import Outcome, Work
from lutbridge.files import atomic_write
from lutbridge.image.photo import Photo
from lutbridge.image.write import write


def photo_writer(render: Callable, strength: float, previews: PreviewSize | None = None, replace: bool = True) -> Work:
    """Work that writes the retouched photo.

    Args:
        render: `Retoucher.render` or its like; it may put the result into `photo.pixels` where there are no previews.
        strength: 0 (untouched) to 1.
        previews: their size where a report is to be written.
        replace: whether a file that stands there by then is replaced, or the photo fails.
    """

    def work(photo: Photo, target: Path) -> Callable[[], Outcome]:
        rendering = render(photo, strength, in_place=previews is None)

        def finish() -> Outcome:
            clipped = max(rendering.clipped, write(target, photo, rendering.pixels, replace))
            comparison = compare(photo.pixels, rendering.pixels, previews, photo.color) if previews else None
            return Outcome(rendering.image_weights, clipped, comparison)

        return finish

    return work


def cube_writer(lut: Callable, view: str, grid_size: int, strength: float, replace: bool = True) -> Work:
    """Work that writes one .cube for the photo.

    Args:
        lut: `Retoucher.lut` or its like.
        view: "fitted", "fused" or "image-weights".
        grid_size: lattice points along each axis.
        strength: 0 (untouched) to 1.
        replace: as for `photo_writer`.
    """

    from lutbridge.lut.formats import cube  # here, because importing the formats of LUTs takes renders 50 ms

    def work(photo: Photo, target: Path) -> Callable[[], Outcome]:
        found = lut(photo, view=view, grid_size=grid_size, strength=strength)

        def finish() -> Outcome:
            data = cube.to_bytes(found)
            atomic_write(target, data, verify=lambda file: file.read() == data, replace=replace)
            return Outcome()

        return finish

    return work
