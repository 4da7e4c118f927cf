"""The before/after page of a batch: one self-contained HTML file."""

import base64
import html
import json
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import BinaryIO

from lutbridge.batch.change import in_words
from lutbridge.batch.filmstrip import Filmstrip
from lutbridge.batch.run import PhotoResult
from lutbridge.files import atomic_write, temporary_room
from lutbridge.strength import Strength

COPY_BYTES = 1 << 20
# The first photos are HTML from the start. The rest wait as JSON, which a browser parses in a fraction of the time; a
# script turns it into elements, SOME at a time, as the page is scrolled.
AT_START = SOME = 100
NO_ROOM = "cannot store the report's previews"


@dataclass(frozen=True)
class ReportSettings:
    """How the photos were made, as shown on the page."""

    model: str
    strength: Strength
    device: str
    version: str


class Report:
    """Collects results as they come and writes the page at the end.

    Photos wait in temporary files, so that a batch of thousands takes no more memory than one of ten.
    """

    def __init__(self, settings: ReportSettings):
        self._settings = settings
        with temporary_room(NO_ROOM):
            self._photos = tempfile.TemporaryFile(prefix="lutbridge-report-")
            self._waiting = tempfile.TemporaryFile(prefix="lutbridge-report-")
            self._strips = tempfile.TemporaryFile(prefix="lutbridge-report-")
        self._groups: list[str] = []
        self._failures: list[tuple[str, str]] = []
        self._delta_e: list[float] = []
        self._clipped: list[float] = []

    def __enter__(self) -> "Report":
        return self

    def __exit__(self, *exception: object) -> None:
        self._photos.close()
        self._waiting.close()
        self._strips.close()

    def add(self, result: PhotoResult) -> None:
        """Adds one photo's result.

        Raises:
            SetupError: the temporary folder is full or cannot be used.
        """
        if result.status == "failed":
            self._failures.append((str(result.source), result.error.removeprefix(f"{result.source}: ")))
            return
        index = len(self._delta_e)
        values = _values(result, index)
        with temporary_room(NO_ROOM):
            if index < AT_START:
                self._photos.write(_encode(_fill(_template("report_photo.html"), values)))
                self._photos.flush()
            else:
                self._waiting.write(_waiting(values, index - AT_START))
                self._waiting.flush()
        self._delta_e.append(result.figures.comparison.delta_e)
        self._clipped.append(result.figures.clipped)

    def add_group(self, strip: Filmstrip) -> None:
        """Adds a matched group, shown above the photos.

        Raises:
            SetupError: the temporary folder is full or cannot be used.
        """
        id_ = f"strip-{len(self._groups)}"
        self._groups.append(strip.heading(id_))
        if strip.is_matched:
            with temporary_room(NO_ROOM):
                self._strips.write(_encode(_STRIP.format(id_, strip.strip())))
                self._strips.flush()

    def write(self, path: Path, skipped: int, replace: bool = True) -> None:
        """Writes the page atomically.

        Args:
            skipped: number of photos skipped because their output existed.
            replace: whether to replace an existing file.

        Raises:
            WriteError: the page cannot be written.
        """
        head, middle, tail = re.split(r"<!-- (?:photos|waiting) -->\n", _template("report.html"))
        summary = self._summary(skipped)

        def stream(file: BinaryIO) -> None:
            file.write(_encode(_fill(head, summary)))
            _copy(self._photos, file)
            file.write(_encode(_fill(middle, summary)))
            if len(self._delta_e) > AT_START:
                file.write(_encode(_TEMPLATE.format(_template("report_photo.html"))))
                _copy(self._waiting, file)
                file.write(_encode(_NO_MORE))
            _copy(self._strips, file)
            file.write(_encode(tail))

        atomic_write(path, stream, replace=replace)

    def _summary(self, skipped: int) -> dict[str, str]:
        done = len(self._delta_e)
        return {
            "title": f"Before and after: {done} photo{'' if done == 1 else 's'}",
            "model": html.escape(self._settings.model),
            "strength": str(self._settings.strength),
            "device": html.escape(self._settings.device),
            "version": html.escape(self._settings.version),
            "date": datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z"),
            "done": str(done),
            "failed": str(len(self._failures)),
            "skipped": str(skipped),
            "delta_e": f"{_mean(self._delta_e):.1f}" if done else "–",
            "clipped": _percent(_mean(self._clipped)) if done else "–",
            "failures": _failure_list(self._failures),
            "groups": "".join(self._groups),
        }


