import numpy as np
import pytest
from PIL import Image

from lutbridge.errors import ReadError, UsageError
from lutbridge.train.data.pairs import Pair


@pytest.fixture
def make(tmp_path):
    def pair(before, after, mask=None, exact=False):
        files = []
        for name, size in (("before.png", before), ("after.png", after)):
            picture = np.zeros((size[1], size[0], 3), np.uint8)
            picture[:, : size[0] // 2] = 200
            Image.fromarray(picture).save(tmp_path / name)
            files.append(tmp_path / name)
        if mask:
            Image.new("L", mask, 255).save(tmp_path / "mask.png")
        return Pair("p", "g", (files[0],), files[1], tmp_path / "mask.png" if mask else None, exact)

    return pair


def test_large_photos_are_reduced_to_one_size(make):
    source, target, mask = make((120, 80), (61, 41), mask=(30, 20)).load(long_side=48)
    assert source.shape == target.shape == (32, 48, 3) and mask.shape == (32, 48) and mask.all()
    assert source.dtype == np.uint8
    assert (source[:, :20] == 200).all() and (source[:, 28:] == 0).all()


def test_small_photos_stay_as_they_are_and_nobody_masked_is_everywhere(make):
    source, target, mask = make((12, 8), (12, 8)).load(long_side=48)
    assert source.shape == (8, 12, 3) and mask.all()


@pytest.mark.parametrize(
    "after, exact, why", [((80, 120), False, "cropped or turned"), ((60, 40), True, "must line up")]
)
def test_other_sizes_are_refused_by_name(make, after, exact, why):
    with pytest.raises(UsageError, match=rf"after\.png: .* px, but .*before\.png has 120 × 80 px; .*{why}"):
        make((120, 80), after, exact=exact).load(long_side=48)


def test_files_that_cannot_be_read_are_named(make, tmp_path):
    pair = make((12, 8), (12, 8), mask=(6, 4))
    (tmp_path / "mask.png").write_bytes(b"no picture")
    with pytest.raises(ReadError, match=r"mask\.png: the mask cannot be read"):
        pair.load()
    (tmp_path / "before.png").write_bytes((tmp_path / "before.png").read_bytes()[:40])
    with pytest.raises(ReadError, match=r"before\.png"):
        pair.load()
