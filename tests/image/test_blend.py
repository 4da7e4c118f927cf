import numpy as np
import pytest

from lutbridge.color.gamut import SRGB
from lutbridge.image.blend import blended

CODES = np.array([[[10, 20, 30], [0, 20, 30], [250, 20, 30], [255, 20, 30], [90, 90, 90]]], np.uint8)


def through(after, strength=1.0, dtype=np.uint8):
    codes = CODES.astype(dtype) * (np.iinfo(dtype).max // 255)
    before = SRGB.to_model(codes)
    return blended(SRGB, before, np.asarray(after(before), np.float32), codes, strength)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_pixels_that_become_black_or_white_are_counted_and_those_that_were_are_not(dtype):
    def after(before):
        result = before.copy()
        result[0, 0, 0] = 0  # newly black
        result[0, 1, 0] = 0  # black before
        result[0, 2, 0] = 1  # newly white
        result[0, 3, 0] = 1  # white before
        return result

    assert through(after, dtype=dtype)[1] == 2


def test_a_newly_black_pixel_is_counted_alone_and_once():
    def after(before):
        result = before.copy()
        result[0, 4] = 0  # all three channels
        return result

    codes, newly_clipped = through(after)
    assert newly_clipped == 1
    assert np.array_equal(codes[0, 4], [0, 0, 0]) and np.array_equal(codes[0, :4], CODES[0, :4])


def test_what_only_the_full_strength_clips_is_not_counted_at_half():
    codes, newly_clipped = through(np.zeros_like, 0.5)
    assert newly_clipped == 0
    assert np.abs(codes.astype(float) - CODES / 2).max() <= 0.5