def _copy(source: BinaryIO, target: BinaryIO) -> None:
    source.seek(0)
    shutil.copyfileobj(source, target, COPY_BYTES)


_TEMPLATE = '<script type="text/plain" id="template">{}</script>\n'
_STRIP = '<script type="text/plain" id="{}">{}</script>\n'
_SOME_WAIT, _NO_MORE = '<script type="application/json" class="waiting">[', "]</script>\n"


def _waiting(values: dict[str, str], index: int) -> bytes:
    """A waiting photo as ASCII JSON, which takes a browser half the memory; `index` counts the waiting photos."""
    before = "," if index % SOME else (_NO_MORE if index else "") + _SOME_WAIT
    return (before + json.dumps(values).replace("<", r"\u003c")).encode("ascii")


def _values(result: PhotoResult, index: int) -> dict[str, str]:
    """The values for the placeholders in report_photo.html."""
    figures = result.figures
    width, height = figures.comparison.size
    return {
        "index": str(index),
        "ratio": f"{width / height:.4f}",
        "width": str(width),
        "height": str(height),
        "name": html.escape(_shown(result.source.name)),
        "folder": html.escape(_shown(str(result.source.parent))),
        "before": base64.b64encode(figures.comparison.before).decode(),
        "after": base64.b64encode(figures.comparison.after).decode(),
        "delta_e": f"{figures.comparison.delta_e:.1f}",
        "delta_e_sort": f"{figures.comparison.delta_e:.4f}",
        "clipped": _percent(figures.clipped),
        "clipped_sort": f"{figures.clipped:.6f}",
        "change": html.escape(in_words(figures.comparison.change)),
        "weights": _weights(figures.image_weights),
        "notices": "".join(f'<p class="notice">{html.escape(notice)}</p>' for notice in result.notices),
    }


def _weights(weights: Sequence[float]) -> str:
    """One bar for each basis LUT, on a common axis that includes zero; "" without LUTs."""
    if not weights:
        return ""
    low, high = min(0.0, *weights), max(0.0, *weights)
    span = (high - low) or 1.0
    rows = []
    for number, weight in enumerate(weights, 1):
        start, end = (100 * (edge - low) / span for edge in sorted((0.0, weight)))
        bar = f'<i style="--from: {start:.1f}%; --to: {end:.1f}%"></i>'
        rows.append(f'<li><span class="dim">LUT {number}</span>{bar}<span>{_signed(weight)}</span></li>')
    return f'<ul class="weights" aria-label="Image-adaptive weights">{"".join(rows)}</ul>'


def _signed(weight: float) -> str:
    """Two decimals, with a true minus sign, and none before zero."""
    return f"{round(weight, 2) + 0.0:.2f}".replace("-", "−")


def _failure_list(failures: Sequence[tuple[str, str]]) -> str:
    if not failures:
        return ""
    items = "".join(
        f"<li><strong>{html.escape(name)}</strong> <span>{html.escape(sentence)}</span></li>"
        for name, sentence in failures
    )
    return f'<section class="failures"><h2>Failed</h2><ul>{items}</ul></section>'


@cache
def _template(name: str) -> str:
    return files("lutbridge.batch").joinpath(name).read_text(encoding="utf-8")


def _fill(template: str, values: dict[str, str]) -> str:
    """Replaces each {{name}} with its value, which is already escaped."""
    return re.sub(r"\{\{(\w+)\}\}", lambda match: values[match[1]], template)


def _encode(text: str) -> bytes:
    """UTF-8; bytes of a file name that are not Unicode become escapes."""
    return text.encode("utf-8", "backslashreplace")


def _shown(name: str) -> str:
    """The name as the page shows it, see `_encode`."""
    return _encode(name).decode()


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share >= 0.0005 or share == 0 else "< 0.1 %"


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
