"""Progress of a batch: a bar on a terminal, a plain line now and then elsewhere."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from lutbridge.cli.output import Verbosity, printable, say, verbosity, warn

PLAIN_INTERVAL = 5.0  # seconds between two plain lines


Item = TypeVar("Item")


class Progress(Protocol):
    def __enter__(self) -> "Progress": ...
    def __exit__(self, *exception: object) -> None: ...
    def advance(self) -> None:
        """One more is through, well or not."""

    def say(self, text: str) -> None:
        """A message that leaves the bar intact."""


def progress_for(total: int, what: str = "", things: str = "photos") -> Progress:
    """How far a phase has come; nothing with --quiet.

    Args:
        what: the phase, such as "reading capture times", if a command has several.
        things: the counted items.
    """
    if verbosity() is Verbosity.QUIET:
        return SilentProgress()
    return TerminalProgress(total, what, things) if _on_terminal() else PlainProgress(total, what=what, things=things)


def track(items: Iterable[Item], total: int, what: str = "", things: str = "photos") -> Iterator[Item]:
    """The items, with progress that advances as each has been dealt with; arguments as of `progress_for`."""
    with progress_for(total, what, things) as progress:
        for item in items:
            yield item
            progress.advance()


class Busy:
    """A phase of which nobody knows how long it will take: within this context it is said that it goes on.

    Args:
        what: it does, such as "comparing photos"; may be changed by `now`.
        clock: seconds.
        interval: seconds between two plain lines.
    """

    def __init__(self, what: str, clock: Callable[[], float] = time.monotonic, interval: float = PLAIN_INTERVAL):
        self._what, self._clock, self._interval = what, clock, interval
        self._bar = self._thread = None
        self._over = threading.Event()

    def __enter__(self) -> "Busy":
        if verbosity() is Verbosity.QUIET:
            return self
        if _on_terminal():
            self._bar = _bar("{task.description}", "{task.fields[pace]}")
            self._task = self._bar.add_task(self._what, total=None, pace="")
            self._bar.start()
        self._start = self._clock()
        self._thread = threading.Thread(target=self._tell, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._over.set()
        if self._thread:
            self._thread.join()
        if self._bar:
            self._bar.stop()

    def now(self, what: str) -> None:
        """What it does from now on."""
        self._what = what
        if self._bar:
            self._bar.update(self._task, description=what)

    def _tell(self) -> None:
        while not self._over.wait(1.0 if self._bar else self._interval):
            so_far = f"{duration(self._clock() - self._start)} so far"
            if self._bar:
                self._bar.update(self._task, pace=so_far)
            else:
                say(f"{self._what}, {so_far}")


def _on_terminal() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


class Pace:
    """Rate and remaining time, from the average since the first one was through: it waits for loading and compiling."""

    def __init__(self, total: int, clock: Callable[[], float] = time.monotonic, things: str = "photos"):
        self._clock, self._first, self._things = clock, 0.0, things
        self.total, self.count = total, 0

    def advance(self) -> None:
        self.count += 1
        if self.count == 1:
            self._first = self._clock()

    def describe(self) -> str:
        elapsed = self._clock() - self._first
        if self.count < 2 or not elapsed:
            return ""
        rate = (self.count - 1) / elapsed
        speed = f"{rate:.1f} {self._things}/s" if rate >= 1 else f"{1 / rate:.1f} s a {self._things.removesuffix('s')}"
        left = (self.total - self.count) / rate
        return f"{speed}, about {duration(left)} left" if self.count < self.total else speed


def duration(seconds: float) -> str:
    """As a person would say it: 40 s, 3 min, 2 h 05 min."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


class SilentProgress:
    """For --quiet."""

    def __enter__(self) -> "SilentProgress":
        return self

    def __exit__(self, *exception: object) -> None:
        pass

    def advance(self) -> None:
        pass

    def say(self, text: str) -> None:
        pass


class PlainProgress:
    def __init__(self, total: int, clock: Callable[[], float] = time.monotonic, what: str = "", things: str = "photos"):
        self._pace, self._clock, self._last = Pace(total, clock, things), clock, clock()
        self._what, self._things = f"{what}: " if what else "", things

    def __enter__(self) -> "PlainProgress":
        return self

    def __exit__(self, *exception: object) -> None:
        pass

    def advance(self) -> None:
        self._pace.advance()
        if self._clock() - self._last >= PLAIN_INTERVAL and self._pace.count < self._pace.total:
            self._last = self._clock()
            done = f"{self._what}{self._pace.count} of {self._pace.total} {self._things}"
            say(", ".join(filter(None, (done, self._pace.describe()))))

    def say(self, text: str) -> None:
        say(text)


class TerminalProgress:
    def __init__(self, total: int, what: str = "", things: str = "photos"):
        from rich.progress import BarColumn, MofNCompleteColumn

        self._pace = Pace(total, things=things)
        self._bar = _bar("{task.description}", BarColumn(), MofNCompleteColumn(), "{task.fields[pace]}")
        self._task = self._bar.add_task(what, total=total, pace="")

    def __enter__(self) -> "TerminalProgress":
        self._bar.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._bar.stop()

    def advance(self) -> None:
        self._pace.advance()
        self._bar.update(self._task, advance=1, pace=self._pace.describe())

    def say(self, text: str) -> None:
        self._bar.console.print(printable(text), markup=False, highlight=False, soft_wrap=True)


def _bar(*columns):
    """A line of the terminal that is gone when it is done; texts among the columns are formats."""
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import SpinnerColumn, TextColumn

    shown = (TextColumn(column, markup=False) if isinstance(column, str) else column for column in columns)
    return Bar(SpinnerColumn(), *shown, console=Console(stderr=True), transient=True)


def say_failures(failures: Sequence[tuple[str, str]]) -> None:
    """The closing table: each failed photo and its sentence, on stderr."""
    if not failures:
        return
    if not _on_terminal():
        warn("\n".join(["Failed:", *(f"  {sentence}" for _, sentence in failures)]))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("Failed", "Why", show_lines=len(failures) > 1)
    for name, sentence in failures:
        table.add_row(Text(printable(name), overflow="fold"), Text(printable(sentence.removeprefix(f"{name}: "))))
    Console(stderr=True).print(table)
