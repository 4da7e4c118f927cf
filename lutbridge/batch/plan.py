"""Decides, before the first byte is written, which photo becomes which file, and refuses what cannot end well."""

import os
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from lutbridge.batch.collect import Found, collect
from lutbridge.errors import UsageError

Existing = Literal["refuse", "skip", "overwrite"]


@dataclass(frozen=True)
class PlannedPhoto:
    """One photo and the files it becomes.

    Attributes:
        output: the photo's result.
        beside: endings of the names of what is written beside it: "-mask.png" goes beside IMG_1.jpg as IMG_1-mask.png.
    """

    source: Path
    output: Path
    beside: tuple[str, ...] = ()

    @property
    def outputs(self) -> tuple[Path, ...]:
        """The result, and what is written beside it."""
        return (self.output, *(beside(self.output, ending) for ending in self.beside))


def beside(output: Path, ending: str) -> Path:
    """The file beside a result whose name has this ending."""
    return output.with_name(output.stem + ending)


@dataclass(frozen=True)
class Plan:
    todo: tuple[PlannedPhoto, ...]
    skipped: tuple[PlannedPhoto, ...]  # all their outputs exist and the user said to keep them
    shoot: tuple[PlannedPhoto, ...]  # both, in the order of the shoot
    notices: tuple[str, ...]


def make_plan(
    arguments: Sequence[str],
    folder: Path,
    name_for: Callable[[Path], str],
    existing: Existing = "refuse",
    report: Path | None = None,
    also_read: Iterable[Path] = (),
    beside: Sequence[str] = (),
) -> Plan:
    """Maps every photo to its output and refuses collisions, outputs that are inputs, and existing outputs.

    Args:
        arguments: files and folders as the user named them, see `collect`.
        folder: to write to; folders inside a walked folder are mirrored there. It need not exist.
        name_for: the output's file name for a photo, such as IMG_1.cube for IMG_1.JPG.
        existing: what to do about outputs that stand there already.
        report: a page that will be written as well; it must not take the place of an input.
        also_read: inputs beside the photos, such as a model or a LUT; what is no file there does no harm.
        beside: endings of what is written beside each output, see `PlannedPhoto`.

    Raises:
        UsageError: one sentence that names the first file at fault and what to do.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: this is a file, and results need a folder; name another with -o")
    collection = collect(arguments, folder)
    photos = _tell_apart(
        [PlannedPhoto(photo.source, _output(photo, folder, name_for), tuple(beside)) for photo in collection.photos]
    )
    _refuse_collisions(photos)
    inputs = [*(photo.source for photo in photos), *also_read]
    _refuse_inputs([output for photo in photos for output in photo.outputs], inputs)
    if report is not None:
        _refuse_report(report, photos, inputs, existing)
    present = [output for photo in photos for output in photo.outputs if os.path.lexists(output)]
    _refuse_obstacles(photos, folder)
    if existing == "refuse" and present:
        raise UsageError(
            f"{present[0]}: already exists{_and_more(len(present) - 1)}; choose another folder with -o, "
            "or say --existing skip or --existing overwrite"
        )
    there = set(present)
    skipped = [photo for photo in photos if existing == "skip" and there.issuperset(photo.outputs)]
    todo = [photo for photo in photos if photo not in set(skipped)]
    return Plan(tuple(todo), tuple(skipped), tuple(photos), collection.notices)


def _output(photo: Found, folder: Path, name_for: Callable[[Path], str]) -> Path:
    return folder / photo.folder / name_for(photo.source)


def _key(path: Path) -> str:
    """The same for two paths that a case-insensitive or normalising file system takes for one."""
    return unicodedata.normalize("NFC", os.path.abspath(path)).casefold()


def _by_key(photos: Iterable[PlannedPhoto]) -> list[list[PlannedPhoto]]:
    groups = defaultdict(list)
    for photo in photos:
        groups[_key(photo.output)].append(photo)
    return list(groups.values())


def _tell_apart(photos: Sequence[PlannedPhoto]) -> list[PlannedPhoto]:
    """IMG_1.ARW and IMG_1.JPG, both on the way to IMG_1.cube, become IMG_1-arw.cube and IMG_1-jpg.cube."""
    renamed = {}
    for group in _by_key(photos):
        if len(group) > 1:
            longer = [replace(photo, output=_with_source_suffix(photo)) for photo in group]
            if len(_by_key(longer)) == len(group):
                renamed.update(zip(group, longer, strict=True))
    return [renamed.get(photo, photo) for photo in photos]


def _with_source_suffix(photo: PlannedPhoto) -> Path:
    suffix = photo.source.suffix.lower().replace(".", "-")
    return photo.output.with_name(f"{photo.output.stem}{suffix}{photo.output.suffix}")


def _refuse_collisions(photos: Sequence[PlannedPhoto]) -> None:
    taken: dict[str, Path] = {}  # what is written → the photo it is of
    for photo in photos:
        for output in photo.outputs:
            other = taken.setdefault(_key(output), photo.source)
            if other is not photo.source:
                raise UsageError(
                    f"{other} and {photo.source} would both be written as {output}; "
                    "rename one of them or give them separate output folders"
                )


def _identity(path: Path) -> tuple[int, int] | None:
    """Device and file number: the same for hard links, for links, and for spellings that differ in case only."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _refuse_inputs(outputs: Sequence[Path], inputs: Iterable[Path]) -> None:
    sources = {_identity(path): path for path in inputs}
    sources.pop(None, None)
    for path in outputs:
        source = sources.get(_identity(path))
        if source is not None:
            raise UsageError(f"{path}: this output is the input {source} itself; choose another place for it")


def _refuse_obstacles(photos: Sequence[PlannedPhoto], folder: Path) -> None:
    """A folder where a file would go, or a file where a mirrored folder would go."""
    for photo, output in [(each, output) for each in photos for output in each.outputs]:
        if output.is_dir():
            raise UsageError(f"{output}: a folder stands where {photo.source} would go; move it or choose another")
    parents = {parent for photo in photos for parent in photo.output.parents}
    for parent in {parent for parent in parents if folder in (parent, *parent.parents)}:
        if parent.exists() and not parent.is_dir():
            raise UsageError(f"{parent}: a file stands where a folder is needed; move it or choose another with -o")


def _refuse_report(report: Path, photos: Sequence[PlannedPhoto], inputs: Iterable[Path], existing: Existing) -> None:
    if _key(report) in {_key(output) for photo in photos for output in photo.outputs}:
        raise UsageError(f"{report}: the report would take the place of a result; give it another name")
    _refuse_inputs([report], inputs)
    if report.is_dir():
        raise UsageError(f"{report}: this is a folder, and the report is a file; give a name such as report.html")
    if existing != "overwrite" and report.exists():  # with skip it would lose the photos that are done already
        raise UsageError(f"{report}: already exists; give the report another name, or say --existing overwrite")


def _and_more(count: int) -> str:
    return f", and {count} more" if count else ""
