"""Originals and a host's exports of them in one folder, told apart by the names that hosts give.

darktable exports to darktable_exported/, and adds _01 if a name is taken; RawTherapee's queue writes to converted/,
and adds -1; Lightroom adds -2, or -Edit where another program had the photo. An export that is only another file type
of the same name counts as one if its file says which program wrote it: most cameras write a JPEG beside the RAW.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from lutbridge.batch.collect import Found, collect
from lutbridge.errors import PhotoError
from lutbridge.group.capture import read_facts
from lutbridge.image.suffixes import RAW_SUFFIXES

EXPORT_FOLDERS = frozenset({"darktable_exported", "converted", "export", "exports", "exported", "edited", "finished"})
_ADDED = re.compile(r"(?:[-_ ]edit(?:ed)?(?:-\d+)?|[-_]\d{1,2})$")
_HOSTS = ("darktable", "lightroom", "rawtherapee", "art", "capture one", "photoshop", "gimp", "dxo", "luminar")


@dataclass
class Sides:
    """Files by name, as `own_pairs` joins them, and a sentence for each that is neither."""

    originals: dict[str, list[Path]] = field(default_factory=lambda: defaultdict(list))
    exports: dict[str, list[Path]] = field(default_factory=lambda: defaultdict(list))
    left_out: list[str] = field(default_factory=list)


def sort_out(folder: Path) -> Sides:
    """Tell originals from exports; of several exports of one photo, the newest counts.

    Raises:
        UsageError: the folder holds no photo.
    """
    sides = Sides()
    inside, beside = [], []
    for photo in collect([str(folder)]).photos:
        (inside if _is_exported(photo.folder) else beside).append(photo)
    by_name = defaultdict(list)
    for photo in beside:
        by_name[_name(photo, photo.source.stem)].append(photo.source)
    for photo in beside:
        if base := _base(photo, by_name):
            sides.exports[base].append(photo.source)
    taken = {path for paths in sides.exports.values() for path in paths}
    for name, paths in by_name.items():
        if left := [path for path in paths if path not in taken]:
            _sort_same_names(name, left, sides)
    for photo in inside:
        name = _name(photo, photo.source.stem)
        base = name if name in sides.originals else _base(photo, sides.originals) or name
        sides.exports[base].append(photo.source)
    for name, paths in sides.exports.items():
        newest = max(paths, key=lambda path: (path.stat().st_mtime_ns, path.name))
        sides.left_out += [
            f"{path}: {newest.name} is a newer export of the same photo" for path in paths if path != newest
        ]
        sides.exports[name] = [newest]
    return sides


def _is_exported(folder):
    return any(part.casefold() in EXPORT_FOLDERS for part in folder.parts)


def _name(photo: Found, stem: str) -> str:
    parts = [part for part in photo.folder.parts if part.casefold() not in EXPORT_FOLDERS]
    return Path(*parts, stem).as_posix().casefold()


def _base(photo, originals):
    """The name of the original that this one's is made of, or ""."""
    stem = photo.source.stem.casefold()
    shorter = _ADDED.sub("", stem)
    name = _name(photo, shorter)
    return name if shorter != stem and name in originals else ""


def _sort_same_names(name, paths, sides):
    """Files of one name in one folder: a RAW file's companion is an export if a host wrote it."""
    raws = [path for path in paths if path.suffix.lower() in RAW_SUFFIXES]
    if len(raws) != 1 or len(paths) == 1:
        sides.originals[name] += paths
        return
    sides.originals[name] += raws
    for path in paths:
        if path in raws:
            continue
        if _is_of_a_host(path):
            sides.exports[name].append(path)
        else:
            sides.left_out.append(
                f"{path}: may be the camera's own picture of {raws[0].name}; export to a folder of its own, such as "
                "edited/"
            )


def _is_of_a_host(path):
    try:
        software = read_facts(path).software.casefold()
    except PhotoError:
        return False
    return software.startswith(_HOSTS) or any(host in software for host in _HOSTS if len(host) > 3)
