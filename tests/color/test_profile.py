import imagecodecs
import numpy as np
import pytest

from lutbridge.color.icc import tags
from lutbridge.color.profile import as_rgb, is_grey, kind_of, name_of

from ..image import profiles, samples


def curves_profile(gamma: float) -> bytes:
    return imagecodecs.cms_profile("gray", gamma=gamma)


def test_srgb_is_known_by_what_it_does():
    profile = samples.srgb_profile()
    renamed = profile.replace("sRGB built-in".encode("utf-16-be"), "Who knows this".encode("utf-16-be")[:26])
    assert renamed != profile
    assert kind_of(profile) == kind_of(renamed) == "srgb"


# IEC 61966-2-1's curve in ICC curves: the parametric one, and a table as profiles of version 2 have it.
STEPS = np.arange(1024) / 1023
TABLE = np.where(STEPS <= 0.04045, STEPS / 12.92, ((STEPS + 0.055) / 1.055) ** 2.4)

# D50 colorants of sRGB profiles in use; each was adapted and rounded in its own way.
COLORANTS = {
    "HP, Microsoft, Apple": ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410)),
    "lcms, GIMP": ((0.43604, 0.22249, 0.01392), (0.38512, 0.71690, 0.09706), (0.14305, 0.06061, 0.71391)),
    "Argyll, colord": ((0.43585, 0.22238, 0.01392), (0.38533, 0.71704, 0.09714), (0.14302, 0.06059, 0.71384)),
}


@pytest.mark.parametrize("maker", COLORANTS)
@pytest.mark.parametrize("curve", [profiles.SRGB_CURVE, profiles.table(TABLE)])
def test_every_maker_s_srgb_is_srgb(maker, curve):
    assert kind_of(samples.matrix_profile(COLORANTS[maker], curve)) == "srgb"


def test_another_gamut_or_curve_is_not():
    assert kind_of(profiles.display_p3()) == "other"
    assert kind_of(samples.matrix_profile(COLORANTS["lcms, GIMP"], profiles.gamma(2.2))) == "other"


def test_a_wide_gamut_is_not_srgb():
    assert kind_of(profiles.adobe_rgb()) == "other"
    assert name_of(profiles.adobe_rgb()) == "Adobe RGB (compatible)"


@pytest.mark.parametrize("icc", [b"", b"?" * 600, samples.srgb_profile()[:200], samples.srgb_profile()[:150]])
def test_a_damaged_profile_is_found(icc):
    assert kind_of(icc) == "damaged"
    assert name_of(icc) in ("", "sRGB built-in")


def test_a_profile_for_other_colours_is_of_no_use():
    assert kind_of(imagecodecs.cms_profile("lab4")) == "damaged"


def test_grey_profiles_are_judged_by_their_curve():
    assert is_grey(curves_profile(1.8))
    assert kind_of(curves_profile(1.8)) == "other"


def test_grey_becomes_rgb_with_its_own_curve():
    icc = as_rgb(curves_profile(1.8))
    assert name_of(icc).endswith("as RGB")
    assert not is_grey(icc) and kind_of(icc) == "other"
    assert tags(icc)[b"gTRC"] == tags(curves_profile(1.8))[b"kTRC"]
    assert as_rgb(samples.srgb_profile()) is None, "no grey curve"
