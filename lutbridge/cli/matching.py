"""The first look of render and cube at a shoot whose takes are to match: which belong together, and what they agree on.

A second look, photo by photo, then writes them as any other batch does, with the weights found here.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lutbridge.cli.failures import BugLog
from lutbridge.cli.interruption import Interruption
from lutbridge.cli.output import put_json, say
from lutbridge.cli.progress import progress_for
from lutbridge.errors import PhotoError, UsageError

if TYPE_CHECKING:
    import numpy as np

    from lutbridge.batch.filmstrip import Filmstrip
    from lutbridge.batch.plan import Task
    from lutbridge.group.agree import Agreement
    from lutbridge.group.take import Take

MOST_NAMED = 5  # takes named in one sentence


@dataclass(frozen=True)
class Matching:
    """How takes are to be matched.

    Attributes:
        by: "folder", "time", "auto", "all" or a file that lists the groups.
        reference: a photo that the takes should come to look like, or None.
        consistency: 0 (each take alone) to 1.
    """

    by: str
    reference: Path | None
    consistency: float

    def files(self) -> list[Path]:
        """What is read beside the photos."""
        return [Path(self.by), *([self.reference] if self.reference else [])]


@dataclass(frozen=True)
class MatchedGroup:
    """One group: its takes in the order they were taken, their files, and what they agreed on."""

    name: str
    reason: str
    sources: tuple[Path, ...]
    takes: "tuple[Take, ...]"
    agreement: "Agreement"


class MatchedRetoucher:
    """A Retoucher that gives the takes of a shoot the weights their groups agreed on.

    Attributes:
        network: on the CPU.
        unseen: photos whose first look failed, and why. They fail, rather than come out unmatched without a word.
    """

    def __init__(
        self, retoucher, network, groups: Sequence[MatchedGroup], consistency: float, unseen: Mapping[Path, str]
    ):
        self._retoucher, self.network = retoucher, network
        self.groups, self.consistency, self.unseen = tuple(groups), consistency, unseen
        self.name, self.device = retoucher.name, retoucher.device
        self._weights = {
            source: weights
            for group in groups
            for source, weights in zip(group.sources, group.agreement.weights(consistency), strict=True)
        }

    def render(self, photo, *how, **more):
        return self._retoucher.render(photo, *how, **more, w_image=self._agreed(photo.path))

    def lut(self, photo, *how, **more):
        return self._retoucher.lut(photo, *how, **more, w_image=self._agreed(photo.path))

    def _agreed(self, path: Path) -> "np.ndarray | None":
        """None for a photo that the user's list of groups does not name."""
        if path in self.unseen:
            fault = f"it cannot be matched, as it failed when it was first looked at ({self.unseen[path]})"
            raise PhotoError(path, fault, "run this again with --existing skip")
        return self._weights.get(path)


def check(matching: Matching, sources: Sequence[Path]) -> None:
    """Finds fault with the group file before the model is loaded.

    Raises:
        UsageError: the groups are named by a file that cannot be used.
    """
    from lutbridge.group.find import WAYS
    from lutbridge.group.listed import listed_groups

    if matching.by not in WAYS:
        if not os.path.isfile(matching.by):  # no pipe either, as it is read twice
            raise UsageError(f"--group {matching.by}: neither {', '.join(WAYS)} nor a file that lists the groups")
        listed_groups(Path(matching.by), sources)


def match_shoot(
    matching: Matching, retoucher, tasks: "Sequence[Task]", read_photo, interruption: Interruption, bug_log: BugLog
):
    """Looks at every photo once and lets each group agree; returns a `MatchedRetoucher`.

    A photo that cannot be looked at is left out here, and fails on the second look.

    Args:
        tasks: the whole shoot, also photos whose results are there already: they belong to their groups.
        read_photo: a path to a Photo.

    Raises:
        UsageError: the reference cannot be read, or a file that lists the groups does not fit the shoot.
    """
    from lutbridge.group.agree import agree
    from lutbridge.group.find import find_groups
    from lutbridge.group.likeness import likeness_among

    network = retoucher.network_on_cpu()
    reference = _reference(matching.reference, read_photo)
    takes, unseen = _first_look(retoucher, tasks, read_photo, interruption, bug_log)
    sources = [task.source for task in tasks]
    if interruption.requested or not takes:
        return MatchedRetoucher(retoucher, network, (), matching.consistency, unseen)
    likeness = None
    if matching.by == "auto":  # the only way that needs looks; the others may name photos that cannot be read
        sources = [source for source in sources if source in takes]
        likeness = likeness_among(_looks(network, [takes[source] for source in sources]))
    groups = []
    for found in find_groups([_facts(source) for source in sources], matching.by, likeness):
        members = tuple(sources[index] for index in found.members if sources[index] in takes)
        if members and found.is_listed:
            of_group = tuple(takes[source] for source in members)
            agreement = agree(network, of_group, reference)
            groups.append(MatchedGroup(found.name, found.reason, members, of_group, agreement))
    return MatchedRetoucher(retoucher, network, groups, matching.consistency, unseen)


