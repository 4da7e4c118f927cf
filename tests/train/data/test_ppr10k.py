import numpy as np
import pytest
import tifffile
from PIL import Image

from lutbridge.errors import UsageError
from lutbridge.train.data.ppr10k import find_pairs


def make(root, names, size=(12, 8)):
    for kind in ("source", "target_a", "masks"):
        (root / "val" / kind).mkdir(parents=True, exist_ok=True)
    for name in names:
        Image.new("RGB", size, (10, 20, 30)).save(root / "val" / "source" / f"{name}.tif")
        Image.new("RGB", size, (40, 50, 60)).save(root / "val" / "target_a" / f"{name}.tif")
        Image.new("L", (6, 4), 255).save(root / "val" / "masks" / f"{name}.png")
    return root


def test_groups_come_from_the_names_in_numerical_order(tmp_path):
    root = make(tmp_path, ["10_0", "2_1", "2_0"])
    (root / "val" / "source" / "notes.tif").touch()
    pairs = find_pairs(root, "val", "a")
    assert [(p.name, p.group) for p in pairs] == [("2_0", "2"), ("2_1", "2"), ("10_0", "10")]


def test_a_pair_is_loaded_with_its_mask_at_its_size(tmp_path):
    source, target, mask = find_pairs(make(tmp_path, ["0_0"]), "val", "a")[0].load()
    assert source.shape == target.shape == (8, 12, 3) and source[0, 0].tolist() == [10, 20, 30]
    assert mask.shape == (8, 12) and mask.dtype == np.bool_ and mask.all()


def test_a_16_bit_source_stays_one(tmp_path):
    root = make(tmp_path, ["0_0"])
    codes = np.arange(8 * 12 * 3, dtype=np.uint16).reshape(8, 12, 3) * 200
    tifffile.imwrite(root / "val" / "source" / "0_0.tif", codes, photometric="rgb")
    assert np.array_equal(find_pairs(root, "val", "a")[0].load()[0], codes)


def test_versions_of_a_photo_are_its_sources(tmp_path):
    root = make(tmp_path, ["0_0", "0_1"])
    (root / "val" / "source").rename(root / "val" / "source_aug")
    for name in ("0_0", "0_1"):
        for version in (10, 2):
            Image.new("RGB", (12, 8)).save(root / "val" / "source_aug" / f"{name}_{version}.tif")
    first, second = find_pairs(root, "val", "a")
    assert [path.stem for path in first.sources] == ["0_0", "0_0_2", "0_0_10"] and first.group == second.group == "0"
    assert first.load(0)[0].max() == 30 and first.load(2)[0].max() == 0
    second.sources[1].unlink()
    with pytest.raises(UsageError, match=r"0_1_2\.tif: missing, though other photos have it"):
        find_pairs(root, "val", "a")


def test_what_does_not_fit_is_named(tmp_path):
    root = make(tmp_path, ["0_0", "0_1"])
    Image.new("RGB", (5, 5)).save(root / "val" / "target_a" / "0_1.tif")
    with pytest.raises(UsageError, match="must line up"):
        find_pairs(root, "val", "a")[1].load()
    (root / "val" / "masks" / "0_0.png").unlink()
    with pytest.raises(UsageError, match=r"masks.*0_0\.png: missing"):
        find_pairs(root, "val", "a")
    with pytest.raises(UsageError, match=r"target_b.*missing"):
        find_pairs(root, "val", "b")
    with pytest.raises(UsageError, match=r"holds no <group>_<index>\.tif"):
        find_pairs(root, "train", "a")
