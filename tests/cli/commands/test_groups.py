import json

import numpy as np
import pytest
from PIL import ExifTags, Image


def photograph(path, rgb, second):
    """A picture of one colour with a pattern, taken so many seconds after nine."""
    random = np.random.default_rng(list(str(rgb).encode()))
    picture = np.array(rgb) + random.normal(0, 20, (12, 12, 1)).repeat(8, 0).repeat(8, 1)
    exif = Image.Exif()
    exif[ExifTags.Base.Model] = "R5"
    taken = f"2026:05:01 09:{second // 60:02}:{second % 60:02}"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture.clip(0, 255).astype(np.uint8)).save(path, exif=exif, quality=95)


@pytest.fixture
def session(tmp_path, monkeypatch):
    """Two scenes of two takes, one after the other, and what is no photo."""
    monkeypatch.chdir(tmp_path)
    for number, (rgb, second) in enumerate(
        [((150, 60, 40), 0), ((150, 60, 40), 5), ((40, 60, 150), 10), ((40, 60, 150), 200)]
    ):
        photograph(tmp_path / "shoot" / f"{number}.jpg", rgb, second)
    (tmp_path / "shoot" / "notes.txt").write_text("…")


def everything(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_groups_by_looks_and_why(lutbridge, session, toy_model, tmp_path):
    before = everything(tmp_path)
    result = lutbridge("groups", "shoot", "--model", toy_model, "--device", "cpu")
    assert result.code == 0
    assert result.out == (
        "[1]  # 2 takes that look alike, within 5 s by R5\nshoot/0.jpg\nshoot/1.jpg\n\n"
        "[2]  # 2 takes that look alike, within 3 min 10 s by R5\nshoot/2.jpg\nshoot/3.jpg\n\n"
    )
    assert "1 .txt" in result.err and "4 photos in 2 groups" in result.err
    assert everything(tmp_path) == before


def test_groups_by_time_need_no_model(lutbridge, session, tmp_path):
    result = lutbridge("groups", "shoot", "--group", "time", "--model", "none", "--json")
    assert result.code == 0
    first, second, summary = map(json.loads, result.out.splitlines())
    assert first == {
        "type": "group",
        "name": "1",
        "reason": "3 photos, within 10 s by R5",
        "photos": ["shoot/0.jpg", "shoot/1.jpg", "shoot/2.jpg"],
    }
    assert second["photos"] == ["shoot/3.jpg"]
    assert summary == {"type": "summary", "photos": 4, "groups": 2, "failed": 0, "exit_code": 0}


@pytest.mark.parametrize("option", [[], ["--json"]])
def test_what_is_printed_can_be_given_back(lutbridge, session, tmp_path, option):
    printed = lutbridge("groups", "shoot", "--group", "time", *option).out
    (tmp_path / "mine.txt").write_text(printed, encoding="utf-8")
    again = [
        json.loads(line) for line in lutbridge("groups", "shoot", "--group", "mine.txt", "--json").out.splitlines()
    ]
    assert [group["photos"] for group in again[:-1]] == [[f"shoot/{i}.jpg" for i in range(3)], ["shoot/3.jpg"]]
    assert again[0]["reason"] == "3 photos, as mine.txt says"


def test_names_that_would_read_as_remarks_come_back_too(lutbridge, session, tmp_path):
    photograph(tmp_path / "#1.jpg", (9, 9, 9), 0)
    (tmp_path / "mine.txt").write_text(lutbridge("groups", "#1.jpg", "shoot", "--group", "all").out, encoding="utf-8")
    assert "[all]" in lutbridge("groups", "#1.jpg", "shoot", "--group", "mine.txt").out
    assert "in 1 group" in lutbridge("groups", "#1.jpg", "shoot", "--group", "mine.txt").err


def test_a_photo_that_cannot_be_read_is_named_and_the_others_are_grouped(lutbridge, session, toy_model, tmp_path):
    (tmp_path / "shoot" / "4.jpg").write_bytes(b"")
    cut = (tmp_path / "shoot" / "3.jpg").read_bytes()
    (tmp_path / "shoot" / "3.jpg").write_bytes(cut[: len(cut) // 2])
    result = lutbridge("groups", "shoot", "--model", toy_model, "--device", "cpu", "--json")
    assert result.code == 1
    *groups, first, second, summary = map(json.loads, result.out.splitlines())
    assert [group["photos"] for group in groups] == [["shoot/0.jpg", "shoot/1.jpg"], ["shoot/2.jpg"]]
    assert {first["photo"], second["photo"]} == {"shoot/3.jpg", "shoot/4.jpg"}
    assert "empty" in first["error"] and "it ends before" in second["error"]
    assert (summary["photos"], summary["failed"], summary["exit_code"]) == (3, 2, 1)
    by_time = lutbridge("groups", "shoot", "--group", "time")
    assert by_time.code == 1 and "shoot/3.jpg" in by_time.out and "4.jpg: the file is empty" in by_time.err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["groups"], "Missing argument"),
        (["groups", "none"], "none: No such file"),
        (["groups", "shoot", "--group", "tiem"], "tiem: No such file or directory; name folder, time, auto, all"),
        (["groups", "shoot", "--model", "portrait-v0"], "portrait-v0"),
    ],
)
def test_mistakes_end_with_two(lutbridge, session, arguments, sentence):
    result = lutbridge(*arguments)
    assert result.code == 2 and result.out == ""
    assert sentence in result.err
