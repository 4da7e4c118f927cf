"""The first pass of render and cube over a shoot to be matched, and the report on its groups.

A second pass writes the photos like any other batch, with the weights found here.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lutbridge.cli.failures import BugLog
from lutbridge.cli.interruption import Interruption
from lutbridge.cli.output import put_json, say
from lutbridge.cli.progress import Busy, progress_for
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
        if not os.path.isfile(matching.by):  # not a pipe, as it is read twice
            raise UsageError(f"--group {matching.by}: unknown; use {', '.join(WAYS)}, or a file that lists the groups")
        listed_groups(Path(matching.by), photos)


def match(
    shoot: "Shoot",
    matching: MatchSettings,
    planned: "Sequence[PlannedPhoto]",
    read_photo: Callable,
    interruption: Interruption,
    bug_log: BugLog,
    look: Callable | None = None,
) -> None:
    """Looks at every photo once and lets each group agree.

    A photo that cannot be looked at is left out here, and fails on the second look.

    Args:
        planned: the whole shoot, including finished photos, as they belong to their groups.
        read_photo: a path to a Photo.
        look: as of `first_look`.

    Raises:
        UsageError: the reference cannot be read, or a file that lists the groups does not fit the shoot.
    """
    reference = reference_picture(matching.reference, read_photo)
    first_look(shoot, planned, read_photo, interruption, bug_log, look)
    if not interruption.requested:
        with Busy("finding groups") as busy:
            shoot.match([photo.source for photo in planned], matching.by, reference, busy.now)


def tell(groups: "Sequence[MatchedGroup]", matching: MatchSettings, as_json: bool) -> None:
    """Reports the groups, and names the photos that could not be matched."""
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
            share = (
                f"; difference between matching areas: ΔE {before:.1f} → {after:.1f}{at}"
                if group.agreement.links
                else ""
            )
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
        return "Not matched: no two of these photos share any content."
    return (
        f"Difference between matching areas: ΔE {agreement.difference_alone:.1f} with each photo retouched alone, "
        f"{agreement.difference:.1f} matched."
    )


def _left_alone(alone: Sequence[Path], has_reference: bool) -> str:
    if not alone:
        return ""
    names = ", ".join(path.name for path in alone[:MOST_NAMED])
    more = f" and {len(alone) - MOST_NAMED} more" if len(alone) > MOST_NAMED else ""
    others = "the reference or the photos matched to it" if has_reference else "the other photos"
    share = "shares" if len(alone) == 1 else "share"
    return f"; not matched: {names}{more} ({share} no content with {others})"


def reference_picture(path: Path | None, read_photo: Callable) -> "np.ndarray | None":
    """The picture that the groups are matched to.

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


def first_look(shoot, planned, read_photo, interruption, bug_log, look: Callable | None = None) -> None:
    """Fills the shoot's takes, and notes why photos could not be looked at.

    Args:
        look: has other machines look; given the plan, the shoot's `keep` and what says whether to stop, the results.
    """
    from lutbridge.batch.run import run

    def work(photo, output):
        shoot.observe(photo)  # there is nothing to write

    say(f"analysing {len(planned)} photo{'' if len(planned) == 1 else 's'} for matching")

    def should_stop() -> bool:
        return interruption.requested

    results = look(planned, shoot.keep, should_stop) if look else run(planned, work, should_stop, read_photo)
    with progress_for(len(planned)) as progress:
        for result in results:
            if result.status == "failed":
                sentence = bug_log.named(result.error, result.traceback)
                shoot.unseen[result.source] = sentence.removeprefix(f"{result.source}: ")
            progress.advance()
