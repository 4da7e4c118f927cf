import numpy as np
import pytest

from lutbridge.group.likeness import Likenesses, appearance, likeness

from .scenery import PHOTOS, ROOMS, look_of, take

SCENES = [*PHOTOS, *ROOMS]


def test_framings_of_one_scene_are_alike_and_scenes_are_not():
    for a in SCENES:
        for b in SCENES:
            odds = likeness(look_of(a, 0, 0.0), look_of(b, 1, 0.0))
            assert odds > 1 if a == b else odds < 0, (a, b, odds)


def test_it_does_not_matter_which_comes_first():
    looks = [look_of("cat", 0, 0.0), look_of("cat", 1, 0.0), look_of("coffee", 0, 0.0)]
    among = Likenesses(looks)
    assert among(0, 1) == among(1, 0) == likeness(looks[0], looks[1])
    assert abs(likeness(looks[1], looks[0]) - among(0, 1)) < 0.5


def test_a_plain_wall_says_less_than_a_coloured_one():
    def before(wall, person):
        picture = np.full((120, 120, 3), wall, np.float32)
        picture[40:, 40:80] = person
        return appearance(picture, picture)

    white, brown = (0.9, 0.9, 0.9), (0.45, 0.25, 0.15)
    people = ((0.8, 0.5, 0.4), (0.1, 0.2, 0.3))
    of_white, of_brown = (likeness(before(wall, people[0]), before(wall, people[1])) for wall in (white, brown))
    assert of_brown > of_white + 2


def wall(rgb):
    picture = np.full((120, 120, 3), rgb, np.float32)
    return appearance(picture, picture)


def test_what_shares_no_colour_is_of_one_scene_once_in_two_million():
    assert likeness(wall((0.1, 0.2, 0.8)), wall((0.8, 0.4, 0.1))) == pytest.approx(-14.6)


def test_odds_grow_with_the_background_and_with_what_both_show():
    """The coefficients are a fit over portraits (benchmarks/groups.py): a change of one is a new fit."""
    black = wall((0, 0, 0))  # clipped, so that no point of it can be recognised
    assert likeness(black, black) == pytest.approx(-14.6 + 4.2 * float(black.background @ black.background))
    full = look_of("cat", 0, 0.0)
    background = float(full.background @ full.background)
    assert likeness(full, full) == pytest.approx(-14.6 + 4.2 * background + 23.5 * 0.25)


def test_black_frames_and_tiny_pictures_are_looked_at():
    for shape in ((1, 1, 3), (2, 9, 3), (40, 60, 3)):
        black = appearance(np.zeros(shape, np.float32), np.zeros(shape, np.float32))
        assert np.isfinite(likeness(black, black))
        assert np.isfinite(likeness(black, appearance(take("cat", 0), take("cat", 0))))


def test_no_likeness_is_above_what_outlines_say_it_can_be():
    looks = [look_of(name, number, 0.0) for name in SCENES for number in range(3)]
    likenesses = Likenesses(looks)
    sets = [[0], [1, 2], [3, 4, 5], [6, 9], [12, 13, 14], [18]]
    outlines = np.stack([likenesses.outline(photos) for photos in sets])
    below = 0
    for a, outline in zip(sets, outlines, strict=True):
        most = likenesses.most(outline, outlines)
        mean = [np.mean([likenesses(i, j) for i in a for j in b]) for b in sets]
        assert (most > np.array(mean) - 1e-3).all()
        below += (most < 1.2).sum()
    assert below > len(sets) ** 2 / 3  # most scenes are told apart so
