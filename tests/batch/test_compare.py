import io

import numpy as np
import pytest
from PIL import Image

from lutbridge.batch.compare import compare, preview_size
from lutbridge.color.gamut import space_of
from lutbridge.color.icc import IDENTITY_CURVE, SRGB_TO_XYZ_D50, matrix_profile


def noise(height, width, dtype=np.uint8):
    return np.random.default_rng(0).integers(0, np.iinfo(dtype).max + 1, (height, width, 3), dtype)


def opened(jpeg):
    return Image.open(io.BytesIO(jpeg))


def test_few_photos_get_1000_px_and_five_hundred_stay_under_60_megabytes_even_as_noise():
    assert preview_size(1).long_side == preview_size(100).long_side == 1000
    size = preview_size(500)
    assert 400 < size.long_side < 600
    comparison = compare(noise(700, 1050), noise(700, 1050), size)
    assert 500 * 4 / 3 * (len(comparison.before) + len(comparison.after)) < 60e6


def test_previews_keep_the_shape_and_the_tone():
    before = np.full((300, 1500, 3), (200, 100, 50), np.uint8)
    comparison = compare(before, before, preview_size(1))
    assert comparison.size == opened(comparison.before).size == opened(comparison.after).size == (1000, 200)
    assert np.abs(np.asarray(opened(comparison.before), int) - (200, 100, 50)).max() <= 3
    assert comparison.delta_e == 0


def test_a_small_photo_is_not_enlarged():
    assert compare(noise(20, 30), noise(20, 30), preview_size(1)).size == (30, 20)


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1)])
def test_a_thin_photo_keeps_at_least_a_pixel(shape):
    assert min(compare(noise(*shape), noise(*shape), preview_size(1)).size) == 1


def test_sixteen_bits_show_the_same_colours_as_eight():
    eight_bit = noise(30, 40)
    sixteen_bit = eight_bit.astype(np.uint16) * 257
    assert compare(sixteen_bit, sixteen_bit, preview_size(1)) == compare(eight_bit, eight_bit, preview_size(1))


def test_delta_e_of_two_flat_greys_is_that_of_the_greys():
    from lutbridge.color.delta_e import delta_e_2000
    from lutbridge.color.lab import srgb_to_lab

    dark, light = np.full((400, 600, 3), 100, np.uint8), np.full((400, 600, 3), 120, np.uint8)
    expected = delta_e_2000(*(srgb_to_lab(np.full(3, code / 255)) for code in (100, 120)))
    assert compare(dark, light, preview_size(1)).delta_e == pytest.approx(float(expected), abs=1e-3)


def test_an_upright_view_of_a_rotated_photo_is_compared_as_seen():
    stored = noise(30, 40)
    view = stored.swapaxes(0, 1)
    assert compare(view, view, preview_size(1)) == compare(view.copy(), view.copy(), preview_size(1))


def test_another_gamut_is_shown_in_srgb():
    icc = matrix_profile("swapped", SRGB_TO_XYZ_D50[:, ::-1], IDENTITY_CURVE)  # linear light, blue first
    codes = np.full((30, 40, 3), (0, 13107, 65535), np.uint16)
    comparison = compare(codes, codes, preview_size(1), space_of(icc, "swapped"))
    shown = np.asarray(opened(comparison.before), int)
    assert np.abs(shown - (255, 124, 0)).max() <= 3
