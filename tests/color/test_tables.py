import numpy as np
import pytest

from lutbridge.color import tables
from lutbridge.color.codes import to_float
from lutbridge.color.gamut import Lcms, reencode, space_of
from lutbridge.color.lab import srgb_to_lab
from lutbridge.color.tables import Tables

from ..image import profiles, samples


@pytest.fixture(scope="module")
def spaces():
    """A camera's profile by lattices, and by lcms."""
    return space_of(profiles.camera(), "camera"), Lcms(profiles.camera(), "camera")


def codes(dtype=np.uint16):
    return samples.ramp(dtype, (60, 50, 3))


def test_a_profile_of_tables_is_seen_as_lcms_sees_it(spaces):
    fast, exact = spaces
    assert isinstance(fast, Tables) and fast.name == "camera"
    assert np.abs(fast.linear_srgb(codes()) - exact.linear_srgb(codes())).max() < 2e-4
    assert np.abs(fast.to_model(codes()) - exact.to_model(codes())).max() < 1e-3
    linear = exact.linear_srgb(codes())
    assert np.abs(fast.encode(linear) - exact.encode(linear)).max() < 3e-4


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("change", [lambda x: 0.9 * x + 0.05, lambda x: (1.15 * x - 0.03).clip(0, 1), lambda x: x**0.8])
def test_results_are_lcms_s(spaces, dtype, change):
    fast, exact = spaces
    before, seen = fast.to_model(codes(dtype)), exact.to_model(codes(dtype))
    ours = fast.from_model(change(before), before, codes(dtype))
    theirs = exact.from_model(change(seen), seen, codes(dtype))
    assert ours.dtype == dtype
    difference = np.abs(to_float(ours) - to_float(theirs))
    rounding = 1.01 / 255 if dtype == np.uint8 else 0
    assert difference.max() < 4e-4 + rounding and difference.mean() < 1e-4


def test_what_the_model_leaves_alone_keeps_its_codes(spaces):
    fast, _ = spaces
    for dtype in (np.uint8, np.uint16):
        seen = fast.to_model(codes(dtype))
        assert np.array_equal(fast.from_model(seen, seen, codes(dtype)), codes(dtype))


def test_greys_stay_grey(spaces):
    fast, _ = spaces
    greys = np.repeat(np.arange(0, 65536, 97, dtype=np.uint16)[None, :, None], 3, axis=2)
    seen = fast.to_model(greys)
    assert np.abs(srgb_to_lab(seen)[..., 1:]).max() < 0.3
    result = fast.from_model(0.8 * seen + 0.1, seen, greys)
    assert np.ptp(result.astype(int), axis=-1).max() < 65535 * 0.004


def test_the_way_to_another_space(spaces):
    fast, exact = spaces
    p3 = space_of(profiles.display_p3(), "P3")
    ours, clipped = reencode(codes(), fast, p3, np.dtype(np.uint16))
    theirs, _ = reencode(codes(), exact, p3, np.dtype(np.uint16))
    assert np.abs(ours.astype(int) - theirs).max() < 65535 * 1e-3 and 0 < clipped < 0.5
    back, none = reencode(ours, p3, fast, np.dtype(np.uint16))
    assert none == 0 and back.dtype == np.uint16


def test_lattices_that_miss_a_profile_are_not_used(monkeypatch):
    general = Lcms(profiles.camera(), "camera")
    monkeypatch.setattr(tables, "_MOST_ERROR", 1e-6)
    with pytest.raises(ValueError, match=r"lattices miss this profile by up to 0\.000"):
        Tables(general)
    space_of.cache_clear()
    assert isinstance(space_of(profiles.camera(), "camera"), Lcms)
    space_of.cache_clear()


def test_lab_and_light_are_inverses():
    linear = np.random.default_rng(0).uniform(-0.3, 1.4, (1, 5000, 3)).astype(np.float32)
    assert np.abs(tables._linear(tables._lab(linear)) - linear).max() < 5e-6
    assert tables._lab(np.ones((1, 3), np.float32)) == pytest.approx(np.array([[100, 0, 0]]), abs=0.01)
