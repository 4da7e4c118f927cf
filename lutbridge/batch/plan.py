"""Decides which photo becomes which file, and refuses bad requests before anything is written."""

import os
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path

from lutbridge.batch.collect import Collection, Found, collect
from lutbridge.batch.manifest import Manifest
from lutbridge.batch.planned import PlannedPhoto
from lutbridge.batch.record import MadeWith
from lutbridge.batch.verdict import NEW, Existing, Verdict, judge
from lutbridge.errors import UsageError
from lutbridge.image.suffixes import RAW_SUFFIXES

UNKNOWN = MadeWith("", {})


@dataclass(frozen=True)
class Refused:
    """A photo that cannot be done, and a sentence that says why."""

    photo: PlannedPhoto
    sentence: str


@dataclass(frozen=True)
class Plan:
    """What to do with each photo.

    Attributes:
        todo: photos to be done.
        kept: photos whose results from an earlier run are up to date.
        skipped: photos whose output files exist, and are not from an earlier run or were edited since.
        refused: photos whose output files would have the same name as another photo's.
        shoot: all but the refused, in the order of the shoot.
        reasons: reason → number of photos to do, see `verdict`.
        notices: sentences for the user.
    """

    todo: tuple[PlannedPhoto, ...]
    kept: tuple[PlannedPhoto, ...]
    skipped: tuple[PlannedPhoto, ...]
    refused: tuple[Refused, ...]
    shoot: tuple[PlannedPhoto, ...]
    reasons: Counter
    notices: tuple[str, ...]


def make_plan(
    arguments: Sequence[str] | Collection,
    folder: Path,
    name_for: Callable[[Path], str],
    existing: Existing = "refuse",
    report: Path | None = None,
    also_read: Iterable[Path] = (),
    beside: Sequence[str] = (),
    manifest: Manifest | None = None,
    made_with: MadeWith = UNKNOWN,
) -> Plan:
    """Gives every photo its output, finds those already done, and refuses what would fail or replace an input.

    Args:
        arguments: files and folders as the user named them, see `collect`; or the photos already found.
        folder: for the results; subfolders of a searched folder are mirrored there. It need not exist.
        name_for: the output's file name for a photo, such as IMG_1.cube for IMG_1.JPG.
        existing: what to do about existing output files that are not from an earlier run, or were edited since;
            "overwrite" redoes every photo.
        report: a page to be written as well; it must not replace an input.
        also_read: other inputs, such as a model or a LUT; missing files are ignored.
        beside: endings of the side files of each output, see `PlannedPhoto`.
        manifest: of `folder`; None to ignore earlier runs.
        made_with: model and settings of this run, compared with those in the manifest.

    Raises:
        UsageError: one sentence that names the first file at fault and what to do.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: is a file, but results need a folder; name a folder with -o")
    manifest = manifest or Manifest(folder)
    is_found = isinstance(arguments, Collection)
    collection = arguments if is_found else collect(arguments, folder, manifest.results())
    planned = [
        PlannedPhoto(photo.source, _output(photo, folder, name_for), tuple(beside)) for photo in collection.photos
    ]
    photos, refused = _without_collisions(_tell_apart(planned))
    inputs = [*(photo.source for photo in photos), *also_read]
    _refuse_inputs([output for photo in photos for output in photo.outputs], inputs)
    if report is not None:
        _refuse_report(report, photos, inputs, existing, manifest)
    _refuse_obstacles(photos, folder)
    _refuse_sidecars([output for photo in photos for output in photo.outputs])
    verdicts = [judge(photo, manifest, made_with, existing) for photo in photos]
    _refuse_in_the_way([verdict for verdict in verdicts if verdict.fate == "refused"])

    def of(fate: str) -> tuple[PlannedPhoto, ...]:
        return tuple(verdict.photo for verdict in verdicts if verdict.fate == fate)

    return Plan(
        todo=of("todo"),
        kept=of("kept"),
        skipped=of("skipped"),
        refused=tuple(refused),
        shoot=tuple(photos),
        reasons=Counter(verdict.reason for verdict in verdicts if verdict.fate == "todo"),
        notices=(*collection.notices, *_edited([v.photo.output for v in verdicts if v.is_edited])),
    )


def _edited(outputs: Sequence[Path]) -> list[str]:
    if not outputs:
        return []
    if len(outputs) == 1:
        return [f"{outputs[0]} was edited after lutbridge wrote it, so it is kept"]
    return [f"{outputs[0]} and {len(outputs) - 1} more were edited after lutbridge wrote them, so they are kept"]


def _refuse_in_the_way(refused: Sequence[Verdict]) -> None:
    if refused:
        in_the_way = [path for verdict in refused for path in verdict.in_the_way]
        fault = "already exists" if refused[0].reason == NEW else "was edited after lutbridge wrote it"
        raise UsageError(
            f"{in_the_way[0]}: {fault}{_and_more(len(in_the_way) - 1)}; choose another folder with -o, "
            "or add --existing skip or --existing overwrite"
        )


def _refuse_sidecars(outputs: Iterable[Path]) -> None:
    """Refuses IMG_1.xmp beside IMG_1.CR3: Lightroom, darktable and others read it as that photo's edits."""
    raws: dict[Path, set[str]] = {}
    for output in outputs:
        if output.suffix.lower() != ".xmp":
            continue
        folder = output.parent
        if folder not in raws:
            there = folder.iterdir() if folder.is_dir() else ()
            raws[folder] = {path.stem.casefold() for path in there if path.suffix.lower() in RAW_SUFFIXES}
        if output.stem.casefold() in raws[folder]:
            raise UsageError(
                f"{output}: is where photo programs keep their edits to the RAW photo of that name; choose another "
                "folder with -o"
            )


