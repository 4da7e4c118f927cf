import os
from pathlib import Path

import pytest

from lutbridge import extras
from lutbridge.batch.collect import collect, natural_key
from lutbridge.errors import UsageError


def touch(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def names(collection, folder):
    return [photo.source.relative_to(folder).as_posix() for photo in collection.photos]


def test_numbers_sort_as_numbers_and_letter_case_does_not_matter():
    paths = [Path("IMG_10.jpg"), Path("img_9.jpg"), Path("IMG_2.jpg"), Path("a/IMG_1.jpg")]
    assert [str(path) for path in sorted(paths, key=natural_key)] == [
        "a/IMG_1.jpg",
        "IMG_2.jpg",
        "img_9.jpg",
        "IMG_10.jpg",
    ]


def test_sorting_never_compares_a_number_with_a_word():
    names = ["a1.jpg", "²3.jpg", "1a.jpg", "٣.jpg", "1.jpg"]
    assert [p.name for p in sorted(map(Path, names), key=natural_key)][:2] == ["1.jpg", "1a.jpg"]


def test_a_folder_is_walked_to_the_bottom_and_remembers_where_its_photos_were(tmp_path):
    touch(tmp_path, "IMG_10.jpg", "IMG_2.PNG", "day 2/IMG_1.tif", "day 2/late/x.jpeg")
    found = collect([str(tmp_path)], tmp_path / "out")
    assert names(found, tmp_path) == ["day 2/IMG_1.tif", "day 2/late/x.jpeg", "IMG_2.PNG", "IMG_10.jpg"]
    assert [photo.folder for photo in found.photos] == [Path("day 2"), Path("day 2/late"), Path(), Path()]


def test_hidden_files_hidden_folders_and_the_output_folder_are_left_out(tmp_path):
    touch(tmp_path, "a.jpg", "._a.jpg", ".trash/b.jpg", "out/a.jpg", "out/deep/c.jpg")
    found = collect([str(tmp_path)], tmp_path / "out")
    assert names(found, tmp_path) == ["a.jpg"]
    assert found.notices == ()


def test_a_folder_given_as_its_own_output_is_still_walked(tmp_path):
    touch(tmp_path, "a.jpg")
    assert names(collect([str(tmp_path)], tmp_path), tmp_path) == ["a.jpg"]


def test_other_files_in_a_folder_are_counted_in_one_line(tmp_path):
    touch(tmp_path, "a.jpg", "a.xmp", "b.xmp", "notes.txt", "README")
    (notice,) = collect([str(tmp_path)], tmp_path / "out").notices
    assert notice.startswith(f"{tmp_path}: 4 files of other types skipped (2 .xmp, 1 ")
    assert "1 .txt" in notice and "1 without a suffix" in notice


def test_a_file_named_by_the_user_is_taken_whatever_its_suffix(tmp_path):
    touch(tmp_path, "scan.dat")
    assert names(collect([str(tmp_path / "scan.dat")], tmp_path / "out"), tmp_path) == ["scan.dat"]


def test_a_photo_named_twice_is_taken_once(tmp_path):
    touch(tmp_path, "a.jpg")
    found = collect([str(tmp_path / "a.jpg"), str(tmp_path), f"{tmp_path}/./a.jpg"], tmp_path / "out")
    assert names(found, tmp_path) == ["a.jpg"]


def test_a_pipe_in_a_folder_is_not_opened_or_taken(tmp_path):
    touch(tmp_path, "a.jpg")
    os.mkfifo(tmp_path / "b.jpg")
    found = collect([str(tmp_path)], tmp_path / "out")
    assert names(found, tmp_path) == ["a.jpg"]


def test_a_link_that_leads_nowhere_is_taken_so_that_it_fails_by_name(tmp_path):
    (tmp_path / "gone.jpg").symlink_to(tmp_path / "nowhere.jpg")
    assert names(collect([str(tmp_path)], tmp_path / "out"), tmp_path) == ["gone.jpg"]


def test_a_link_in_a_circle_does_not_trap_the_walk(tmp_path):
    touch(tmp_path, "a.jpg")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert names(collect([str(tmp_path)], tmp_path / "out"), tmp_path) == ["a.jpg"]


@pytest.mark.parametrize(
    ("argument", "sentence"),
    [
        ("missing.jpg", "No such file or directory; check the name"),
        ("", "the name of a photo is empty"),
        ("a\0b", "not a file name"),
    ],
)
def test_a_name_that_means_nothing_is_refused(tmp_path, monkeypatch, argument, sentence):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=sentence):
        collect([argument], tmp_path / "out")


def test_a_folder_without_photos_is_refused_with_what_was_seen(tmp_path):
    touch(tmp_path, "film.mov")
    with pytest.raises(UsageError, match=r"no photos found in .*1 file of other types skipped \(1 \.mov\).*\.jpg"):
        collect([str(tmp_path)], tmp_path / "out")


def test_a_folder_that_cannot_be_listed_is_refused_by_name(tmp_path, monkeypatch):
    touch(tmp_path, "a.jpg", "private/b.jpg")
    scandir = os.scandir

    def locked(path):
        if str(path).endswith("private"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", locked)
    with pytest.raises(UsageError, match="private: the folder cannot be read"):
        collect([str(tmp_path)], tmp_path / "out")


def test_raw_and_heic_are_taken_where_the_extra_is_there_and_named_where_it_is_not(tmp_path, monkeypatch):
    touch(tmp_path, "a.jpg", "b.CR2", "c.heic", "d.avif", "e.txt")
    assert names(collect([str(tmp_path)], tmp_path / "out"), tmp_path) == ["a.jpg", "b.CR2", "c.heic", "d.avif"]
    monkeypatch.setattr(extras, "has", lambda extra: extra == "heif")
    found = collect([str(tmp_path)], tmp_path / "out")
    assert names(found, tmp_path) == ["a.jpg", "c.heic", "d.avif"]
    assert found.notices[0].endswith('; to read .cr2, install with: pip install "lutbridge[raw]"')
