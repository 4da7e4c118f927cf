from itertools import combinations, pairwise

import numpy as np
import pytest

from lutbridge.group.join import Alike, Anybody, Neighbours, join

COUNT = 14


@pytest.fixture(params=range(6))
def score(request):
    """How well two sets of numbered things go together: the mean over pairs of a random table with many equals."""
    table = np.random.default_rng(request.param).integers(-6, 4, (COUNT, COUNT))
    table = table + table.T
    return lambda a, b: float(np.mean([table[i, j] for i in a for j in b]))


def joined_plainly(things, score, pairs):
    """The same by looking at every pair anew after every join."""
    while True:
        found = [(score(things[a], things[b]), -a, -b) for a, b in pairs(range(len(things)))]
        best, a, b = max(found, default=(0, 0, 0))
        if best <= 0:
            return things
        things = [thing + things[-b] if at == -a else thing for at, thing in enumerate(things) if at != -b]


def singles():
    return [(number,) for number in range(COUNT)]


def test_neighbours_are_joined_the_best_first(score):
    assert join(singles(), score, Neighbours(COUNT)) == joined_plainly(singles(), score, pairwise)


def test_any_two_are_joined_the_best_first(score):
    found = joined_plainly(singles(), score, lambda indices: combinations(indices, 2))
    assert join(singles(), score, Anybody(COUNT)) == found


def test_outlines_spare_comparisons_and_change_nothing():
    places = np.random.default_rng(3).uniform(0, 10, (COUNT, 2)).astype(np.float32)
    asked = []

    def outline(things):
        return places[list(things)].mean(0)

    def most(one, several):  # nearer than that they cannot be
        return 1.5 - np.linalg.norm(several - one, axis=1)

    def near(a, b):
        asked.append((a, b))
        return float(most(outline(a), outline(b)[None])[0]) - 0.5

    found = join(singles(), near, Alike(singles(), outline, most, 0.5))
    spared = len(asked)
    assert found == join(singles(), near, Anybody(COUNT))
    assert 1 < len(found) < COUNT
    assert spared < (len(asked) - spared) / 3


@pytest.mark.parametrize("partners", [Neighbours(0), Anybody(0), Alike([], None, None, 0.0)])
def test_nothing_is_joined_with_nothing(partners):
    assert join([], None, partners) == []
