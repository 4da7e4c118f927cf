"""How far a batch has come: a bar on a terminal, a plain line now and then elsewhere."""

import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from lutbridge.cli.output import printable, say

PLAIN_INTERVAL = 5.0  # seconds between two plain lines


class Progress(Protocol):
    def __enter__(self) -> "Progress": ...
    def __exit__(self, *exception: object) -> None: ...
    def advance(self) -> None:
        """One photo more is through, well or not."""

    def say(self, text: str) -> None:
        """A message that leaves the bar intact."""


def progress_for(total: int) -> Progress:
    return TerminalProgress(total) if _on_terminal() else PlainProgress(total)


def _on_terminal() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


class Pace:
    """Rate and remaining time, from the average since the start."""

    def __init__(self, total: int, clock: Callable[[], float] = time.monotonic):
        self._clock, self._start = clock, clock()
        self.total, self.count = total, 0

    def describe(self) -> str:
        elapsed = self._clock() - self._start
        if not self.count or not elapsed:
            return ""
        rate = self.count / elapsed
        speed = f"{rate:.1f} photos/s" if rate >= 1 else f"{1 / rate:.1f} s a photo"
        left = (self.total - self.count) / rate
        return f"{speed}, about {duration(left)} left" if self.count < self.total else speed


def duration(seconds: float) -> str:
    """As a person would say it: 40 s, 3 min, 2 h 05 min."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


class PlainProgress:
    def __init__(self, total: int, clock: Callable[[], float] = time.monotonic):
        self._pace, self._clock, self._last = Pace(total, clock), clock, clock()

    def __enter__(self) -> "PlainProgress":
        return self

    def __exit__(self, *exception: object) -> None:
        pass

    def advance(self) -> None:
        self._pace.count += 1
        if self._clock() - self._last >= PLAIN_INTERVAL and self._pace.count < self._pace.total:
            self._last = self._clock()
            say(f"{self._pace.count} of {self._pace.total} photos, {self._pace.describe()}")

    def say(self, text: str) -> None:
        say(text)


class TerminalProgress:
    def __init__(self, total: int):
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn
        from rich.progress import Progress as Bar

        self._pace = Pace(total)
        self._bar = Bar(
            SpinnerColumn(),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[pace]}"),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._bar.add_task("", total=total, pace="")

    def __enter__(self) -> "TerminalProgress":
        self._bar.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._bar.stop()

    def advance(self) -> None:
        self._pace.count += 1
        self._bar.update(self._task, advance=1, pace=self._pace.describe())

    def say(self, text: str) -> None:
        self._bar.console.print(printable(text), markup=False, highlight=False, soft_wrap=True)


def say_failures(failures: Sequence[tuple[str, str]]) -> None:
    """The closing table: each failed photo and its sentence, on stderr."""
    if not failures:
        return
    if not _on_terminal():
        say("\n".join(["Failed:", *(f"  {sentence}" for _, sentence in failures)]))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("Failed", "Why", show_lines=len(failures) > 1)
    for name, sentence in failures:
        table.add_row(Text(printable(name), overflow="fold"), Text(printable(sentence.removeprefix(f"{name}: "))))
    Console(stderr=True).print(table)
