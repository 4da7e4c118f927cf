"""Closing darktable in the middle of a run: it closes, and every photo has its look, the old or the new one.

Where it is killed, the next start tidies up.
"""

import pytest

from .conftest import Photo


@pytest.mark.parametrize("group", ["off", "match"])
def test_darktable_closes_in_the_middle_of_a_run(start_darktable, helper, make_portrait, group):
    with start_darktable(environment=helper.environment) as darktable:
        shoot = [Photo(darktable, make_portrait(f"take-{n}.png", exposure=n / 10)) for n in range(6)]
        numbers = [photo.number for photo in shoot]
        darktable.press("retouch", *numbers)
        earlier = [photo.looks() for photo in shoot]
        darktable.settings(group=group, untouched=50)
        darktable.ask_press("retouch", *numbers)
        # As a group, each look is off until all photos have been seen.
        darktable.wait_until(lambda: [photo.looks() for photo in shoot[:2]] != earlier[:2])
        darktable.key("ctrl+q")
        assert darktable.process.wait(timeout=120) == 0
    assert all(len(photo.looks()) == 1 and photo.cube().exists() for photo in shoot)
    assert shoot[-1].looks() == earlier[-1]
    assert list(darktable.tmp.rglob("lutbridge*")) == []


def test_what_a_killed_darktable_leaves_is_removed_at_its_next_start(start_darktable, helper, make_portrait):
    darktable = start_darktable(environment=helper.environment)
    others = darktable.tmp / "lutbridge-of-another-darktable"
    with darktable:
        others.mkdir()
        shoot = [Photo(darktable, make_portrait(f"take-{n}.png")) for n in range(6)]
        numbers = [photo.number for photo in shoot]
        darktable.press("retouch", *numbers)
        looks = [photo.looks() for photo in shoot]
        darktable.settings(group="match", untouched=50)
        darktable.ask_press("retouch", *numbers)
        darktable.wait_until(lambda: len(list(darktable.tmp.rglob("*.tif"))) >= 3)
        darktable.kill()
        left = set(darktable.tmp.glob("lutbridge-*")) - {others}
        assert left
        # At most the photo that was being exported has lost its look.
        assert sum(photo.looks() != look for photo, look in zip(shoot, looks, strict=True)) <= 1
    with darktable:
        assert not any(path.exists() for path in left)
        assert others.exists()
