"""The two kinds of work on one photo: a retouched photo, or a LUT."""

from collections.abc import Callable
from pathlib import Path

from lutbridge.batch.compare import PreviewSize, compare
from lutbridge.batch.run import PhotoFigures, Work
from lutbridge.files import atomic_write
from lutbridge.image.photo import Photo
from lutbridge.image.write import write
from lutbridge.strength import Strength


def photo_writer(
    render: Callable, strength: Strength, previews: PreviewSize | None = None, replace: bool = True
) -> Work:
    """Work that writes the retouched photo.

    Args:
        render: of a `Retoucher`, a `Shoot` or a `Preset`. It may put the result into `photo.pixels` where
            there are no previews.
        strength: of the retouch.
        previews: their size where a report is to be written.
        replace: whether a file that stands there by then is replaced, or the photo fails.
    """

    def work(photo: Photo, output: Path) -> Callable[[], PhotoFigures]:
        rendering = render(photo, strength=strength, in_place=previews is None)

        def finish() -> PhotoFigures:
            clipped = max(rendering.clipped, write(output, photo, rendering.pixels, replace))
            comparison = compare(photo.pixels, rendering.pixels, previews, photo.color) if previews else None
            return PhotoFigures(rendering.image_weights, clipped, comparison)

        return finish

    return work


def cube_writer(lut: Callable, view: str, grid_size: int, strength: Strength, replace: bool = True) -> Work:
    """Work that writes one .cube for the photo.

    Args:
        lut: of a `Retoucher` or a `Shoot`.
        view: "fitted", "fused" or "image-weights".
        grid_size: lattice points along each axis.
        strength: of the retouch.
        replace: as for `photo_writer`.
    """

    from lutbridge.lut.formats import cube  # here, because importing the formats of LUTs takes renders 50 ms

    def work(photo: Photo, output: Path) -> Callable[[], PhotoFigures]:
        found = lut(photo, view=view, grid_size=grid_size, strength=strength)

        def finish() -> PhotoFigures:
            data = cube.to_bytes(found)
            atomic_write(output, data, verify=lambda file: file.read() == data, replace=replace)
            return PhotoFigures()

        return finish

    return work
