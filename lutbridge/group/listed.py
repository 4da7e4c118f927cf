"""The user's file of photos that belong together, in the format of `lutbridge groups`.

    [bride]  # anything after a number sign is a remark
    shoot/IMG_0012.jpg
    IMG_0013.jpg

    IMG_0020.jpg
    IMG_0021.jpg

One photo a line; a blank line ends a group; a name in brackets begins one. Or JSON lines, one group each:

    {"name": "bride", "photos": ["shoot/IMG_0012.jpg", "shoot/IMG_0013.jpg"]}
"""

import json
import os
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from lutbridge.errors import UsageError
from lutbridge.files import read_ordinary

_HEADING = re.compile(r"\[([^\[\]]+)\]\s*(?:#.*)?")
_MOST_BYTES = 64 << 20  # a million photos


@dataclass(frozen=True)
class Listed:
    """One group of the file: its name, or "", and the photos by index."""

    name: str
    members: tuple[int, ...]


def listed_groups(file: Path, photos: Sequence[Path]) -> list[Listed]:
    """Reads which of `photos` belong together.

    A photo is named by its path from the current folder or from the file's, or by enough of the end of its path to be
    unique.

    Raises:
        UsageError: the file cannot be read, or a line names no photo, several, or one that was named before.
    """
    index = _Index(file, photos)
    groups, seen = {}, {}
    for number, group, photo in _lines(file):
        place = f"{file}, line {number}"
        found = index.find(photo, place)
        if found in seen:
            raise UsageError(f"{place}: {photo} is in a group already, by line {seen[found]}; take one of them out")
        seen[found] = number
        groups.setdefault(group, []).append(found)
    return [Listed(name, tuple(members)) for (_, name), members in groups.items()]


def _lines(file: Path) -> Iterator[tuple[int, tuple[int, str], str]]:
    """(line number, (number and name of the group), photo) of every photo that the file names."""
    lines = _text(file).splitlines()
    is_json = next((line.lstrip().startswith("{") for line in lines if line.strip()), False)
    yield from _json_lines(file, lines) if is_json else _plain_lines(file, lines)


def _text(file: Path) -> str:
    try:
        data = read_ordinary(file, _MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise UsageError(f"{file}: this is too large for a list of groups; check the name")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}: this is no text in UTF-8; save it as UTF-8, or check the name") from error
    except OSError as error:
        ways = "folder, time, auto, all, or a file that lists groups"
        raise UsageError(f"{file}: {error.strerror or error}; name {ways}") from error


def _plain_lines(file: Path, lines: Sequence[str]) -> Iterator[tuple[int, tuple[int, str], str]]:
    count, name, names, is_open = 0, "", {}, False
    for number, line in enumerate(lines, 1):
        line = line.strip()
        if not line:
            name, is_open = "" if is_open else name, False
        elif heading := _HEADING.fullmatch(line):
            name, is_open = heading[1].strip(), False
            _refuse_twice(file, number, name, names)
        elif not line.startswith("#"):
            count += not is_open
            is_open = True
            yield number, (count, name), line


def _json_lines(file: Path, lines: Sequence[str]) -> Iterator[tuple[int, tuple[int, str], str]]:
    names: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            group = json.loads(line)
        except ValueError as error:
            raise UsageError(f"{file}, line {number}: this is no JSON object; put one on each line") from error
        if isinstance(group, dict) and group.get("type", "group") != "group":
            continue  # the summary that --json ends with
        name, photos = (group.get("name", ""), group.get("photos")) if isinstance(group, dict) else ("", None)
        if not isinstance(name, str) or not isinstance(photos, list) or not all(isinstance(p, str) for p in photos):
            example = '{"name": "a name", "photos": ["a.jpg", "b.jpg"]}'
            raise UsageError(f"{file}, line {number}: a group was expected here; write it like {example}")
        _refuse_twice(file, number, name, names)
        for photo in photos:
            yield number, (number, name), photo


def _refuse_twice(file: Path, number: int, name: str, names: dict[str, int]) -> None:
    if name and name in names:
        raise UsageError(f"{file}, line {number}: there is a group {name} already, at line {names[name]}; rename one")
    names[name] = number


class _Index:
    """Finds photos by the names in the list."""

    def __init__(self, file: Path, photos: Sequence[Path]):
        self._folder, self._photos = file.parent, photos
        self._by_path = {os.path.abspath(photo): number for number, photo in enumerate(photos)}
        self._by_name = defaultdict(list)
        for number, photo in enumerate(photos):
            self._by_name[photo.name].append(number)

    def find(self, name: str, place: str) -> int:
        for path in (name, self._folder / name):
            if (number := self._by_path.get(os.path.abspath(path))) is not None:
                return number
        parts = PurePath(name).parts
        ending = [n for n in self._by_name[PurePath(name).name] if self._photos[n].parts[-len(parts) :] == parts]
        if len(ending) == 1:
            return ending[0]
        if ending:
            both = f"{self._photos[ending[0]]} and {self._photos[ending[1]]}"
            raise UsageError(f"{place}: {name} may be {both}; write more of the path")
        raise UsageError(f"{place}: there is no photo {name} among the {len(self._photos)} given; check the name")
