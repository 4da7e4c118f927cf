"""Works through a plan, photo after photo; one bad photo does not stop the batch.

While one is retouched, the next is decoded and the previous one is written: three are in memory, or two large ones.
"""

import errno
import tempfile
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from lutbridge.batch.compare import Comparison
from lutbridge.batch.planned import PlannedPhoto
from lutbridge.color.delta_e import Difference
from lutbridge.errors import LutbridgeError, PhotoError, ReadError, SetupError, WriteError
from lutbridge.files import discard_temporaries
from lutbridge.image.photo import Photo
from lutbridge.image.read import read

FULL_DISK = frozenset({errno.ENOSPC, errno.EDQUOT})
# Limit for reading one photo: a file made to stall a decoder must not hold up an overnight batch. 600 MB from a share
# at 4 MB/s take half of it.
READ_SECONDS = 300.0
THREAD_PREFIX = "lutbridge-"
AHEAD = 4  # times `jobs`: photos that are in progress or wait for a slower one before them
LARGE = 2**28  # bytes of pixels; a photo this large is written before the next one is retouched


@dataclass(frozen=True)
class PhotoFigures:
    """Facts about one photo, besides the files written."""

    image_weights: tuple[float, ...] = ()
    clipped: float | None = None  # share of pixels, 0–1; None if nothing was rendered
    comparison: Comparison | None = None
    notices: tuple[str, ...] = ()
    loss: Difference | None = None  # between the photo through its LUT and its render
    parts_loss: Difference | None = None  # the same for the LUTs of person and background under the mask


@dataclass(frozen=True)
class PhotoResult:
    source: Path
    output: Path
    status: Literal["done", "failed"]
    seconds: float
    notices: tuple[str, ...] = ()
    figures: PhotoFigures | None = None  # only of a photo that is done
    beside: tuple[Path, ...] = ()  # side files
    error: str = ""  # one sentence, only of a photo that failed
    traceback: str = ""  # of an unexpected failure, that is, a bug


# Retouches a photo; may return a function that writes the output, whole or not at all, in another thread.
Work = Callable[[Photo, Path], Callable[[], PhotoFigures] | None]


