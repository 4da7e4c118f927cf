import os

import numpy as np
import pytest
from PIL import Image

from lutbridge.errors import UsageError
from lutbridge.train.data.own_pairs import find_own_pairs

SOFTWARE = 305


def save(path, software=""):
    path.parent.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    if software:
        exif[SOFTWARE] = software
    Image.fromarray(np.full((8, 12, 3), 90, np.uint8)).save(path, format="JPEG", exif=exif)


def pairs(folder):
    return {
        (pair.sources[0].name, pair.target.relative_to(folder).as_posix())
        for pair in find_own_pairs(folder, None).pairs
    }


@pytest.mark.parametrize(
    ("original", "export"),
    [
        ("a.jpg", "darktable_exported/a.jpg"),
        ("a.jpg", "darktable_exported/a_01.jpg"),
        ("A.JPG", "converted/A.jpg"),
        ("a.jpg", "converted/a-1.jpg"),
        ("a.jpg", "a-2.jpg"),
        ("a.jpg", "a-Edit.tif"),
        ("a.jpg", "a-Edit-2.tif"),
        ("day/a.jpg", "day/exports/a.jpg"),
        ("IMG_0412.jpg", "IMG_0412_01.jpg"),
    ],
)
def test_what_hosts_call_their_exports(tmp_path, original, export):
    for name in (original, export):
        save(tmp_path / name)
    assert pairs(tmp_path) == {(original.rpartition("/")[2], export)}


def test_photos_that_only_count_on_are_no_exports_of_each_other(tmp_path):
    for name in ("IMG_0412.jpg", "IMG_0413.jpg", "IMG_0412-Edit.tif"):
        save(tmp_path / name)
    found = find_own_pairs(tmp_path, None)
    assert [pair.sources[0].name for pair in found.pairs] == ["IMG_0412.jpg"]
    assert any("IMG_0413.jpg" in sentence and "has no export" in sentence for sentence in found.left_out)


def test_a_picture_beside_a_raw_file_counts_where_a_host_wrote_it(tmp_path):
    pytest.importorskip("rawpy")
    for stem, software in (
        ("a", "darktable 5.4.1"),
        ("b", "Ver.1.00"),
        ("c", "Adobe Photoshop Lightroom Classic 14.0"),
    ):
        (tmp_path / f"{stem}.cr3").write_bytes(b"raw")
        save(tmp_path / f"{stem}.jpg", software)
    assert pairs(tmp_path) == {("a.cr3", "a.jpg"), ("c.cr3", "c.jpg")}
    (told,) = [sentence for sentence in find_own_pairs(tmp_path, None).left_out if "b.jpg" in sentence]
    assert "the camera's own picture of b.cr3" in told


def test_the_newest_of_several_exports_counts(tmp_path):
    save(tmp_path / "a.jpg")
    for age, name in enumerate(("a.jpg", "a_01.jpg", "a_02.jpg")):
        save(tmp_path / "darktable_exported" / name)
        os.utime(tmp_path / "darktable_exported" / name, (1e9 - age, 1e9 - age))
    assert pairs(tmp_path) == {("a.jpg", "darktable_exported/a.jpg")}
    assert sum("is a newer export" in sentence for sentence in find_own_pairs(tmp_path, None).left_out) == 2


def test_a_folder_without_exports_shows_what_is_expected(tmp_path):
    save(tmp_path / "a.jpg")
    with pytest.raises(UsageError, match=r"darktable_exported/IMG_0412\.jpg"):
        find_own_pairs(tmp_path, None)
