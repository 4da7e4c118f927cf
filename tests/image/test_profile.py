import imagecodecs
import pytest

from lutbridge.image.profile import is_grey, kind_of, name_of

from . import samples


def curves_profile(gamma: float) -> bytes:
    return imagecodecs.cms_profile("gray", gamma=gamma)


def test_srgb_is_known_by_what_it_does():
    profile = samples.srgb_profile()
    renamed = profile.replace("sRGB built-in".encode("utf-16-be"), "Who knows this".encode("utf-16-be")[:26])
    assert renamed != profile
    assert kind_of(profile) == kind_of(renamed) == "srgb"


def test_a_wide_gamut_is_not_srgb():
    assert kind_of(samples.adobe_rgb_profile()) == "other"
    assert name_of(samples.adobe_rgb_profile()) == "Adobe RGB (compatible)"


@pytest.mark.parametrize("icc", [b"", b"?" * 600, samples.srgb_profile()[:200], samples.srgb_profile()[:150]])
def test_a_damaged_profile_is_found(icc):
    assert kind_of(icc) == "damaged"
    assert name_of(icc) in ("", "sRGB built-in")


def test_a_profile_for_other_colours_is_of_no_use():
    assert kind_of(imagecodecs.cms_profile("lab4")) == "damaged"


def test_grey_profiles_are_judged_by_their_curve():
    assert is_grey(curves_profile(1.8))
    assert kind_of(curves_profile(1.8)) == "other"