def tell(groups: Sequence[MatchedGroup], matching: Matching, as_json: bool) -> None:
    """Says what was matched and, by name, what was left alone."""
    has_reference = matching.reference is not None
    at = "" if matching.consistency == 1 else " at full consistency"
    for group in groups:
        alone = [group.sources[t] for t in group.agreement.left_alone]
        before, after = group.agreement.difference_alone, group.agreement.difference
        if as_json:
            put_json(
                {
                    "type": "group",
                    "name": group.name,
                    "reason": group.reason,
                    "photos": [str(source) for source in group.sources],
                    "left_alone": [str(source) for source in alone],
                    "delta_e_alone": round(before, 3) if group.agreement.links else None,
                    "delta_e_matched": round(after, 3) if group.agreement.links else None,
                }
            )
        if len(group.sources) > 1 or has_reference:
            share = f"; what they share: ΔE {before:.1f} → {after:.1f}{at}" if group.agreement.links else ""
            say(f"group {group.name}: {group.reason}{share}{_left_alone(alone, has_reference)}")


def filmstrips(retoucher: MatchedRetoucher, strength: float) -> "Iterator[Filmstrip]":
    """Each group of more than one take, for the report, as it comes out at a strength of 0 to 1."""
    from lutbridge.batch.filmstrip import Filmstrip
    from lutbridge.group.pictures import rendered

    for group in retoucher.groups:
        if len(group.takes) > 1:
            untouched = [take.picture for take in group.takes]
            weights = group.agreement.alone, group.agreement.weights(retoucher.consistency)
            renders = (list(rendered(retoucher.network, untouched, rows, strength)) for rows in weights)
            names = [take.name for take in group.takes]
            yield Filmstrip(group.name, group.reason, _result(group.agreement), names, (untouched, *renders))


def _result(agreement: "Agreement") -> str:
    """How well the full match went."""
    if not agreement.links:
        return "No two takes show the same thing."
    return (
        f"What the takes share differs by ΔE {agreement.difference_alone:.1f} when each is retouched alone, and by "
        f"{agreement.difference:.1f} when they match fully."
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


def _reference(path: Path | None, read_photo) -> "np.ndarray | None":
    from lutbridge.group.take import PICTURE_SIDE
    from lutbridge.image.thumbnail import area_picture

    if path is None:
        return None
    try:
        photo = read_photo(path)
    except PhotoError as error:
        raise UsageError(f"--reference: {error}") from error
    return area_picture(photo.pixels, PICTURE_SIDE, photo.color.to_model)


def _first_look(retoucher, tasks, read_photo, interruption, bug_log) -> "tuple[dict[Path, Take], dict[Path, str]]":
    """The takes, and what was wrong with the photos that could not be looked at."""
    from lutbridge.batch.run import Outcome, run
    from lutbridge.group.take import observe

    takes, unseen = {}, {}

    def work(photo, target):
        takes[photo.path] = observe(retoucher, photo)
        return Outcome  # there is nothing to write

    say(f"looking at {len(tasks)} photo{'' if len(tasks) == 1 else 's'} to match them")
    with progress_for(len(tasks)) as progress:
        for result in run(tasks, work, lambda: interruption.requested, read_photo):
            if result.status == "failed":
                sentence = bug_log.named(result.error, result.traceback)
                unseen[result.source] = sentence.removeprefix(f"{result.source}: ")
            progress.advance()
    return takes, unseen


def _facts(source: Path):
    from lutbridge.group.capture import Facts, read_facts

    try:
        return read_facts(source)
    except PhotoError:  # its pixels were read: it has a folder and looks, if no time
        return Facts(source)


def _looks(network, takes):
    from lutbridge.group.likeness import look
    from lutbridge.group.pictures import rendered

    pictures = [take.picture for take in takes]
    renders = rendered(network, pictures, [take.w_image for take in takes])
    return [look(picture, render) for picture, render in zip(pictures, renders, strict=True)]
