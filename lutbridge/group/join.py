"""Joins things two by two, the best pair first, and skips pairs that cannot score high enough."""

from collections.abc import Callable, Iterator, Sequence
from heapq import heapify, heappop, heappush
from typing import Any, Protocol, TypeVar

import numpy as np

Thing = TypeVar("Thing")
ROUNDING = 1e-3  # margin for a bound, which is computed in float32


class Partners(Protocol):
    """Which things may be joined; things go by number."""

    def of(self, a: int) -> Iterator[int]:
        """The remaining things that `a` may be joined with."""

    def joined(self, a: int, b: int, thing: Any) -> None:
        """Notes that `b` was merged into `a`, which is now `thing`."""


def join(things: Sequence[Thing], score: Callable[[Thing, Thing], float], partners: Partners) -> list[Thing]:
    """Joins the pair with the highest score, again and again, as long as it is above 0; in a tie, the first pair.

    Args:
        things: joined with `+`.
        score: of two things, the earlier one first.
    """
    left: list[Thing | None] = list(things)
    changes = [0] * len(left)  # how often each was joined; scores from before that are stale

    def scored(a: int, b: int) -> Iterator[tuple[float, int, int, int, int]]:
        value = score(left[a], left[b])
        if value > 0:
            yield -value, a, b, changes[a], changes[b]

    heap = [found for a in range(len(left)) for b in partners.of(a) if a < b for found in scored(a, b)]
    heapify(heap)
    while heap:
        _, a, b, *at = heappop(heap)
        if [changes[a], changes[b]] != at:
            continue
        left[a], left[b] = left[a] + left[b], None
        changes[a], changes[b] = changes[a] + 1, changes[b] + 1
        partners.joined(a, b, left[a])
        for other in partners.of(a):
            for found in scored(min(a, other), max(a, other)):
                heappush(heap, found)
    return [thing for thing in left if thing is not None]


class Neighbours:
    """Things in a row, each of which may be joined with its neighbours."""

    def __init__(self, count: int):
        self._count = count
        self._before, self._after = list(range(-1, count - 1)), list(range(1, count + 1))

    def of(self, a: int) -> Iterator[int]:
        if self._before[a] >= 0:
            yield self._before[a]
        if self._after[a] < self._count:
            yield self._after[a]

    def joined(self, a: int, b: int, thing: Any) -> None:
        self._after[a] = after = self._after[b]
        if after < self._count:
            self._before[after] = a


class Anybody:
    """Any two things may be joined."""

    def __init__(self, count: int):
        self._here = np.ones(count, bool)

    def of(self, a: int) -> Iterator[int]:
        return (int(b) for b in np.flatnonzero(self._here) if b != a)

    def joined(self, a: int, b: int, thing: Any) -> None:
        self._here[b] = False


class Alike(Anybody):
    """Any two things whose outlines allow a score above `least`.

    Args:
        outline: returns the outline of a thing, (D,) float32.
        most: given an outline (D,) and S outlines (S, D), the upper bounds of their scores, (S,).
        least: a score must be above this.
    """

    def __init__(self, things: Sequence[Thing], outline: Callable, most: Callable, least: float):
        super().__init__(len(things))
        self._outline, self._most, self._least = outline, most, least - ROUNDING
        self._outlines = np.stack([outline(thing) for thing in things]) if things else np.zeros((0, 0), np.float32)

    def of(self, a: int) -> Iterator[int]:
        near = self._here & (self._most(self._outlines[a], self._outlines) > self._least)
        return (int(b) for b in np.flatnonzero(near) if b != a)

    def joined(self, a: int, b: int, thing: Any) -> None:
        super().joined(a, b, thing)
        self._outlines[a] = self._outline(thing)
