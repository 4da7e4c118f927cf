"""Work on a photo: read in a separate process, retouched, written to the spool."""

import contextlib
import io
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from lutbridge import __version__
from lutbridge.errors import ReadError, WriteError
from lutbridge.files import digest
from lutbridge.image.inspect import left_alone
from lutbridge.image.mask import mask_bytes
from lutbridge.image.metadata.mark import MADE_BY_US, Mark, has_mark
from lutbridge.image.photo import Photo
from lutbridge.image.results import marked
from lutbridge.image.worker import Limits, ReadingWorker
from lutbridge.image.write import extension_for, write
from lutbridge.lut.formats import FORMATS
from lutbridge.lut.formats.codec import Format
from lutbridge.lut.lut3d import Lut3D
from lutbridge.lut.provenance import Provenance, Source
from lutbridge.retouch import PART_VIEWS
from lutbridge.shoot import Facts, Take, facts_of, observe
from lutbridge.strength import Strength
from lutbridge.warm_up import render_once, warm_up
from lutbridge_server.contract import CONTAINERS
from lutbridge_server.errors import ApiError
from lutbridge_server.for_result import for_result
from lutbridge_server.jobs import Result, Step
from lutbridge_server.memory import with_less_and_less
from lutbridge_server.models import Models
from lutbridge_server.settings import Settings
from lutbridge_server.spool import Spool, is_full, no_space

log = logging.getLogger(__name__)

# A job's progress once the photo is read, and once it is retouched.
READ, RETOUCHED = 0.3, 0.8
DEFAULT_GRID_SIZE = 33
LUT_TYPES = {".cube": "text/plain; charset=utf-8", ".xmp": "application/rdf+xml", ".png": "image/png"}
OTHER_TYPE = "application/octet-stream"


@dataclass(frozen=True)
class Observed:
    """A photo that was looked at.

    Attributes:
        notices: sentences about it.
        source: its name, and the digest of its file.
        summary: what is kept of its pixels.
        facts: how it was taken.
    """

    notices: tuple[str, ...]
    source: Source
    summary: Take
    facts: Facts


class Darkroom:
    """Works on one photo at a time, for the worker's thread."""

    def __init__(self, settings: Settings, models: Models, spool: Spool):
        self.models, self._spool = models, spool
        self._reader = ReadingWorker(
            Limits(seconds=settings.seconds, memory=settings.decoder_bytes, pixels=settings.pixels)
        )

    def close(self) -> None:
        self._reader.close()

    def warm_up(self) -> None:
        """Does in advance what a first photo would wait for: starts the reading process, compiles, imports torch."""
        with contextlib.suppress(ReadError, OSError):
            self._reader.read(b"", "warm-up")
        render_once(self.models.default)
        warm_up()

    def read(
        self,
        upload: Path,
        name: str,
        step: Step = lambda progress: None,
        then: Callable[[Photo], Photo] | None = None,
    ) -> Photo:
        """The photo of an uploaded file, called `name`; given up at once where `step` raises.

        Args:
            then: what else touches the file's own bytes, for the reading process; here are arrays only.

        Raises:
            PhotoError: it is none, or damaged, or too large; or what `then` says.
            ApiError: there is no process to read it in.
        """
        try:
            photo = self._reader.read(upload, name, then=then, meanwhile=lambda: step(0.0))
            return replace(photo, notices=(*photo.notices, MADE_BY_US)) if has_mark(photo.container.xmp) else photo
        except OSError as error:
            log.error("no process to read photos in: %s", error)
            raise no_process() from error

    def lut(self, upload: Path, options: dict[str, Any], model: str, w_image: np.ndarray | None, step: Step) -> Result:
        """A LUT for an uploaded photo, in a file; options as `contract.lut` lists them.

        Args:
            w_image: (K,) weights that a group agreed on; None: the photo's own.
        """
        photo = self.read(upload, options["name"], step)
        step(READ)
        M, strength, view = grid_size(options), strength_of(options), options["view"]
        retoucher = self.models.get(model)
        found, used = with_less_and_less(
            retoucher,
            lambda retoucher: retoucher.lut(photo, view=view, grid_size=M, strength=strength, w_image=w_image),
        )
        step(RETOUCHED)
        about, loss = facts(used, strength, (*photo.notices, *left_alone(photo.pixels))), None
        if view not in PART_VIEWS:  # which are not meant for the whole photo
            loss = retoucher.loss(photo, found, strength, w_image)
            about["delta_e"] = round(loss.mean, 3)
        origin = provenance(
            used,
            options,
            photos=(Source(options["name"], digest(upload)),),
            view=view,
            weights=() if w_image is None else tuple(w_image.tolist()),
            loss=(loss.mean, loss.high) if loss else None,
        )
        return self.write_lut(found, options, about, origin)

    def write_lut(
        self, lut: Lut3D, options: dict[str, Any], about: dict[str, Any], origin: Provenance | None
    ) -> Result:
        """The LUT as a file of the format asked for, which says where it comes from, if it can."""
        kind = FORMATS[options["format"]]
        path = self._spool.keep(io.BytesIO(kind.to_bytes(kind.prepare(lut), origin.lines() if origin else ())))
        suffix = kind.suffixes[0]
        type_ = LUT_TYPES.get(suffix, OTHER_TYPE)
        return Result(path, path.stat().st_size, type_, Path(options["name"]).stem + suffix, about)

    def observe(self, upload: Path, options: dict[str, Any], model: str, step: Step) -> Observed:
        """What a group keeps of an uploaded photo; options as `contract.TAKE` lists them."""
        photo = self.read(upload, options["name"], step)
        step(READ)
        take, _ = with_less_and_less(self.models.get(model), lambda retoucher: observe(retoucher, photo))
        facts = replace(facts_of(upload), path=Path(options["folder"], options["name"]))  # of a file that could be read
        return Observed(photo.notices, Source(options["name"], digest(upload)), take, facts)

    def render(
        self, upload: Path, options: dict[str, Any], model: str, w_image: np.ndarray | None, step: Step
    ) -> Result:
        """An uploaded photo, retouched, in a file; options as `contract.RENDER` lists them."""
        try:
            photo = self.read(upload, options["name"], step, then=for_result(options))
        except WriteError as error:
            raise _cannot_hold(error) from error
        step(READ)
        strength = strength_of(options)
        rendering, used = with_less_and_less(
            self.models.get(model),
            lambda retoucher: retoucher.render(photo, strength=strength, w_image=w_image),
        )
        step(RETOUCHED)
        path = self._spool.new()
        result = marked(photo, Mark(used.name, f"strength {strength}"))
        clipped = max(rendering.clipped, _write(path, result, rendering.pixels))
        notices = (*photo.notices, *rendering.notices)
        about = facts(used, strength, notices) | {"clipped": round(clipped, 6)}
        name = Path(options["name"]).stem + extension_for(photo)
        return Result(path, path.stat().st_size, CONTAINERS[photo.container.format], name, about)

    def mask(self, upload: Path, options: dict[str, Any], model: str, w_image: np.ndarray | None, step: Step) -> Result:
        """The soft person mask of an uploaded photo, in a file; options as `contract.MASK` lists them.

        Args:
            w_image: ignored, as a group's weights change no mask.
        """
        photo = self.read(upload, options["name"])
        step(READ)
        found, used = with_less_and_less(self.models.get(model), lambda retoucher: retoucher.mask(photo))
        step(RETOUCHED)
        path = self._spool.keep(io.BytesIO(mask_bytes(found)))
        about = {"model": used.name, "device": used.device, "notices": list(photo.notices)}
        return Result(path, path.stat().st_size, "image/png", f"{Path(options['name']).stem}-mask.png", about)


