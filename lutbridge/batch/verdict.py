"""Decides what to do with one photo: compares the request with the manifest and the files on disk."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lutbridge.batch.manifest import Manifest
from lutbridge.batch.planned import PlannedPhoto
from lutbridge.batch.record import Entry, MadeWith

Existing = Literal["refuse", "skip", "overwrite"]

# Why a photo is to be done, worded to follow a count: "3 new, 1 failed before".
NEW = "new"
PHOTO, MODEL = "with a changed photo", "made with a different model"
FAILED, UNFINISHED, MISSING, AGAIN = "failed before", "unfinished", "with a missing result", "again"
_SETTINGS = {
    "person": "strength",
    "background": "strength",
    "format": "file format",
    "bits": "bit depth",
    "quality": "quality",
    "icc": "colour profile",
    "input_encoding": "input encoding",
    "group": "grouping",
    "reference": "reference",
    "consistency": "consistency",
    "grid_size": "grid size",
    "view": "view",
}


@dataclass(frozen=True)
class Verdict:
    """What happens to one photo.

    Attributes:
        fate: "todo"; "kept", because its results are up to date; "skipped", because existing files must stay;
            "refused", because files exist and the user has not said what to do about them.
        reason: why it is to be done, such as the constants above.
        in_the_way: existing files that are not from an earlier run, or were edited since.
        is_edited: whether a kept result was edited after it was written.
    """

    photo: PlannedPhoto
    fate: Literal["todo", "kept", "skipped", "refused"]
    reason: str = ""
    in_the_way: tuple[Path, ...] = ()
    is_edited: bool = False


def judge(planned: PlannedPhoto, manifest: Manifest, made_with: MadeWith, existing: Existing) -> Verdict:
    """Decides what to do with a photo."""
    present = tuple(path for path in planned.outputs if os.path.lexists(path))
    entry = manifest.entry(planned.output)
    if existing == "overwrite":
        return Verdict(planned, "todo", AGAIN if present else NEW)
    if entry is None or not (reason := _reason(planned, entry, made_with, present)).is_known:
        return _unless_in_the_way(planned, present, present, NEW, existing)
    if not reason.words:
        is_edited = entry.state == "done" and not all(stamp.is_of(path) for path, stamp in entry.results.items())
        return Verdict(planned, "kept", is_edited=is_edited)
    strangers = tuple(path for path in present if not manifest.made(path))
    return _unless_in_the_way(planned, present, strangers, reason.words, existing)


def _unless_in_the_way(planned, present, strangers, reason, existing) -> Verdict:
    if not strangers or (existing == "skip" and len(present) < len(planned.outputs)):
        return Verdict(planned, "todo", reason)  # only missing files are written; strangers stay unchanged
    return Verdict(planned, "skipped" if existing == "skip" else "refused", reason, strangers)


@dataclass(frozen=True)
class _Reason:
    """Why a photo has to be done; "" if it does not.

    Attributes:
        is_known: whether the existing files are results of this photo at all.
    """

    words: str = ""
    is_known: bool = True


def _reason(planned: PlannedPhoto, entry: Entry, made_with: MadeWith, present: Sequence[Path]) -> _Reason:
    in_place = entry.photo == Path(os.path.abspath(planned.source))
    is_same = entry.stamp.is_of(planned.source, thorough=not in_place)
    if not (in_place or is_same):
        return _Reason(is_known=False)
    words = _difference(entry, made_with) if is_same else PHOTO
    if entry.state == "started":
        # Killed before its result appeared, or after that but before recording it; files appear whole.
        before = entry.results.get(Path(os.path.abspath(planned.output)))
        has_appeared = planned.output in present and not (before and before.is_of(planned.output, thorough=True))
        return _Reason(words, is_known=not words) if has_appeared else _Reason(UNFINISHED)
    if entry.state == "failed":
        return _Reason(FAILED)
    return _Reason(words or (MISSING if len(present) < len(planned.outputs) else ""))


def _difference(entry: Entry, made_with: MadeWith) -> str:
    if entry.made_with.model != made_with.model:
        return MODEL
    before, now = entry.made_with.settings, made_with.settings
    names = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
    words = list(dict.fromkeys(_SETTINGS.get(name, "setting") for name in names))
    return f"made with a different {' and '.join(words)}" if words else ""


def in_words(reasons: Counter) -> str:
    """A list such as "3 new, 1 failed before"."""
    return ", ".join(f"{count} {words}" for words, count in reasons.most_common())
