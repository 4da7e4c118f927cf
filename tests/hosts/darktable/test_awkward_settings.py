"""Settings that could spoil the result: Adobe RGB exports, exports by scale, a LUT folder not to be had."""

import numpy as np
import pytest

from .conftest import Photo
from .measure import differences, through

AWKWARD = {
    "plugins/lighttable/export/icctype": "2",  # Adobe RGB
    "plugins/lighttable/export/resizing": "scaling",
    "plugins/lighttable/export/resizing_factor": "0.5",
}


@pytest.fixture(scope="module")
def awkward(start_darktable, helper):
    with start_darktable(AWKWARD, helper.environment) as darktable:
        yield darktable


@pytest.fixture
def photo(awkward, make_portrait):
    awkward.settings()
    return Photo(awkward, make_portrait("anna.png", exposure=-0.5, size=1024))


def test_the_look_is_the_same_with_adobe_rgb_exports(photo, editor, make_portrait):
    photo.press()
    plain = Photo(editor, make_portrait("plain.png", exposure=-0.5, size=1024))
    before = plain.pixels()[::4, ::4]
    plain.press()
    error = differences(through(photo.cube(), before), through(plain.cube(), before))
    print(f"Adobe RGB and half the size: ΔE2000 mean {error.mean():.3f}")
    assert error.mean() < 0.15


def test_a_copy_by_scale_is_refused(awkward, photo):
    awkward.settings(mode="copy")
    said = photo.press()
    assert said[0].startswith('The export panel is set to "by scale"')
    assert said[1] == "Rendered copies: 0 of 1 photos."


def test_a_lut_folder_that_cannot_be_written_stops_the_run(awkward, photo, make_portrait):
    photo.press()
    looks = photo.looks()
    folder = awkward.luts / "lutbridge"
    folder.rename(folder.with_name("aside"))
    folder.write_text("a file in the way")
    awkward.settings(untouched=20)
    other = Photo(awkward, make_portrait("other.png"))
    said = awkward.press("retouch", photo.number, other.number)
    folder.unlink()
    folder.with_name("aside").rename(folder)
    assert said[0].startswith(f"The LUT folder {folder.parent} is not writable")
    assert said[1] == "Looks: 0 of 2 photos."
    assert photo.looks() == looks
    assert other.looks() == []
    assert np.ptp(photo.pixels()) > 0
