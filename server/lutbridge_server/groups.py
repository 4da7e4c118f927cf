"""The groups that are open: takes of one shoot, as small summaries, and the looks found for them."""

import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from lutbridge_server.errors import ApiError


@dataclass(frozen=True)
class GroupTake:
    """A photo of the group, as it was observed.

    Attributes:
        summary: what `Retoucher.observe` made of it.
    """

    id: str
    name: str
    notices: tuple[str, ...]
    summary: Any


@dataclass
class Group:
    """Takes to be matched.

    Attributes:
        match: what `group.match` found for exactly these takes, or None.
    """

    model: str
    most: int
    id: str = field(default_factory=lambda: f"g-{secrets.token_hex(8)}")
    takes: list[GroupTake] = field(default_factory=list)
    consistency: float | None = None
    reference: str | None = None
    match: Any = None
    used_at: float = field(default_factory=time.monotonic)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def check_room(self) -> None:
        if len(self.takes) >= self.most:
            raise ApiError("too_many_takes", f"a group has at most {self.most} takes", "open another group")

    def add(self, name: str, notices: tuple[str, ...], summary: Any) -> GroupTake:
        with self.lock:
            self.check_room()
            take = GroupTake(f"t{len(self.takes) + 1}", name, notices, summary)
            self.takes.append(take)
            self.match = self.consistency = self.reference = None
            return take

    def index(self, take_id: str) -> int:
        for index, take in enumerate(self.takes):
            if take.id == take_id:
                return index
        raise ApiError("unknown_take", "there is no such take in this group", "add it first")

    def check_takes(self) -> None:
        if not self.takes:
            raise ApiError("group_empty", "this group has no takes", "add some first")

    def solved(self) -> Any:
        """The match of the takes; raises ApiError where they are not solved."""
        self.check_takes()
        if self.match is None:
            raise ApiError("group_unsolved", "this group is not solved since its last take was added", "solve it first")
        return self.match

    def look(self, take_id: str) -> Any:
        """The look found for a take."""
        with self.lock:
            index = self.index(take_id)
            return self.solved().looks[index]

    def to_dict(self) -> dict[str, Any]:
        with self.lock:
            return {
                "group": self.id,
                "model": self.model,
                "solved": self.match is not None,
                "consistency": self.consistency,
                "reference": self.reference,
                "takes": [self.describe(take) for take in self.takes],
            }

    def describe(self, take: GroupTake) -> dict[str, Any]:
        reason = None if self.match is None else self.match.left_alone[self.index(take.id)]
        return {"take": take.id, "name": take.name, "notices": list(take.notices), "left_alone": reason}


class Groups:
    """The open groups by id.

    Args:
        most: open at once.
        takes: of one group.
        seconds: since its last use, after which a group is closed.
    """

    def __init__(self, most: int, takes: int, seconds: int):
        self._most, self._takes, self._seconds = most, takes, seconds
        self._groups: dict[str, Group] = {}
        self._lock = threading.Lock()

    def open(self, model: str) -> Group:
        with self._lock:
            self._expire()
            if len(self._groups) >= self._most:
                raise ApiError("too_many_groups", f"{self._most} groups are open already", "close one first")
            group = Group(model, self._takes)
            self._groups[group.id] = group
            return group

    def get(self, group_id: str) -> Group:
        with self._lock:
            self._expire()
            if group_id not in self._groups:
                raise ApiError("unknown_group", "there is no such group", "open one and add the takes again")
            group = self._groups[group_id]
            group.used_at = time.monotonic()
            return group

    def close(self, group_id: str) -> None:
        self.get(group_id)
        with self._lock:
            self._groups.pop(group_id, None)

    def _expire(self) -> None:
        before = time.monotonic() - self._seconds
        self._groups = {key: group for key, group in self._groups.items() if group.used_at >= before}
