"""Joins things two by two, the best pair first, and compares no pair in vain that can be told beforehand."""

from collections.abc import Callable, Iterator, Sequence
from heapq import heapify, heappop, heappush
from typing import Any, Protocol, TypeVar

import numpy as np

Thing = TypeVar("Thing")
ROUNDING = 1e-3  # of a bound, which is calculated in float32


class Partners(Protocol):
    """Which things may be joined; things are numbered."""

    def of(self, a: int) -> Iterator[int]:
        """Those with which `a` may be joined, of those that are there still."""

    def joined(self, a: int, b: int, thing: Any) -> None:
        """Thing `b` is no more: it was joined to `a`, which is `thing` now."""


def join(things: Sequence[Thing], score: Callable[[Thing, Thing], float], partners: Partners) -> list[Thing]:
    """Joins the two things of the highest score, and so on, as long as that is above 0; of equals the first.

    Args:
        things: that can be added.
        score: given two things in their order.
    """
    left: list[Thing | None] = list(things)
    changes = [0] * len(left)  # how often each was joined; a score from before is of another thing

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
    """Things in a row, each of which may be joined with the ones beside it."""

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
    """Any two things whose score may reach the least that matters, as far as their outlines tell.

    Args:
        outline: of a thing, (D,) float32.
        most: of an outline (D,) and of S outlines (S, D), what no score can be above, (S,).
        least: a score that is not enough yet.
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
