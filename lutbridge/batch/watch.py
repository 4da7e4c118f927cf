"""Watches a folder where photos arrive from a camera, a card or another program, and finds the complete ones.

Files are compared by name, size and time. watchfiles only says when to look, because events get lost: network shares
send none, and to the system, a card that is put back in is a new folder.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lutbridge.batch.collect import Found, photos_in
from lutbridge.errors import UsageError

SETTLED = 0.25  # seconds without a change until a file counts as complete; reading it shows whether it is
TRY_AGAIN = (2.0, 8.0)  # seconds to each retry of an unreadable photo, as a slow copy may pause; then it is given up
LOOK_EVERY = 2.0  # seconds, even without an event
_WAKE = 100  # milliseconds until Ctrl-C is noticed


@dataclass
class _Seen:
    """The state of one file.

    Attributes:
        stamp: size and time of the last change.
        since: when it was first seen with this stamp, seconds.
        is_taken: whether it was handed out for work.
        tries: number of failed attempts.
        again_at: when to try again, seconds, or None.
    """

    stamp: tuple[int, int]
    since: float
    is_taken: bool = False
    tries: int = 0
    again_at: float | None = None


class Arrivals:
    """Finds photos in a folder that are complete and not yet handed out.

    Attributes:
        is_away: whether the folder was missing at the last look, as when a card is removed. Finished photos stay known.

    Args:
        folder: searched recursively; hidden files are skipped, because programs copy under hidden names.
        output: folder for results, which is skipped.
    """

    def __init__(self, folder: Path, output: Path, clock: Callable[[], float] = time.monotonic):
        self._folder, self._output, self._clock = folder, output, clock
        self._seen: dict[Path, _Seen] = {}
        self._taken: dict[tuple, Path] = {}  # file number, size and time → path when handed out
        self.is_away = False

    def look(self) -> list[Found]:
        """Hands out photos that became complete since the last look, in natural order; changed photos again."""
        found = self._found()
        if self.is_away:
            return []
        self._forget_gone({photo.source for photo in found})
        ready, now = [], self._clock()
        for photo in found:
            with suppress(OSError):  # renamed or removed since
                if self._is_ready(photo.source, photo.source.stat(), now):
                    ready.append(photo)
        return ready

    def failed(self, photo: Found) -> bool:
        """Notes that a photo could not be retouched; returns whether to give it up until it changes."""
        seen = self._seen.get(photo.source)
        if seen is None:
            return True
        seen.again_at = self._clock() + TRY_AGAIN[seen.tries] if seen.tries < len(TRY_AGAIN) else None
        seen.tries += 1
        return seen.again_at is None and photo.source.exists()

    def put_back(self, photos: Sequence[Found]) -> None:
        """Takes back photos that could not be worked on through no fault of their own."""
        for photo in photos:
            if seen := self._seen.get(photo.source):
                seen.is_taken = False

    def patience(self) -> float:
        """Seconds until the next look."""
        if self.is_away:
            return SETTLED
        is_waited_for = any(not seen.is_taken or seen.again_at is not None for seen in self._seen.values())
        return SETTLED / 2 if is_waited_for else LOOK_EVERY

    def _found(self) -> list[Found]:
        try:
            found = photos_in(self._folder, self._output) if self._folder.is_dir() else None
        except UsageError:  # removed during the search
            found = None
        self.is_away = found is None
        return found or []

    def _forget_gone(self, there: set[Path]) -> None:
        """Forgets files that disappeared before they were done, so that they count as new when they come back."""
        for path in self._seen.keys() - there:
            if not self._seen[path].is_taken or self._seen[path].tries:
                del self._seen[path]

    def _is_ready(self, path: Path, status: os.stat_result, now: float) -> bool:
        stamp = status.st_size, status.st_mtime_ns
        number = status.st_dev, status.st_ino, *stamp
        seen = self._seen.get(path)
        if seen is None or seen.stamp != stamp:
            was = self._taken.get(number)
            is_renamed = was is not None and was != path and not was.exists()
            self._seen[path] = _Seen(stamp, now, is_taken=is_renamed)
            return False
        if seen.is_taken and (seen.again_at is None or now < seen.again_at):
            return False
        if now - seen.since < SETTLED:
            return False
        seen.is_taken, seen.again_at = True, None
        self._taken[number] = path
        return True


class Bell:
    """Waits for a change in a folder, with a timeout."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._changes: Iterator[set] | None = None

    def wait(self, seconds: float, should_stop: Callable[[], bool]) -> None:
        """Returns at the first change, after `seconds`, or when `should_stop()` is true."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not should_stop():
            changes = self._next()
            if changes:
                return

    def _next(self) -> set:
        try:
            if self._changes is None and self._folder.is_dir():  # a missing folder would never send events
                self._changes = self._listen()
            changes = next(self._changes) if self._changes else self._nothing()
        except (OSError, RuntimeError, StopIteration):  # it was just removed, or the system is out of watches
            self._changes = None
            changes = self._nothing()
        if any(Path(path) == self._folder.absolute() for _, path in changes):  # removed; a new one needs a new watch
            self._changes = None
        return changes

    def _nothing(self) -> set:
        time.sleep(_WAKE / 1000)
        return set()

    def _listen(self) -> Iterator[set]:
        from watchfiles import watch

        return watch(
            self._folder.absolute(),
            watch_filter=None,
            debounce=_WAKE,
            step=20,
            rust_timeout=_WAKE,
            yield_on_timeout=True,
            ignore_permission_denied=True,
        )
