"""Decides, before the first byte is written, which photo becomes which file, and refuses what cannot end well."""

import os
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lutbridge.batch.collect import Found, collect
from lutbridge.errors import UsageError

Existing = Literal["refuse", "skip", "overwrite"]


@dataclass(frozen=True)
class Task:
    """One photo and the file it becomes."""

    source: Path
    target: Path


@dataclass(frozen=True)
class Plan:
    tasks: tuple[Task, ...]
    skipped: tuple[Task, ...]  # their target exists and the user said to keep it
    shoot: tuple[Task, ...]  # both, in the order of the shoot
    notices: tuple[str, ...]


def make_plan(
    arguments: Sequence[str],
    output: Path,
    name_for: Callable[[Path], str],
    existing: Existing = "refuse",
    report: Path | None = None,
    also_read: Iterable[Path] = (),
) -> Plan:
    """Maps every photo to its output and refuses collisions, outputs that are inputs, and existing outputs.

    Args:
        arguments: files and folders as the user named them, see `collect`.
        output: the folder to write to; folders inside a walked folder are mirrored there. It need not exist.
        name_for: the output's file name for a photo, such as IMG_1.cube for IMG_1.JPG.
        existing: what to do about outputs that stand there already.
        report: a page that will be written as well; it must not take the place of an input.
        also_read: inputs beside the photos, such as a model or a LUT; what is no file there does no harm.

    Raises:
        UsageError: one sentence that names the first file at fault and what to do.
    """
    if output.exists() and not output.is_dir():
        raise UsageError(f"{output}: this is a file, and results need a folder; name another with -o")
    collection = collect(arguments, output)
    tasks = _tell_apart([Task(photo.source, _target(photo, output, name_for)) for photo in collection.photos])
    _refuse_collisions(tasks)
    inputs = [*(task.source for task in tasks), *also_read]
    _refuse_inputs([task.target for task in tasks], inputs)
    if report is not None:
        _refuse_report(report, tasks, inputs, existing)
    present = [task for task in tasks if os.path.lexists(task.target)]
    _refuse_obstacles(tasks, output)
    if existing == "refuse" and present:
        raise UsageError(
            f"{present[0].target}: already exists{_and_more(len(present) - 1)}; choose another folder with -o, "
            "or say --existing skip or --existing overwrite"
        )
    skipped = present if existing == "skip" else []
    todo = [task for task in tasks if task not in set(skipped)]
    return Plan(tuple(todo), tuple(skipped), tuple(tasks), collection.notices)


def _target(photo: Found, output: Path, name_for: Callable[[Path], str]) -> Path:
    return output / photo.folder / name_for(photo.source)


def _key(path: Path) -> str:
    """The same for two paths that a case-insensitive or normalising file system takes for one."""
    return unicodedata.normalize("NFC", os.path.abspath(path)).casefold()


def _by_key(tasks: Iterable[Task]) -> list[list[Task]]:
    groups = defaultdict(list)
    for task in tasks:
        groups[_key(task.target)].append(task)
    return list(groups.values())


def _tell_apart(tasks: Sequence[Task]) -> list[Task]:
    """IMG_1.ARW and IMG_1.JPG, both on the way to IMG_1.cube, become IMG_1-arw.cube and IMG_1-jpg.cube."""
    renamed = {}
    for group in _by_key(tasks):
        if len(group) > 1:
            longer = [Task(task.source, _with_source_suffix(task)) for task in group]
            if len(_by_key(longer)) == len(group):
                renamed.update(zip(group, longer, strict=True))
    return [renamed.get(task, task) for task in tasks]


def _with_source_suffix(task: Task) -> Path:
    suffix = task.source.suffix.lower().replace(".", "-")
    return task.target.with_name(f"{task.target.stem}{suffix}{task.target.suffix}")


def _refuse_collisions(tasks: Sequence[Task]) -> None:
    for group in _by_key(tasks):
        if len(group) > 1:
            raise UsageError(
                f"{group[0].source} and {group[1].source} would both be written as {group[0].target}; "
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


def _refuse_obstacles(tasks: Sequence[Task], output: Path) -> None:
    """A folder where a file would go, or a file where a mirrored folder would go."""
    for task in tasks:
        if task.target.is_dir():
            raise UsageError(f"{task.target}: a folder stands where {task.source} would go; move it or choose another")
    for folder in {folder for task in tasks for folder in task.target.parents if output in (folder, *folder.parents)}:
        if folder.exists() and not folder.is_dir():
            raise UsageError(f"{folder}: a file stands where a folder is needed; move it or choose another with -o")


def _refuse_report(report: Path, tasks: Sequence[Task], inputs: Iterable[Path], existing: Existing) -> None:
    if _key(report) in {_key(task.target) for task in tasks}:
        raise UsageError(f"{report}: the report would take the place of a result; give it another name")
    _refuse_inputs([report], inputs)
    if report.is_dir():
        raise UsageError(f"{report}: this is a folder, and the report is a file; give a name such as report.html")
    if existing != "overwrite" and report.exists():  # with skip it would lose the photos that are done already
        raise UsageError(f"{report}: already exists; give the report another name, or say --existing overwrite")


def _and_more(count: int) -> str:
    return f", and {count} more" if count else ""
