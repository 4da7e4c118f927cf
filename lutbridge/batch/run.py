"""Works through a plan: one photo after another, the next one being decoded meanwhile; one bad photo stops nothing."""

import errno
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lutbridge.batch.compare import Comparison
from lutbridge.batch.plan import Task
from lutbridge.errors import LutbridgeError, PhotoError, SetupError, WriteError
from lutbridge.image.atomic import remove_leftovers
from lutbridge.image.photo import Photo
from lutbridge.image.read import read

FULL_DISK = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True)
class Outcome:
    """What the work on one photo has to tell besides the file it wrote."""

    image_weights: tuple[float, ...] = ()
    clipped: float | None = None  # share of pixels, 0–1; None where nothing was rendered
    comparison: Comparison | None = None


@dataclass(frozen=True)
class PhotoResult:
    source: Path
    target: Path
    status: Literal["done", "failed"]
    seconds: float
    notices: tuple[str, ...] = ()
    outcome: Outcome | None = None  # of a photo that is done
    error: str = ""  # one sentence, of a photo that failed
    traceback: str = ""  # of a failure nobody foresaw: a bug


Work = Callable[[Photo, Path], Outcome]


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
        raise SetupError(f"{folder}: cannot be written to ({reason}); choose another folder with {option}") from error


def run(
    tasks: Sequence[Task],
    work: Work,
    should_stop: Callable[[], bool] = lambda: False,
    read_photo: Callable[[Path], Photo] = read,
) -> Iterator[PhotoResult]:
    """Yields a result for each photo, in order, until done or until `should_stop()` says so between two photos.

    Args:
        tasks: photos and their targets, from a plan; folders below the prepared one are made, and what killed runs left
            in them is removed.
        work: retouches one photo and writes the target, whole or not at all.
        read_photo: `image.read.read` or its like.

    Raises:
        SetupError: what comes after cannot succeed either (a full disk). Photos done before are kept.
    """
    for folder in {task.target.parent for task in tasks}:
        remove_leftovers(folder)
    pool = ThreadPoolExecutor(1, thread_name_prefix="lutbridge-read")
    try:
        sources = iter([task.source for task in tasks])
        upcoming = _read_next(pool, sources, read_photo)
        for task in tasks:
            if should_stop():
                return
            start = time.perf_counter()
            # Rebinding lets go of the photo before: two are in memory at once, never three.
            decoding, upcoming = upcoming, _read_next(pool, sources, read_photo)
            yield _one(task, decoding, work, start)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _read_next(pool: ThreadPoolExecutor, sources: Iterator[Path], read_photo: Callable) -> Future | None:
    source = next(sources, None)
    return None if source is None else pool.submit(read_photo, source)


def _one(task: Task, decoding: Future, work: Work, start: float) -> PhotoResult:
    def failed(sentence: str, trace: str = "") -> PhotoResult:
        seconds = time.perf_counter() - start
        return PhotoResult(task.source, task.target, "failed", seconds, error=sentence, traceback=trace)

    try:
        photo = decoding.result()
        _make_folder(task.target.parent)
        outcome = work(photo, task.target)
    except PhotoError as error:
        _stop_if_disk_full(error, task.target)
        return failed(str(error))
    except LutbridgeError:
        raise
    except MemoryError:
        return failed(f"{task.source}: not enough memory for this photo; close other programs or use a smaller photo")
    except Exception as error:  # a bug met on one photo must not cost the others
        _stop_if_disk_full(error, task.target)
        return failed(
            f"{task.source}: a bug in lutbridge stopped this photo ({_in_brief(error)})", traceback.format_exc()
        )
    seconds = time.perf_counter() - start
    return PhotoResult(task.source, task.target, "done", seconds, photo.notices, outcome)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteError(folder, f"this folder cannot be made ({error.strerror})", "check its permissions") from error


def _stop_if_disk_full(error: BaseException, target: Path) -> None:
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, OSError) and link.errno in FULL_DISK:
            raise SetupError(
                f"{target.parent}: the disk is full; free some space and go on with --existing skip"
            ) from error
        link = link.__cause__ or link.__context__


def _in_brief(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:200]
