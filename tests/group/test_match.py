import numpy as np
import pytest

from lutbridge.group.features import Features, describe, points
from lutbridge.group.match import match


def features(picture):
    return describe(picture, picture)


def test_the_same_picture_matches_itself_point_by_point(scene):
    found = match(features(scene(1)), features(scene(1)))
    assert np.array_equal(found.a, found.b) and found.support > 0.6 and found.trust == 1


def test_another_light_is_taken_for_the_same_scene(scene):
    warmer = np.clip(scene(1) * np.array([1.08, 1, 0.88], np.float32) * 0.85, 0, 1)
    found = match(features(scene(1)), features(warmer))
    assert found.trust == 1
    assert (found.a == found.b)[found.confidence > 0.5].mean() > 0.9


def test_another_framing_is_matched_where_both_show_the_same(scene):
    picture, moved = scene(4), 16
    found = match(features(picture[:, : 140 - moved]), features(picture[:, moved:]))
    columns = (points(picture[:, moved:])[1][side] for side in (found.a, found.b))
    sure = found.confidence > 0.5
    left, right = (c[sure] for c in columns)
    assert found.trust == 1 and (np.abs(left - right - moved) <= 4).mean() > 0.8


@pytest.mark.parametrize("other", range(20, 30))
def test_another_scene_is_not_trusted(scene, other):
    found = match(features(scene(1)), features(scene(other)))
    assert found is None or found.trust < 0.5


def test_clipped_points_are_not_used(scene):
    bright = scene(1).copy()
    bright[:, :70] = 1
    described = features(bright)
    assert not described.usable[points(bright)[1] < 70].any()
    found = match(described, features(scene(1)))
    assert (points(bright)[1][found.a] >= 70).all()


def test_flat_pictures_match_nothing_they_do_not_show():
    grey = features(np.full((80, 80, 3), 0.5, np.float32))
    black = features(np.zeros((80, 80, 3), np.float32))
    assert match(grey, black) is None and match(black, black) is None


def test_a_point_that_misses_the_common_shift_by_8_has_a_quarter_of_its_say():
    """ΔE*ab; the other points, whose colours all move alike, tell the shift."""
    surroundings = np.repeat(100 * np.arange(40, dtype=np.float32)[:, None], 9, 1)
    lab = np.full((40, 3), 50, np.float32)
    moved = lab + 5
    moved[7, 0] += 8
    usable = np.ones(40, bool)
    found = match(Features(surroundings, lab, usable, False), Features(surroundings, moved, usable, False))
    assert np.array_equal(found.a, np.arange(40)) and np.array_equal(found.b, found.a)
    alike = np.exp(-((8 / 10) ** 2) / 4)  # it differs in colour as well, by 0.8 of the unit
    assert found.confidence[7] == pytest.approx(alike / 4, rel=0.01)
    assert np.delete(found.confidence, 7) == pytest.approx(1, abs=0.01)