def prepare_folder(folder: Path, option: str) -> None:
    """Creates an output folder and checks that it is writable.

    Args:
        option: the option that names it, for the error message.

    Raises:
        SetupError: it cannot be created or written to, or the disk is full.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(prefix=".lutbridge-", suffix=".tmp", dir=folder) as probe:
            probe.write(bytes(4096))
    except OSError as error:
        reason = error.strerror or error
        raise SetupError(f"{folder}: is not writable ({reason}); choose another folder with {option}") from error


def run(
    plan: Sequence[PlannedPhoto],
    work: Work,
    should_stop: Callable[[], bool] = lambda: False,
    read_photo: Callable[[Path], Photo] = read,
    jobs: int = 1,
) -> Iterator[PhotoResult]:
    """Yields a result for each photo, in order, until done or until `should_stop()` is true between two photos.

    Before it stops, it finishes the current photo: the one being written, or else the one being retouched. A
    KeyboardInterrupt stops it at once and removes half-written files. A photo that takes more than READ_SECONDS to
    read fails, and the others go on.

    Args:
        plan: photos and their outputs; missing subfolders are created.
        work: called in this thread. The functions it returns are called one after another, and not after a fault.
        read_photo: `image.read.read` or similar.
        jobs: photos at once; if more than one, each is read, retouched and written in its own thread, so that `work`
            is called from several threads. The order of results is the same.

    Raises:
        SetupError: the remaining photos would fail too (a full disk). Photos already done are kept.
    """
    step_by_step = _in_steps(plan, work, should_stop, read_photo)
    yield from step_by_step if jobs == 1 else _at_once(plan, work, should_stop, read_photo, jobs)


def _in_steps(plan, work, should_stop, read_photo) -> Iterator[PhotoResult]:
    """Retouches one photo at a time, while the next one is read and the previous one is written."""
    sources = iter([planned.source for planned in plan])
    upcoming = _read_next(None, sources, read_photo)
    before: Future | None = None  # the photo being written
    try:
        for planned in plan:
            if should_stop():
                break
            # Rebinding frees the previous photo.
            decoding, upcoming = upcoming, _read_next(upcoming, sources, read_photo)
            write, is_large = _retouch(planned, decoding, work)
            done = before and before.result()  # a fault there stops the batch before this one is written
            if done:
                before = None
                yield done
                if should_stop():
                    break
            before = _in_thread("write", write)
            del decoding, write
            if is_large:
                yield before.result()
                before = None
        if before:
            yield before.result()
    except (KeyboardInterrupt, GeneratorExit):
        discard_temporaries()
        raise
    except BaseException:
        wait([before] if before else [])  # finish the photo being written
        raise


def _at_once(plan, work, should_stop, read_photo, jobs: int) -> Iterator[PhotoResult]:
    """Works on several photos at a time, each in its own thread."""

    todo, begun = iter(plan), deque()
    try:
        while True:
            while not should_stop() and _has_room(begun, jobs) and (planned := next(todo, None)):
                begun.append(_in_thread("photo", do, planned, work, read_photo))
            if not begun:
                return
            if begun[0].done():
                yield begun.popleft().result()
            else:
                wait([photo for photo in begun if not photo.done()], return_when=FIRST_COMPLETED)
    except (KeyboardInterrupt, GeneratorExit):
        discard_temporaries()
        raise
    except BaseException:
        wait(begun)  # finish the photos in progress
        raise


def do(planned: PlannedPhoto, work: Work, read_photo: Callable[[Path], Photo] = read) -> PhotoResult:
    """Reads, retouches and writes one photo; arguments and errors as in `run`."""
    write, _ = _retouch(planned, _in_thread("read", read_photo, planned.source), work)
    return write()


def _has_room(begun: Collection[Future], jobs: int) -> bool:
    """Whether one more may start: no fault has stopped the batch, and not too many are in progress."""
    done = [photo for photo in begun if photo.done()]
    return len(begun) - len(done) < jobs and len(begun) < AHEAD * jobs and not any(photo.exception() for photo in done)


def _in_thread(name: str, function: Callable, *arguments) -> Future:
    """Calls a function in its own thread, which does not keep the program from exiting."""
    future: Future = Future()

    def call() -> None:
        try:
            future.set_result(function(*arguments))
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=call, name=THREAD_PREFIX + name, daemon=True).start()
    return future


def _read_next(current: Future | None, sources: Iterator[Path], read_photo: Callable) -> Future | None:
    """Reads the next photo once the current one has been read or has taken too long."""
    source = next(sources, None)
    if source is None:
        return None

    def read_in_turn(current: Future | None) -> Photo:
        if current is not None:
            wait([current], READ_SECONDS)
        del current
        return read_photo(source)

    return _in_thread("read", read_in_turn, current)


def _retouch(planned: PlannedPhoto, decoding: Future, work: Work) -> tuple[Callable[[], PhotoResult], bool]:
    """Reads and retouches one photo; returns a function that writes it, and whether it is large."""
    start = time.perf_counter()
    try:
        photo = _read(planned, decoding)
        finish = work(photo, planned.output)
    except Exception as error:
        return partial(_failure, planned, error, start), False
    return partial(_write, planned, finish, photo.notices, start), photo.pixels.nbytes >= LARGE


def _read(planned: PlannedPhoto, decoding: Future) -> Photo:
    try:
        return decoding.result(READ_SECONDS)
    except TimeoutError as error:
        if decoding.done():  # raised by the reader itself
            raise
        fault = f"reading it took more than {READ_SECONDS:g} seconds"
        raise ReadError(planned.source, fault, "copy it to a faster disk, or export it again") from error


def _write(
    planned: PlannedPhoto, finish: Callable[[], PhotoFigures] | None, notices: tuple[str, ...], start: float
) -> PhotoResult:
    try:
        if finish is not None:
            _make_folder(planned.output.parent)
        figures = finish() if finish is not None else PhotoFigures()
    except Exception as error:
        return _failure(planned, error, start)
    seconds = time.perf_counter() - start
    return PhotoResult(
        planned.source, planned.output, "done", seconds, (*notices, *figures.notices), figures, planned.outputs[1:]
    )


def _failure(planned: PlannedPhoto, error: Exception, start: float) -> PhotoResult:
    """The result of a photo that failed; raises errors that must stop the batch."""
    trace = ""
    if isinstance(error, LutbridgeError) and not isinstance(error, PhotoError):
        raise error
    _stop_if_disk_full(error, planned.output)
    if isinstance(error, PhotoError):
        sentence = str(error)
    elif isinstance(error, MemoryError):
        sentence = f"{planned.source}: not enough memory; close other programs or use a smaller photo"
    else:  # a bug met on one photo must not stop the others
        sentence = f"{planned.source}: a bug in lutbridge stopped this photo ({_in_brief(error)})"
        trace = "".join(traceback.format_exception(error))
    seconds = time.perf_counter() - start
    return PhotoResult(planned.source, planned.output, "failed", seconds, error=sentence, traceback=trace)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(folder, f"could not create the folder ({error.strerror})", "check the permissions") from error


def _stop_if_disk_full(error: BaseException, output: Path) -> None:
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, OSError) and link.errno in FULL_DISK:
            raise SetupError(
                f"{output.parent}: the disk is full; free some space, then run the same command again"
            ) from error
        link = link.__cause__ or link.__context__


def _in_brief(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:200]