def _write(path: Path, photo: Photo, pixels: np.ndarray) -> float:
    """Writes a result; returns the share of pixels that its colour space clips."""
    try:
        return write(path, photo, pixels, flush=False)  # it is sent, and removed
    except WriteError as error:
        cause = error.__cause__
        if not isinstance(cause, OSError):
            raise _cannot_hold(error) from error
        if is_full(cause):
            raise no_space() from error
        raise


def no_process() -> ApiError:
    """Asks a client to try again: a shortage (processes, descriptors, memory) may pass in a moment."""
    hint = "close other programs; it is tried again in a moment"
    return ApiError("busy", "this machine has no room for the process that reads photos", hint, {"Retry-After": "2"})


def _cannot_hold(error: WriteError) -> ApiError:
    return ApiError("bad_option", error.fault, "ask for another format, png or tiff")


def describe_format(kind: Format, largest: int) -> dict[str, Any]:
    """A LUT format as `/v1/info` lists it; `largest` is the helper's own limit of grid sizes."""
    suffix = kind.suffixes[0]
    sizes = [M for M in range(kind.smallest_grid, min(kind.largest_grid, largest) + 1) if kind.fits(M)]
    return {
        "format": kind.name,
        "extension": suffix,
        "type": LUT_TYPES.get(suffix, OTHER_TYPE),
        "sizes": [sizes[0], sizes[-1]],
        "default_size": kind.grid_size_for(DEFAULT_GRID_SIZE),
    }


def grid_size(options: dict[str, Any]) -> int:
    """The requested grid size, or the format's nearest to the usual one.

    Raises:
        ApiError: the format holds none of this size.
    """
    kind, size = FORMATS[options["format"]], options["size"]
    if size is None:
        return kind.grid_size_for(DEFAULT_GRID_SIZE)
    if kind.grid_size_for(size) != size:
        hint = f"{kind.grid_size_for(size)} is the nearest that it holds"
        raise ApiError("bad_option", f"{kind.name} holds no LUT of grid size {size}", hint)
    return size


def provenance(retoucher: Any, options: dict[str, Any], **of_lut: Any) -> Provenance:
    """What a LUT says of where it comes from; options as `contract.lut_file` lists them."""
    strength = strength_of(options)
    return Provenance(
        version=__version__,
        model=Source(retoucher.name, retoucher.digest),
        grid_size=grid_size(options),
        person=strength.person,
        background=strength.background,
        is_reduced=False,
        **of_lut,
    )


def facts(retoucher: Any, strength: Strength, notices: tuple[str, ...] = ()) -> dict[str, Any]:
    """What `Lutbridge-Result` says of any result."""
    about = {"model": retoucher.name, **strength.to_dict(), "device": retoucher.device}
    return about | {"notices": list(notices)}


def strength_of(options: dict[str, Any]) -> Strength:
    """Of `contract.STRENGTHS`: person and background, and strength if one is not given."""
    person, background = (options["strength"] if options[part] is None else options[part] for part in PART_VIEWS)
    return Strength(person=person, background=background)


def check_dials(models: Models, model: str, options: dict[str, Any]) -> None:
    """Raises ApiError if person and background differ, and the model does not separate them."""
    if not strength_of(options).is_even:
        models.check_mask(model, "different strengths for person and background", "use strength for both")
