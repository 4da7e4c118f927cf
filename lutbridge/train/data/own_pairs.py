"""A photographer's own edits: a folder of originals, and a folder of the same photos finished."""

from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

from lutbridge.batch.collect import collect
from lutbridge.errors import PhotoError, UsageError
from lutbridge.group.capture import read_facts
from lutbridge.group.find import find_groups
from lutbridge.train.data.one_folder import sort_out
from lutbridge.train.data.pairs import Pair


@dataclass(frozen=True)
class OwnPairs:
    """What two folders hold, by its names.

    Attributes:
        pairs: not opened yet, except for the time; `prepare` finds those that are unusable.
        left_out: one sentence for each file that is in no pair.
    """

    pairs: list[Pair]
    left_out: list[str]


def find_own_pairs(before: Path, after: Path | None, masks: Path | None = None) -> OwnPairs:
    """Pairs by matching names: the same folder below `before` and `after`, and the same name except for the suffix.

    Photos of a sub-folder are a group; without sub-folders, photos that were taken without a pause between them; a
    photo of which neither is known is a group of its own.

    Args:
        after: None if `before` holds both, told apart as in `one_folder`.
        masks: a folder with the same names, white on the person.
    Raises:
        UsageError: a folder is missing or holds no photo, or no name is in both.
    """
    if after is None:
        _check_folder(before)
        sides = sort_out(before)
        sources, targets, after = sides.originals, sides.exports, before
    else:
        sides, sources, targets = None, _by_name(before), _by_name(after)
    of_people = {} if masks is None else _by_name(masks)
    left_out, pairs = list(sides.left_out) if sides else [], []
    for name in sorted(sources.keys() | targets.keys()):
        files, results = sources.get(name, []), targets.get(name, [])
        if len(files) == 1 and len(results) == 1:
            person = of_people.get(name, [None])[0]
            shown = files[0].relative_to(before).with_suffix("").as_posix()
            pairs.append(Pair(shown, str(Path(name).parent), (files[0],), results[0], person, exact=False))
        else:
            left_out.append(_why_no_pair(files, results, before, after))
    if not pairs:
        raise UsageError(_no_pairs(before, after))
    return OwnPairs(_grouped(pairs), left_out)


def _by_name(folder):
    """Name below the folder, without its suffix and in small letters → files."""
    _check_folder(folder)
    found = defaultdict(list)
    for photo in collect([str(folder)], with_results=True).photos:
        found[(photo.folder / photo.source.stem).as_posix().casefold()].append(photo.source)
    return found


def _check_folder(folder):
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder; give the folder of the photos and that of the retouched ones")


def _no_pairs(before, after):
    if before == after:
        return (
            f"{before}: no photo has an export beside it. Expected, for example:\n"
            "    IMG_0412.CR3    darktable_exported/IMG_0412.jpg\n"
            "    IMG_0413.CR3    IMG_0413-Edit.tif\n"
            "or give two folders with the same names in both: --pairs BEFORE AFTER"
        )
    return (
        f"{before} and {after}: no photo has the same name in both; pairs are found by their names. Expected:\n"
        f"    {before.name}/anna/IMG_0412.CR3    {after.name}/anna/IMG_0412.jpg\n"
        f"    {before.name}/anna/IMG_0413.CR3    {after.name}/anna/IMG_0413.jpg"
    )


def _why_no_pair(files, results, before, after):
    if not files:
        return f"{results[0]}: {before} has no photo of that name"
    if not results:
        return f"{files[0]}: {after} has no {'export' if before == after else 'photo'} of that name"
    twice = files if len(files) > 1 else results
    return f"{twice[0]}: {twice[1].name} has the same name; leave one of them"


def _grouped(pairs):
    if any(pair.group != "." for pair in pairs):
        return pairs
    facts = [_facts(pair) for pair in pairs]
    alone = [replace(pair, group=pair.name) for pair in pairs]
    timed = [index for index, fact in enumerate(facts) if fact and fact.time]
    for group in find_groups([facts[index] for index in timed], "time") if timed else []:
        for member in group.members:
            alone[timed[member]] = replace(alone[timed[member]], group=group.name)
    return alone


def _facts(pair):
    try:
        return read_facts(pair.sources[0])
    except PhotoError:
        return None
