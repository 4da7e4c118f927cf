import io

import imagecodecs
import numpy as np
from PIL import ImageCms

from lutbridge.color import icc

from ..image import profiles, samples


def test_srgb_on_the_connection_space_is_what_srgb_profiles_hold():
    held = icc.colorants(icc.tags(samples.srgb_profile()))
    assert np.abs(held - icc.SRGB_TO_XYZ_D50).max() < 1e-4
    assert np.abs(icc.SRGB_TO_XYZ_D50.sum(1) - icc.D50_XYZ).max() < 1e-12


def test_a_written_profile_is_one_for_lcms_and_pillow():
    written = icc.matrix_profile("Display P3", np.array(profiles.P3_COLORANTS).T, profiles.SRGB_CURVE)
    opened = ImageCms.ImageCmsProfile(io.BytesIO(written))
    assert ImageCms.getProfileDescription(opened).strip() == "Display P3"
    assert int.from_bytes(written[:4], "big") == len(written)
    codes = samples.ramp(np.uint16)
    srgb = imagecodecs.cms_profile("srgb")
    both = [imagecodecs.cms_transform(codes, p, srgb, colorspace="rgb") for p in (written, profiles.display_p3())]
    assert np.array_equal(*both)


def test_equal_curves_are_stored_once():
    found = icc.tags(icc.matrix_profile("x", np.eye(3), bytes(10_000)))
    assert found[b"rTRC"] == found[b"bTRC"] == bytes(10_000)
    assert len(icc.matrix_profile("x", np.eye(3), bytes(10_000))) < 11_000


def test_what_is_cut_or_lies_gives_fewer_tags_and_no_error():
    whole = profiles.display_p3()
    for end in range(0, len(whole), 7):
        icc.tags(whole[:end])
    assert icc.tags(whole[:128] + b"\xff" * 40).keys() == {b"\xff" * 4}
