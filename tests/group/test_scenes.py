from datetime import datetime, timedelta
from pathlib import Path

import pytest

from lutbridge.group.capture import Facts
from lutbridge.group.likeness import Likenesses
from lutbridge.group.scenes import find_scenes

from .scenery import PHOTOS, ROOMS, Shoot


def two_takes(seconds, odds):
    """The scenes of two takes of one camera, so many seconds apart, that are of one scene with these log odds."""
    start = datetime(2026, 5, 1, 9)
    facts = [Facts(Path(f"{s}.jpg"), start + timedelta(seconds=s), "EXIF", "R5") for s in (0, seconds)]
    return find_scenes(facts, lambda i, j: odds)


@pytest.mark.parametrize(
    ("seconds", "least"),
    [(3, 2.2), (13, 2.2), (135, 5.0), (3500, 5.0)],  # 1.2 at once, 4 after a pause; and 1 for the doubt of one pair
)
def test_how_much_alike_takes_must_look_grows_with_the_time_between(seconds, least):
    assert two_takes(seconds, least + 0.1) == [[0, 1]]
    assert two_takes(seconds, least - 0.1) == [[0], [1]]


def test_an_hour_later_it_is_another_scene_however_alike():
    assert two_takes(3700, 99.0) == [[0], [1]]


def test_outlines_leave_the_scenes_as_they_are():
    shoot = Shoot()
    for name in [*PHOTOS, *ROOMS, *PHOTOS]:
        for number in range(4):
            shoot.take(name, after=4.0 if number else 200.0, camera="AB"[number % 2])
    likeness, asked = shoot.likeness, set()

    def every_pair(i, j):
        asked.add((min(i, j), max(i, j)))
        return likeness(i, j)

    scenes = find_scenes(shoot.facts, every_pair)
    by_outlines = Likenesses(shoot.looks)
    assert find_scenes(shoot.facts, by_outlines) == scenes
    assert 1 < len(scenes) < len(shoot.facts)
    assert len(by_outlines.compared) < len(asked) / 2
