"""The first look of render and cube at a shoot whose takes are to match, and what there is to say of its groups.

A second look, photo by photo, then writes them as any other batch does, with the weights found here.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lutbridge.cli.failures import BugLog
from lutbridge.cli.interruption import Interruption
from lutbridge.cli.output import put_json, say
from lutbridge.cli.progress import progress_for
from lutbridge.cli.settings import MatchSettings
from lutbridge.errors import PhotoError, UsageError

if TYPE_CHECKING:
    import numpy as np

    from lutbridge.batch.filmstrip import Filmstrip
    from lutbridge.batch.plan import PlannedPhoto
    from lutbridge.group.agree import Agreement
    from lutbridge.shoot import MatchedGroup, Shoot
    from lutbridge.strength import Strength

MOST_NAMED = 5  # takes named in one sentence


def check(matching: MatchSettings, photos: Sequence[Path]) -> None:
    """Finds fault with the group file before the model is loaded.

    Raises:
        UsageError: the groups are named by a file that cannot be used.
    """
    from lutbridge.group.find import WAYS
    from lutbridge.group.listed import listed_groups

    if matching.by not in WAYS:
        if not os.path.isfile(matching.by):  # no pipe either, as it is read twice
            raise UsageError(f"--group {matching.by}: neither {', '.join(WAYS)} nor a file that lists the groups")
        listed_groups(Path(matching.by), photos)


def match(
    shoot: "Shoot",
    matching: MatchSettings,
    planned: "Sequence[PlannedPhoto]",
    read_photo: Callable,
    interruption: Interruption,
    bug_log: BugLog,
) -> None:
    """Looks at every photo once and lets each group agree.

    A photo that cannot be looked at is left out here, and fails on the second look.

    Args:
        planned: the whole shoot, also photos whose results are there already: they belong to their groups.
        read_photo: a path to a Photo.

    Raises:
        UsageError: the reference cannot be read, or a file that lists the groups does not fit the shoot.
    """
    reference = reference_picture(matching.reference, read_photo)
    first_look(shoot, planned, read_photo, interruption, bug_log)
    if not interruption.requested:
        shoot.match([photo.source for photo in planned], matching.by, reference)


def tell(groups: "Sequence[MatchedGroup]", matching: MatchSettings, as_json: bool) -> None:
    """Says what was matched and, by name, what was left alone."""
    has_reference = matching.reference is not None
    at = "" if matching.consistency == 1 else " at full consistency"
    for group in groups:
        alone = [group.photos[t] for t in group.agreement.left_alone]
        before, after = group.agreement.difference_alone, group.agreement.difference
        if as_json:
            put_json(
                {
                    "type": "group",
                    "name": group.name,
                    "reason": group.reason,
                    "photos": [str(photo) for photo in group.photos],
                    "left_alone": [str(photo) for photo in alone],
                    "delta_e_alone": round(before, 3) if group.agreement.links else None,
                    "delta_e_matched": round(after, 3) if group.agreement.links else None,
                }
            )
        if len(group.photos) > 1 or has_reference:
            share = f"; what they share: ΔE {before:.1f} → {after:.1f}{at}" if group.agreement.links else ""
            say(f"group {group.name}: {group.reason}{share}{_left_alone(alone, has_reference)}")


def filmstrips(shoot: "Shoot", strength: "Strength") -> "Iterator[Filmstrip]":
    """Each group of more than one take, for the report."""
    from lutbridge.batch.filmstrip import Filmstrip

    for group in shoot.groups:
        if len(group.takes) > 1:
            yield Filmstrip(
                name=group.name,
                reason=group.reason,
                result=_result(group.agreement),
                is_matched=bool(group.agreement.links),
                takes=[take.name for take in group.takes],
                pictures=shoot.stages(group, strength),
            )


def _result(agreement: "Agreement") -> str:
    """How well the full match went."""
    if not agreement.links:
        return "Not matched: no two of these photos show the same thing."
    return (
        f"What these photos share differs by ΔE {agreement.difference_alone:.1f} when each is retouched alone, and by "
        f"{agreement.difference:.1f} when they are matched."
    )


def _left_alone(alone: Sequence[Path], has_reference: bool) -> str:
    if not alone:
        return ""
    names = ", ".join(path.name for path in alone[:MOST_NAMED])
    more = f" and {len(alone) - MOST_NAMED} more" if len(alone) > MOST_NAMED else ""
    if has_reference:
        return f"; not matched to the reference, because they show nothing that leads to it: {names}{more}"
    return (
        f"; left alone, because nothing in {'it' if len(alone) == 1 else 'them'} is recognised elsewhere: {names}{more}"
    )


def reference_picture(path: Path | None, read_photo: Callable) -> "np.ndarray | None":
    """What photos should come to look like.

    Raises:
        UsageError: it cannot be read.
    """
    from lutbridge.shoot import picture_of

    if path is None:
        return None
    try:
        return picture_of(read_photo(path))
    except PhotoError as error:
        raise UsageError(f"--reference: {error}") from error


def first_look(shoot, planned, read_photo, interruption, bug_log) -> None:
    """Fills the shoot's takes, and notes what was wrong with the photos that could not be looked at."""
    from lutbridge.batch.run import run

    def work(photo, output):
        shoot.observe(photo)  # there is nothing to write

    say(f"looking at {len(planned)} photo{'' if len(planned) == 1 else 's'} to match them")
    with progress_for(len(planned)) as progress:
        for result in run(planned, work, lambda: interruption.requested, read_photo):
            if result.status == "failed":
                sentence = bug_log.named(result.error, result.traceback)
                shoot.unseen[result.source] = sentence.removeprefix(f"{result.source}: ")
            progress.advance()
