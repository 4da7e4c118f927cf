"""The open groups: takes of one shoot, as small summaries, and their looks."""

import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lutbridge.lut.provenance import Source
from lutbridge.shoot import Facts, Take
from lutbridge_server.errors import ApiError

UNLIKE = "it shares no content with the other takes"
SINGLE = "it is the only take in its group"


@dataclass(frozen=True)
class GroupTake:
    """The summary of a photo in the group.

    Attributes:
        source: its name, and the digest of its file.
        summary: what `shoot.observe` made of it.
        facts: how it was taken.
    """

    id: str
    notices: tuple[str, ...]
    source: Source
    summary: Take
    facts: Facts


@dataclass(frozen=True)
class Solution:
    """The result for the takes of a group.

    Attributes:
        weights: (T, N) float32, the image-adaptive weights of each take.
        left_alone: why a take, by its index, keeps its own.
        consistency: 0 to 1, as asked for.
        reference: the take that the others follow, or None.
        parts: the takes, by their indices, that were matched to each other.
    """

    weights: np.ndarray
    left_alone: Mapping[int, str]
    consistency: float
    reference: str | None
    parts: Sequence[Sequence[int]]


@dataclass
class OpenGroup:
    """Takes to match.

    Attributes:
        solution: for exactly these takes, or None.
    """

    model: str
    most: int
    id: str = field(default_factory=lambda: f"g-{secrets.token_hex(8)}")
    takes: list[GroupTake] = field(default_factory=list)
    solution: Solution | None = None
    used_at: float = field(default_factory=time.monotonic)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def check_room(self) -> None:
        if len(self.takes) >= self.most:
            raise ApiError("too_many_takes", f"a group has at most {self.most} takes", "open another group")

    def add(self, notices: tuple[str, ...], source: Source, summary: Take, facts: Facts) -> GroupTake:
        with self.lock:
            self.check_room()
            take = GroupTake(f"t{len(self.takes) + 1}", notices, source, summary, facts)
            self.takes.append(take)
            self.solution = None
            return take

    def index(self, take_id: str) -> int:
        for index, take in enumerate(self.takes):
            if take.id == take_id:
                return index
        raise ApiError("unknown_take", "there is no such take in this group", "add it first")

    def check_takes(self) -> None:
        if not self.takes:
            raise ApiError("group_empty", "this group has no takes", "add some first")

    def solve(self, takes: int, solution: Solution) -> None:
        """Keeps the result for the first `takes` of them, if there are still no others."""
        with self.lock:
            if len(self.takes) != takes:
                raise _unsolved()
            self.solution = solution

    def solved(self) -> Solution:
        """Raises ApiError if the takes are not solved."""
        self.check_takes()
        if self.solution is None:
            raise _unsolved()
        return self.solution

    def weights_of(self, take_id: str) -> np.ndarray:
        """The weights (N,) found for a take."""
        with self.lock:
            index = self.index(take_id)
            return self.solved().weights[index]

    def to_dict(self) -> dict[str, Any]:
        with self.lock:
            return {
                "group": self.id,
                "model": self.model,
                "solved": self.solution is not None,
                "consistency": self.solution and self.solution.consistency,
                "reference": self.solution and self.solution.reference,
                "takes": [self.describe(take) for take in self.takes],
            }

    def describe(self, take: GroupTake) -> dict[str, Any]:
        alone = self.solution.left_alone.get(self.index(take.id)) if self.solution else None
        return {"take": take.id, "name": take.source.name, "notices": list(take.notices), "left_alone": alone}


def _unsolved() -> ApiError:
    return ApiError("group_unsolved", "this group is not solved since its last take was added", "solve it first")


class Groups:
    """The open groups by id.

    Args:
        most: open at once.
        takes: of one group.
        all_takes: of all groups together.
        seconds: since its last use, after which a group is closed.
    """

    def __init__(self, most: int, takes: int, all_takes: int, seconds: int):
        self._most, self._takes, self._all_takes, self._seconds = most, takes, all_takes, seconds
        self._groups: dict[str, OpenGroup] = {}
        self._lock = threading.Lock()

    def open(self, model: str) -> OpenGroup:
        with self._lock:
            if len(self._groups) >= self._most:
                raise ApiError("too_many_groups", f"{self._most} groups are open already", "close one first")
            group = OpenGroup(model, self._takes)
            self._groups[group.id] = group
            return group

    def get(self, group_id: str) -> OpenGroup:
        with self._lock:
            if group_id not in self._groups:
                raise ApiError("unknown_group", "there is no such group", "open one and add the takes again")
            group = self._groups[group_id]
            group.used_at = time.monotonic()
            return group

    def close(self, group_id: str) -> None:
        self.get(group_id)
        with self._lock:
            self._groups.pop(group_id, None)

    def check_room(self, group: OpenGroup) -> None:
        """Raises ApiError if no take can be added."""
        group.check_room()
        with self._lock:
            takes = sum(len(group.takes) for group in self._groups.values())
        if takes >= self._all_takes:
            raise ApiError("too_many_takes", f"the open groups have {takes} takes together", "close one first")

    def expire(self) -> None:
        """Drops groups that have not been used for too long."""
        before = time.monotonic() - self._seconds
        with self._lock:
            self._groups = {key: group for key, group in self._groups.items() if group.used_at >= before}
