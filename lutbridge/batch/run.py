"""Works through a plan, photo after photo; one bad photo does not stop the batch.

While one is retouched, the next is decoded and the one before is written: three are in memory, of large ones two.
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
# Until a photo that is being read is given up: a file made to keep a decoder busy must not hold a night's batch. 600 MB
# from a share of 4 MB/s take half of it.
READ_SECONDS = 300.0
THREAD_PREFIX = "lutbridge-"
AHEAD = 4  # times the photos that are worked on: results that wait for a slower photo before them
LARGE = 2**28  # bytes of a photo's pixels, from which on it is written before the next one is retouched


@dataclass(frozen=True)
class PhotoFigures:
    """What the work on one photo has to tell besides the files it wrote."""

    image_weights: tuple[float, ...] = ()
    clipped: float | None = None  # share of pixels, 0–1; None where nothing was rendered
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
    figures: PhotoFigures | None = None  # of a photo that is done
    beside: tuple[Path, ...] = ()  # what else was written
    error: str = ""  # one sentence, of a photo that failed
    traceback: str = ""  # of a failure nobody foresaw: a bug


# Retouches a photo; what it returns, if anything, writes the output, whole or not at all, in another thread.
Work = Callable[[Photo, Path], Callable[[], PhotoFigures] | None]


def prepare_folder(folder: Path, option: str) -> None:
    """Makes an output folder and tries to write there.

    Args:
        option: the one that names it, for advice.

    Raises:
        SetupError: it cannot be made, written to, or is full.
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
    """Yields a result for each photo, in order, until done or until `should_stop()` says so between two photos.

    Then the photo at hand is still finished: the one that is being written, or else the one that is being retouched.
    Given up by a KeyboardInterrupt, it ends at once: what is half written is removed. A photo whose reading takes more
    than READ_SECONDS fails, and the others go on.

    Args:
        plan: photos and their outputs; folders below the prepared one are made.
        work: done in this thread. What it returns is called for one photo after another, and for none after a fault.
        read_photo: `image.read.read` or its like.
        jobs: photos at once; with more than one, each is read, retouched and written in a thread of its own, so that
            `work` is called in several. Results come in the same order.

    Raises:
        SetupError: what comes after cannot succeed either (a full disk). Photos done before are kept.
    """
    step_by_step = _in_steps(plan, work, should_stop, read_photo)
    yield from step_by_step if jobs == 1 else _at_once(plan, work, should_stop, read_photo, jobs)


def _in_steps(plan, work, should_stop, read_photo) -> Iterator[PhotoResult]:
    """One photo is retouched at a time, while the next one is read and the one before is written."""
    sources = iter([planned.source for planned in plan])
    upcoming = _read_next(None, sources, read_photo)
    before: Future | None = None  # the photo that is being written
    try:
        for planned in plan:
            if should_stop():
                break
            # Rebinding lets go of the photo before.
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
        wait([before] if before else [])  # what it has begun is done
        raise


def _at_once(plan, work, should_stop, read_photo, jobs: int) -> Iterator[PhotoResult]:
    """Several photos at a time, each in a thread that does all of it."""

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
        wait(begun)  # what is begun is done
        raise


def do(planned: PlannedPhoto, work: Work, read_photo: Callable[[Path], Photo] = read) -> PhotoResult:
    """All there is to do about one photo, in this thread; arguments and errors as of `run`."""
    write, _ = _retouch(planned, _in_thread("read", read_photo, planned.source), work)
    return write()


def _has_room(begun: Collection[Future], jobs: int) -> bool:
    """Whether one more may begin: none has met a fault that stops the batch, and not too many are under way."""
    done = [photo for photo in begun if photo.done()]
    return len(begun) - len(done) < jobs and len(begun) < AHEAD * jobs and not any(photo.exception() for photo in done)


def _in_thread(name: str, function: Callable, *arguments) -> Future:
    """Calls a function in a thread of its own, which the end of the program does not wait for."""
    future: Future = Future()

    def call() -> None:
        try:
            future.set_result(function(*arguments))
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=call, name=THREAD_PREFIX + name, daemon=True).start()
    return future


def _read_next(current: Future | None, sources: Iterator[Path], read_photo: Callable) -> Future | None:
    """Reads the next photo once the current one is read, or has taken too long."""
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
    """One photo up to its writing; returns what does the rest, and whether it is a large one."""
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
        if decoding.done():  # the reader's own
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
    """What stopped a photo; raises what has to stop the batch."""
    trace = ""
    if isinstance(error, LutbridgeError) and not isinstance(error, PhotoError):
        raise error
    _stop_if_disk_full(error, planned.output)
    if isinstance(error, PhotoError):
        sentence = str(error)
    elif isinstance(error, MemoryError):
        sentence = f"{planned.source}: not enough memory; close other programs or use a smaller photo"
    else:  # a bug met on one photo must not cost the others
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
