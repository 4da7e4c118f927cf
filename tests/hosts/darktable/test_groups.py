"""Group mode: the selection is one shoot, and its looks match or are one."""

import colour
import numpy as np
import pytest

from .measure import differences, encoded, through

# One portrait as a shoot has it: lighter and darker, warmer and cooler.
TAKES = {
    f"take-{n}.png": change for n, change in enumerate([(0, 0), (0.5, 0.1), (-0.6, 0), (0.2, -0.3), (-0.3, 0.3)], 1)
}


@pytest.fixture
def shoot(open_photo):
    return [open_photo(name, exposure=exposure, warmth=warmth) for name, (exposure, warmth) in TAKES.items()]


def spread(shoot):
    """How far the takes are from each other: mean ΔE2000 of their mean colours to the shoot's."""
    means = [colour.XYZ_to_Lab(colour.sRGB_to_XYZ(encoded(photo.pixels()))).mean((0, 1)) for photo in shoot]
    return float(np.mean(colour.delta_E(np.array(means), np.mean(means, axis=0), method="CIE 2000")))


def test_a_group_of_five_is_consistent(editor, shoot):
    numbers = [photo.number for photo in shoot]
    before = [photo.pixels() for photo in shoot]
    untouched = spread(shoot)
    said = editor.press("retouch", *numbers)
    assert 'Ctrl+Z undoes one photo at a time; "remove" removes the looks from all selected photos.' in said
    by_themselves = spread(shoot)
    editor.settings(group="match")
    said = editor.press("retouch", *numbers)
    assert said[0] == "Looks: 5 of 5 photos."
    matched = spread(shoot)
    print(f"spread, ΔE2000: untouched {untouched:.2f}, each by itself {by_themselves:.2f}, matched {matched:.2f}")
    assert matched < 0.7 * by_themselves
    assert len({photo.cube() for photo in shoot}) == 5
    for photo, pixels in zip(shoot, before, strict=True):
        assert differences(through(photo.cube(), pixels), photo.pixels()).mean() < 0.01


def test_a_group_may_share_one_look(editor, shoot):
    before = [photo.pixels() for photo in shoot]
    editor.settings(group="shared")
    said = editor.press("retouch", *[photo.number for photo in shoot])
    assert said[0] == "Looks: 5 of 5 photos."
    assert len({photo.cube() for photo in shoot}) == 1
    for photo, pixels in zip(shoot, before, strict=True):
        assert differences(through(photo.cube(), pixels), photo.pixels()).mean() < 0.01


def test_a_group_goes_on_without_a_photo_that_fails(editor, shoot):
    editor.settings(group="match")
    shoot[1].path.unlink()
    said = editor.press("retouch", *[photo.number for photo in shoot])
    assert said[0] == "Looks: 4 of 5 photos."
    assert said[1].startswith("take-2.png: The file is not where")
    assert [len(photo.looks()) for photo in shoot] == [1, 0, 1, 1, 1]


CANCEL = """
local retouch = require "lutbridge_dt_retouch"
local original = retouch.retouch
retouch.retouch = function(images, settings, client, workspace, progress)
  local asked = 0
  retouch.retouch = original
  return original(images, settings, client, workspace, function(part)
    asked = asked + 1
    return asked <= {after} and progress(part)
  end)
end
"""


@pytest.mark.parametrize("group", ["off", "match"])
def test_a_cancelled_run_leaves_the_rest_as_it_was(editor, shoot, group):
    shoot[4].press()
    earlier = shoot[4].looks()
    editor.settings(group=group, untouched=40)
    # In a group, each photo is looked at before the first gets its look.
    editor.lua(CANCEL.format(after=2 if group == "off" else 8))
    said = editor.press("retouch", *[photo.number for photo in shoot])
    assert said[:2] == ["Looks: 2 of 5 photos.", "Cancelled."]
    assert [len(photo.looks()) for photo in shoot[:4]] == [1, 1, 0, 0]
    assert shoot[4].looks() == earlier
