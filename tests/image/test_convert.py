import imagecodecs
import numpy as np
import pytest

from lutbridge.image import convert
from lutbridge.image.convert import to_srgb

from . import profiles, samples


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_strips_and_strides_make_no_difference(monkeypatch, dtype):
    codes = samples.ramp(dtype)
    whole = to_srgb(codes, profiles.display_p3())
    monkeypatch.setattr(convert, "_STRIP_CODES", 130 * 3 * 5)
    turned = to_srgb(codes.copy().swapaxes(0, 1), profiles.display_p3()).swapaxes(0, 1)
    assert whole.dtype == dtype and np.array_equal(whole, turned)
    assert np.array_equal(to_srgb(codes, imagecodecs.cms_profile("srgb")), codes)


def test_a_profile_for_other_codes_is_refused():
    with pytest.raises(imagecodecs.CmsError):
        to_srgb(samples.ramp(), imagecodecs.cms_profile("gray", gamma=1.8))
