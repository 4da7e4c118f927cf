import numpy as np
import pytest
from PIL import Image

from lutbridge.errors import UsageError
from lutbridge.train.data.portraits import LICENCES, Portrait, load_portraits


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "masks").mkdir()
    rows = ["id,width,height,person,split,licence,source"]
    for name, person, split, licence in [
        ("a", 1, "train", "CC0-1.0"), ("b", 0, "train", "Unsplash"), ("c", 1, "val", "CC0-1.0"),
        ("d", 1, "train", "other")
    ]:  # fmt: skip
        rows.append(f"{name},40,60,{person},{split},{licence},here")
        Image.new("RGB", (40, 60), (200, 100, 50)).save(tmp_path / "photos" / f"{name}.jpg")
        if person:
            mask = Image.new("L", (40, 60))
            mask.paste(255, (0, 0, 20, 60))
            mask.save(tmp_path / "masks" / f"{name}.png")
    (tmp_path / "manifest.csv").write_text("\n".join(rows))
    return tmp_path


def test_split_and_licence_choose_and_photos_are_reduced(folder):
    found = load_portraits(folder, "train", ("CC0-1.0", "Unsplash"), 30)
    assert [(p.name, p.licence) for p in found] == [("a", "CC0-1.0"), ("b", "Unsplash")]
    assert found[0].rgb.shape == (30, 20, 3) and found[0].rgb.dtype == np.uint8
    assert found[0].mask[:, :10].all() and not found[0].mask[:, 10:].any()
    assert not found[1].mask.any()


def test_no_photo_of_unsplash_is_trained_on(folder):
    assert [p.name for p in load_portraits(folder, "train", LICENCES, 30)] == ["a"]


def test_a_source_is_a_name_without_its_number():
    assert Portrait("us-house-012", None, None).source == "us-house"


def test_small_photos_are_not_enlarged(folder):
    assert load_portraits(folder, "val", ("CC0-1.0",), 5000)[0].rgb.shape == (60, 40, 3)


def test_what_is_missing_is_named(folder):
    (folder / "masks" / "a.png").unlink()
    with pytest.raises(UsageError, match=r"a\.jpg"):
        load_portraits(folder, "train", ("CC0-1.0",), 30)
    with pytest.raises(UsageError, match="no val photo licensed Unsplash"):
        load_portraits(folder, "val", ("Unsplash",), 30)
    with pytest.raises(UsageError, match=r"manifest\.csv: no such file"):
        load_portraits(folder / "photos", "train", ("CC0-1.0",), 30)
