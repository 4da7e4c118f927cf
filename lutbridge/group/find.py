"""Which photos of a shoot belong together: by folder, by time, by looks and time, all of them, or as a file says."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import numpy as np

from lutbridge.group.capture import Facts, file_time
from lutbridge.group.listed import listed_groups
from lutbridge.group.scenes import Likeness, find_scenes
from lutbridge.group.timeline import rolls

WAYS = ("folder", "time", "auto", "all")


@dataclass(frozen=True)
class FoundGroup:
    """Photos that belong together.

    Attributes:
        name: a number, a folder, or the name in the user's file.
        members: indices of the photos; in the order they were taken, if requested.
        reason: one sentence on why they are a group.
        is_listed: False for a photo that the user's file does not name, which is not matched.
    """

    name: str
    members: tuple[int, ...]
    reason: str
    is_listed: bool = True


def find_groups(facts: Sequence[Facts], by: str | Path, likeness: Likeness | None = None) -> list[FoundGroup]:
    """Groups of a shoot, ordered by their first photo; each photo is in exactly one, perhaps alone.

    Args:
        facts: of the photos, as `read_facts` gives them.
        by: "folder"; "time", a new group after each pause of each camera; "auto", takes that look alike and were taken
            one after another, with any camera; "all", one group; or a file, as `listed_groups` reads it.
        likeness: for "auto", the log odds that two photos are of one scene by their looks (`Likenesses`).

    Raises:
        UsageError: the file cannot be read, or names a missing photo.
    """
    if by not in WAYS:
        return _in_order(_as_listed(facts, Path(by)))
    if by == "auto" and likeness is None:
        raise ValueError("likeness is missing")
    find = {"folder": _by_folder, "time": _by_time, "auto": _by_looks, "all": _all}[by]
    return _in_order(find(facts, likeness))


def _in_order(groups: Iterable[FoundGroup]) -> list[FoundGroup]:
    ordered = sorted(groups, key=lambda group: min(group.members))
    taken = {group.name for group in ordered}
    free = (str(number) for number in count(1) if str(number) not in taken)
    return [group if group.name else replace(group, name=next(free)) for group in ordered]


def _by_folder(facts: Sequence[Facts], _) -> list[FoundGroup]:
    folders = _by_key(range(len(facts)), lambda index: facts[index].folder)
    return [
        FoundGroup(str(folder), tuple(members), f"{_count(members, 'photo')} in the folder {folder}")
        for folder, members in folders.items()
    ]


def _by_time(facts: Sequence[Facts], _) -> list[FoundGroup]:
    if not any(photo.time for photo in facts):
        facts = [replace(photo, time=file_time(photo.path), time_from="file") for photo in facts]
    groups = [
        FoundGroup("", (index,), "1 photo that does not say when it was taken")
        for index, photo in enumerate(facts)
        if photo.time is None
    ]
    for roll in rolls(facts):
        pauses = np.flatnonzero(np.diff(roll.seconds) > roll.patience)
        for part in np.split(roll.photos, pauses + 1):
            members = tuple(int(index) for index in part)
            last_resort = ", by the time of the files, because no photo says when it was taken"
            used = last_resort if facts[members[0]].time_from == "file" else ""
            groups.append(
                FoundGroup("", members, f"{_count(members, 'photo')}{_when_and_with_what(facts, members)}{used}")
            )
    return groups


def _by_looks(facts: Sequence[Facts], likeness: Likeness) -> list[FoundGroup]:
    groups = []
    for scene in find_scenes(facts, likeness):
        alike = "takes that look alike" if len(scene) > 1 else "take, unlike the others"
        reason = f"{len(scene)} {alike}{_when_and_with_what(facts, scene)}"
        groups.append(FoundGroup("", tuple(scene), reason))
    return groups


def _all(facts: Sequence[Facts], _) -> list[FoundGroup]:
    return (
        [FoundGroup("all", tuple(range(len(facts))), f"{_count(facts, 'photo')}, all that were named")] if facts else []
    )


def _as_listed(facts: Sequence[Facts], file: Path) -> list[FoundGroup]:
    listed = listed_groups(file, [photo.path for photo in facts])
    groups = [FoundGroup(one.name, one.members, f"{_count(one.members, 'photo')}, as {file} says") for one in listed]
    named = {index for one in listed for index in one.members}
    left = [index for index in range(len(facts)) if index not in named]
    return groups + [FoundGroup("", (index,), f"1 photo that {file} does not name", False) for index in left]


def _when_and_with_what(facts: Sequence[Facts], members: Sequence[int]) -> str:
    """Such as ", within 4 min by Canon EOS R5, and within 40 s by NIKON Z 9; 2 without a capture time"."""
    parts = []
    for roll in rolls([facts[index] for index in members]):
        camera = facts[members[roll.photos[0]]].camera
        span = f"within {_duration(roll.seconds[-1] - roll.seconds[0])}" if len(roll.photos) > 1 else ""
        parts.append(" ".join(filter(None, (span, f"by {camera}" if camera else ""))))
    untimed = sum(facts[index].time is None for index in members)
    clocks = ", and ".join(filter(None, parts))
    return (f", {clocks}" if clocks else "") + (f"; {untimed} without a capture time" if untimed else "")


def _duration(seconds: float) -> str:
    """Such as 40 s, 4 min 10 s, 2 h 05 min."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02d} min"
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def _count(things: Sequence, word: str) -> str:
    return f"{len(things)} {word}" + ("" if len(things) == 1 else "s")


def _by_key(items: Iterable[int], key: Callable) -> dict:
    found = defaultdict(list)
    for item in items:
        found[key(item)].append(item)
    return found
