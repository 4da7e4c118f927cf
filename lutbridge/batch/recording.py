"""Work that is recorded in the manifest, replaces only our own files, and compares kept results for the report."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lutbridge.batch.compare import compare, preview_size
from lutbridge.batch.manifest import Manifest
from lutbridge.batch.planned import PlannedPhoto
from lutbridge.batch.record import Record
from lutbridge.batch.run import PhotoFigures, Work
from lutbridge.batch.verdict import Existing
from lutbridge.image.photo import Photo
from lutbridge.image.read import LOOK_SIDE, read


def may_replace(manifest: Record, existing: Existing) -> Callable[[Path], bool]:
    """A test of whether a file may be replaced: our own, if its content is unchanged, or any file with "overwrite"."""
    return lambda path: existing == "overwrite" or manifest.made(path, thorough=True)


def recorded(work: Work, todo: Sequence[PlannedPhoto], manifest: Manifest) -> Work:
    """The work, with each finished photo recorded in the manifest."""
    planned = {photo.output: photo for photo in todo}

    def work_and_enter(photo: Photo, output: Path) -> Callable[[], PhotoFigures]:
        start = time.perf_counter()
        finish = work(photo, output)

        def finish_and_enter() -> PhotoFigures:
            figures = finish()
            manifest.done(planned[output], time.perf_counter() - start, remembered(figures))
            return figures

        return finish_and_enter

    return work_and_enter


def look_again(work: Work, kept: Sequence[PlannedPhoto], manifest: Record, photo_count: int) -> Work:
    """The work, except that kept photos are only compared with their existing results.

    Args:
        photo_count: on the report's page.
    """
    outputs, previews = {photo.output for photo in kept}, preview_size(photo_count)

    def work_or_look(photo: Photo, output: Path) -> Callable[[], PhotoFigures]:
        if output not in outputs:
            return work(photo, output)
        result = read(output, long_side=LOOK_SIDE)
        comparison = compare(photo.pixels, result.pixels, previews, photo.color, result.color)
        entry = manifest.entry(output)
        figures = entry.figures if entry else {}
        return lambda: PhotoFigures(
            image_weights=tuple(figures.get("image_weights", ())),
            clipped=figures.get("clipped", 0.0),
            comparison=comparison,
            notices=tuple(figures.get("notices", ())),
        )

    return work_or_look


def remembered(figures: PhotoFigures) -> Mapping[str, Any]:
    """The figures that a later report needs, as JSON values."""
    return {
        "image_weights": [round(weight, 6) for weight in figures.image_weights],
        "clipped": figures.clipped,
        "notices": list(figures.notices),
    }