def _output(photo: Found, folder: Path, name_for: Callable[[Path], str]) -> Path:
    return folder / photo.folder / name_for(photo.source)


def _key(path: Path) -> str:
    """Equal for paths that a case-insensitive or Unicode-normalising file system treats as one."""
    return unicodedata.normalize("NFC", os.path.abspath(path)).casefold()


def _by_key(photos: Iterable[PlannedPhoto]) -> list[list[PlannedPhoto]]:
    groups = defaultdict(list)
    for photo in photos:
        groups[_key(photo.output)].append(photo)
    return list(groups.values())


def _tell_apart(photos: Sequence[PlannedPhoto]) -> list[PlannedPhoto]:
    """Gives each result its own name: for IMG_1.ARW and IMG_1.JPG, IMG_1-arw.cube and IMG_1-jpg.cube.

    IMG_1.JPG and img_1.jpg, the same name on some disks, become IMG_1.JPG and img_1-2.jpg.
    """
    renamed: dict[PlannedPhoto, PlannedPhoto] = {}
    groups = _by_key(photos)
    taken = {_key(photo.output) for photo in photos}
    for group in groups:
        if len(group) > 1:
            longer = [replace(photo, output=_with_source_suffix(photo)) for photo in group]
            if len(_by_key(longer)) == len(group):
                renamed.update(zip(group, longer, strict=True))
            else:
                renamed.update(_numbered(group, taken))
    return [renamed.get(photo, photo) for photo in photos]


def _numbered(group: Sequence[PlannedPhoto], taken: set[str]) -> dict[PlannedPhoto, PlannedPhoto]:
    """Numbers all but the first of the names that differ in spelling only; identical names still collide."""
    spelt, renamed = {group[0].output.name}, {}
    for photo in group[1:]:
        if photo.output.name in spelt:
            continue
        spelt.add(photo.output.name)
        stem, suffix = photo.output.stem, photo.output.suffix
        tries = (photo.output.with_name(f"{stem}-{number}{suffix}") for number in count(2))
        free = next(path for path in tries if _key(path) not in taken)
        taken.add(_key(free))
        renamed[photo] = replace(photo, output=free)
    return renamed


def _with_source_suffix(photo: PlannedPhoto) -> Path:
    suffix = photo.source.suffix.lower().replace(".", "-")
    return photo.output.with_name(f"{photo.output.stem}{suffix}{photo.output.suffix}")


def _without_collisions(photos: Sequence[PlannedPhoto]) -> tuple[list[PlannedPhoto], list[Refused]]:
    """The photos that can be done, and those whose output files would replace an earlier photo's."""
    taken: dict[str, Path] = {}  # key of an output file → its photo
    kept, refused = [], []
    for photo in photos:
        keys = [_key(output) for output in photo.outputs]
        at = next((index for index, key in enumerate(keys) if key in taken), None)
        if at is None:
            taken.update(dict.fromkeys(keys, photo.source))
            kept.append(photo)
        else:
            sentence = (
                f"{photo.source}: would get the same result name as {taken[keys[at]]}, {photo.outputs[at]}; rename one "
                "of them, or use separate output folders"
            )
            refused.append(Refused(photo, sentence))
    return kept, refused


def _identity(path: Path) -> tuple[int, int] | None:
    """Device and file number: the same for hard links, symbolic links, and names that differ in case only."""
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
            raise UsageError(f"{path}: would replace the input {source}; choose another output")


def _refuse_obstacles(photos: Sequence[PlannedPhoto], folder: Path) -> None:
    """Refuses a folder in place of an output file, or a file in place of a mirrored folder."""
    for photo in photos:
        for output in photo.outputs:
            if output.is_dir():
                raise UsageError(
                    f"{output}: is a folder, but the result of {photo.source} goes here; move it or choose another"
                )
    parents = {parent for photo in photos for parent in photo.output.parents}
    for parent in {parent for parent in parents if folder in (parent, *parent.parents)}:
        if parent.exists() and not parent.is_dir():
            raise UsageError(f"{parent}: is a file, but a folder is needed here; move it or choose another with -o")


def _refuse_report(
    report: Path, photos: Sequence[PlannedPhoto], inputs: Iterable[Path], existing: Existing, manifest: Manifest
) -> None:
    if _key(report) in {_key(output) for photo in photos for output in photo.outputs}:
        raise UsageError(f"{report}: the report would replace a result; choose another name")
    _refuse_inputs([report], inputs)
    if report.is_dir():
        raise UsageError(f"{report}: is a folder; name a file for the report, such as report.html")
    if existing != "overwrite" and report.exists() and not manifest.made(report):
        raise UsageError(f"{report}: already exists; choose another name for the report, or add --existing overwrite")


def _and_more(count: int) -> str:
    return f", and {count} more" if count else ""


def told_apart(
    name_for: Callable[[Path], str], folder_for: Callable[[Path], Path], manifest: Manifest
) -> Callable[[Path], str]:
    """`name_for` for photos that are planned one by one: changes a name that another photo already has.

    Args:
        folder_for: the folder of a photo's result.
        manifest: of the results folder; its names count as taken.
    """
    taken = {_key(output): entry.photo for output, entry in manifest.entries.items()}

    def name(source: Path) -> str:
        photo, first = Path(os.path.abspath(source)), Path(name_for(source))
        kind = source.suffix.lower().replace(".", "-")
        endings = chain(["", kind], (f"-{number}" for number in count(2)))
        names = (f"{first.stem}{ending}{first.suffix}" for ending in endings)
        return next(name for name in names if taken.setdefault(_key(folder_for(source) / name), photo) == photo)

    return name
