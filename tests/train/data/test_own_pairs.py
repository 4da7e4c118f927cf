import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut

from lutbridge.errors import UsageError
from lutbridge.train.data.own_pairs import find_own_pairs

PHOTO = astronaut()[:300, 60:360]
TAKEN, OFFSET = 36867, 0x8769


def save(path, picture, taken=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(np.ascontiguousarray(picture))
    exif = Image.Exif()
    if taken:
        exif.get_ifd(OFFSET)[TAKEN] = taken
    image.save(path, exif=exif)


def lift(picture):
    return (60 + picture * 0.7).astype(np.uint8)


@pytest.fixture
def folders(tmp_path):
    return tmp_path / "before", tmp_path / "after"


def test_names_match_but_for_their_suffix_and_sub_folders_are_groups(folders):
    before, after = folders
    for name in ("anna/IMG_1", "anna/IMG_2", "ben/IMG_1"):
        save(before / f"{name}.JPG", PHOTO)
        save(after / f"{name.lower()}.png", lift(PHOTO)[::2, ::2])
    save(before.parent / "masks" / "anna" / "IMG_1.png", PHOTO[..., 0])
    found = find_own_pairs(before, after, before.parent / "masks")
    assert [(pair.name, pair.group) for pair in found.pairs] == [
        ("anna/IMG_1", "anna"), ("anna/IMG_2", "anna"), ("ben/IMG_1", "ben")
    ]  # fmt: skip
    assert found.left_out == []
    assert [pair.mask is None for pair in found.pairs] == [False, True, True]


def test_names_without_a_pair_are_told(folders):
    before, after = folders
    for name in ("good", "alone", "twice"):
        save(before / f"{name}.png", PHOTO)
    for name in ("good", "twice", "late"):
        save(after / f"{name}.png", lift(PHOTO))
    save(before / "twice.jpg", PHOTO)
    found = find_own_pairs(before, after)
    assert [pair.name for pair in found.pairs] == ["good"]
    alone, late, twice = found.left_out
    assert alone.endswith("alone.png: " + f"{after} has no photo of that name")
    assert late.endswith("late.png: " + f"{before} has no photo of that name")
    assert "twice" in twice and "has the same name; leave one of them" in twice


def test_photos_taken_together_are_a_group(folders):
    before, after = folders
    for name, taken in (("a", "10:00:00"), ("b", "10:00:04"), ("c", "14:00:00"), ("d", None)):
        save(before / f"{name}.jpg", PHOTO, taken and f"2026:05:01 {taken}")
        save(after / f"{name}.jpg", lift(PHOTO))
    groups = {pair.name: pair.group for pair in find_own_pairs(before, after).pairs}
    assert groups["a"] == groups["b"] and len(set(groups.values())) == 3


def test_folders_without_pairs_are_a_usage_error(folders):
    before, after = folders
    with pytest.raises(UsageError, match="before: no such folder"):
        find_own_pairs(before, after)
    save(before / "a.png", PHOTO)
    save(after / "b.png", PHOTO)
    with pytest.raises(UsageError, match="no photo has the same name in both"):
        find_own_pairs(before, after)
