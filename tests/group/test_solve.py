import numpy as np
import pytest

from lutbridge.color.lab import srgb_to_lab
from lutbridge.group.features import describe, points, smoothed
from lutbridge.group.match import UNSURE, Match, match
from lutbridge.group.solve import Link, Member, look_up, solve
from lutbridge.model.registry import builtin_models
from lutbridge.render.reference import render
from lutbridge.retouch import Retoucher


def test_a_members_basis_renders_what_the_network_renders():
    """Λ and the agreement are about the render itself: w_pixel included, by neighbours or by the mask."""
    random = np.random.default_rng(0)
    picture = np.full((40, 40, 3), 0.4, np.float32) + np.array([0.2, 0, -0.1], np.float32)
    picture[:, 20:] += 0.2
    for model in builtin_models():
        network = Retoucher.load(model.name, "cpu").network
        look = network.look(random.random((network.thumbnail_size,) * 2 + (3,), np.float32))
        member = look_up(network, [picture], [look])[0]
        found = np.einsum("pkc,k->pc", member.basis, member.start)
        full = render(network, look, smoothed(picture))[points(picture)]
        assert np.abs(np.clip(found, 0, 1) - full).max() < 1e-5


@pytest.fixture
def pair(network, scene, take):
    takes = [take(scene(5), 0.06), take(scene(5), -0.02)]
    members = look_up(network, [t.picture for t in takes], [t.look for t in takes])
    found = match(*(describe(t.picture, t.picture) for t in takes))
    start = np.stack([t.look.w_image for t in takes]).astype(float)
    return members, found, start


def test_two_takes_meet_in_the_middle(pair):
    members, found, start = pair
    weights = solve(members, [Link(0, 1, found)], start, 20.0)
    assert weights[:, 1] == pytest.approx(0.02, abs=0.006)
    assert weights.sum(0) == pytest.approx(start.sum(0), abs=1e-6)


def test_without_links_nothing_changes(pair):
    members, _, start = pair
    assert np.array_equal(solve(members, [], start, 20.0), start)


def test_a_take_whose_links_are_gone_goes_back_to_its_own_weights(pair):
    members, found, start = pair
    moved = solve([*members, members[0]], [Link(0, 1, found), Link(1, 2, found)], np.vstack([start, start[:1]]), 20.0)
    later = solve([*members, members[0]], [Link(0, 1, found)], moved, 20.0)
    assert later[2] == pytest.approx(start[0], abs=1e-9)
    assert later[:2].sum(0) == pytest.approx(start.sum(0), abs=1e-6)
    assert solve(members, [], moved[:2], 20.0) == pytest.approx(start, abs=1e-9)


def test_a_link_of_little_support_pulls_less(pair):
    members, found, start = pair
    doubtful = Match(found.a, found.b, found.confidence, UNSURE + 0.0002)
    weights = solve(members, [Link(0, 1, doubtful)], start, 20.0)
    assert abs(weights - start).max() < 0.006


def test_a_ring_of_takes_is_solved_as_exactly_as_a_pair(network, scene, take):
    """The result is the fixed point of its own equations."""
    changes = [0.05, -0.03, 0.01, 0.04, -0.05, 0.0, 0.02, -0.04]
    takes = [take(scene(6), change) for change in changes]
    members = look_up(network, [t.picture for t in takes], [t.look for t in takes])
    found = match(*(describe(scene(6), scene(6)) for _ in range(2)))
    links = [Link(i, (i + 1) % len(takes), found) for i in range(len(takes))]
    start = np.stack([t.look.w_image for t in takes]).astype(float)
    once = solve(members, links, start, 20.0)
    again = solve(members, links, once, 20.0)
    assert np.abs(again - once).max() < 1e-3
    assert np.ptp(once[:, 1]) < 0.2 * np.ptp(start[:, 1])


def test_a_point_that_disagrees_by_what_is_forgiven_has_a_quarter_of_its_say():
    """A grey take between two halves of a reference: one as grey as itself, one lighter by ΔE*ab 1, which is forgiven.

    By hand, two Gauss–Newton steps in L*, agreement weighing ten times as much as the take's own look: the lighter half
    pulls with a quarter, so the first goes 10 · ½ · ¼ / (1 + 10 · (½ + ½ · ¼)) = 0.172 of the way, the second to 0.236.
    """
    grey = np.full((40, 1, 3), 0.5, np.float32)
    slope = float(np.diff(srgb_to_lab(np.array([[0.499] * 3, [0.501] * 3])), axis=0)[0, 0]) / 0.002
    lighter = grey.copy()
    lighter[20:] += 1 / slope
    everything = np.arange(40)
    found = Match(everything, everything, np.ones(40, np.float32), support=1.0)
    members = [Member(grey, np.ones(1, np.float32)), Member(lighter, np.ones(1, np.float32), fixed=True)]
    weights = solve(members, [Link(0, 1, found)], np.ones((2, 1)), forgiven=1.0)
    assert (weights[0, 0] - 1) * 0.5 * slope == pytest.approx(0.2355, abs=0.003)
