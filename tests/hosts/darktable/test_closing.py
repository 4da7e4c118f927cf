"""Closing darktable in the middle of a run: it closes, and every photo has its look, the old or the new one."""

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
        darktable.wait_until(lambda: [photo.looks() for photo in shoot[:2]] != earlier[:2], seconds=60)
        darktable.key("ctrl+q")
        assert darktable.process.wait(timeout=60) == 0
    assert all(len(photo.looks()) == 1 and photo.cube().exists() for photo in shoot)
    assert shoot[-1].looks() == earlier[-1]
    assert list(darktable.tmp.rglob("lutbridge*")) == []
