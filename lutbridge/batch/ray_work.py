"""A worker on a machine of a Ray cluster: does one photo after another, with a model that it loads once.

Nothing here depends on Ray: orders come in, outcomes go out, and both can be sent between processes.
"""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from lutbridge import __version__
from lutbridge.batch.planned import PlannedPhoto
from lutbridge.batch.record import Record, Stamps
from lutbridge.batch.recording import look_again, may_replace
from lutbridge.batch.run import PhotoFigures, PhotoResult, do
from lutbridge.batch.verdict import Existing
from lutbridge.errors import LutbridgeError, SetupError
from lutbridge.image.photo import Photo

_LOADED: dict[str, Any] = {}  # key of the current run → its model


@dataclass(frozen=True)
class Order:
    """One photo to work on, as sent to a worker.

    Attributes:
        known: the record of it from earlier runs.
        is_kept: whether to only compare it with its result, for the report.
        found: what a Shoot found for it (`shoot.Found`), or None.
        absent: if it is sent again, its output files that did not exist when it was first sent.
    """

    planned: PlannedPhoto
    known: Record = field(default_factory=Record)
    is_kept: bool = False
    found: Any = None
    absent: frozenset[Path] = frozenset()


@dataclass(frozen=True)
class Outcome:
    """A worker's answer for one photo.

    Attributes:
        stamps: of its files, if it was retouched.
        take: of a photo that was only looked at.
        place: the worker's machine, if it cannot see the photo.
    """

    result: PhotoResult
    stamps: Stamps | None = None
    take: Any = None
    place: str = ""


@dataclass(frozen=True)
class Fault:
    """Why a worker cannot do any photo."""

    sentence: str


@dataclass(frozen=True)
class Looking:
    """The first look at photos that will be matched.

    Attributes:
        observe: `shoot.observe`.
        read_photo: as in `batch.run.run`, at a reduced scale.
    """

    observe: Callable
    read_photo: Callable[[Path], Photo]

    def __call__(self, retoucher: Any, order: Order) -> Outcome:
        takes = []
        result = do(order.planned, lambda photo, _: takes.append(self.observe(retoucher, photo)), self.read_photo)
        return Outcome(result, take=takes[0] if takes else None)


@dataclass(frozen=True)
class Retouching:
    """The work of a batch, as in `batch.work` and `batch.recording`.

    Attributes:
        work_for: takes a retoucher, the number of photos and which files may be replaced; returns the work on each
            photo.
        has_report: whether to compare results with their photos.
    """

    work_for: Callable
    read_photo: Callable[[Path], Photo]
    existing: Existing
    photo_count: int
    has_report: bool

    def __call__(self, retoucher: Any, order: Order) -> Outcome:
        planned = order.planned
        if order.found is not None:
            retoucher = order.found.shoot(retoucher)
        result = do(planned, self._work(retoucher, order), self.read_photo)
        is_entered = result.status == "done" and not order.is_kept
        return Outcome(result, Stamps.of(planned) if is_entered else None)

    def _work(self, retoucher: Any, order: Order) -> Callable:
        planned, replaceable = order.planned, may_replace(order.known, self.existing)
        # Its worker died after writing the result, before reporting it. The result is whole, as files appear whole.
        is_written = planned.output in order.absent and planned.output.exists()
        if is_written and not self.has_report:
            return lambda photo, output: PhotoFigures
        kept = [planned] if order.is_kept or is_written else []
        work = self.work_for(
            retoucher, self.photo_count, lambda path: replaceable(path) or path in order.absent - {planned.output}
        )
        return look_again(work, kept, order.known, self.photo_count)


@dataclass(frozen=True)
class Recipe:
    """What all photos of a run share.

    Attributes:
        key: identifies the run.
        load: returns a Retoucher; called once in each worker.
        version, digest: of lutbridge and of the model, on the user's machine.
        folder: the user's current folder; relative paths start there.
        token: a file beside the results; a worker that sees it sees the right folder.
    """

    key: str
    load: Callable[[], Any]
    version: str
    digest: str
    folder: Path
    token: Path
    work: Callable[[Any, Order], Outcome]


def work_on(recipe: Recipe, order: Order) -> Outcome | Fault:
    """Does the work on one photo."""
    place = socket.gethostname()
    try:
        if recipe.key not in _LOADED:
            _LOADED.clear()
            _LOADED[recipe.key] = _loaded(recipe, place)
        outcome = recipe.work(_LOADED[recipe.key], order)
    except LutbridgeError as error:
        return Fault(f"on {place}: {error}")
    sees_photo = outcome.result.status == "done" or order.planned.source.exists()
    return outcome if sees_photo else replace(outcome, place=place)


def _loaded(recipe: Recipe, place: str) -> Any:
    if recipe.version != __version__:
        raise SetupError(f"lutbridge {__version__} is installed there, and {recipe.version} here; install the same")
    if not recipe.token.exists():
        raise SetupError(f"{recipe.token.parent} is not the folder that is seen here; share it under the same path")
    try:
        os.chdir(recipe.folder)
    except OSError as error:
        raise SetupError(
            f"{recipe.folder} cannot be entered ({error.strerror}); share it, or start elsewhere"
        ) from error
    retoucher = recipe.load()
    if retoucher.digest != recipe.digest:
        raise SetupError("the model is another one than here; install the same lutbridge, or share the model's file")
    return retoucher
