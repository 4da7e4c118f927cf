import json
import re
from pathlib import Path

import numpy as np
import pytest

from lutbridge import shoot
from lutbridge.image.read import read


def lines(result):
    return [json.loads(line) for line in result.out.splitlines()]


def difference(folder, first="1.png", second="2.png"):
    """Mean difference, in codes, of what the two takes of `burst` share."""
    a, b = (read(folder / name).pixels.astype(float) for name in (first, second))
    return np.abs(a[:, 10:140] - b[:, :130]).mean()


def test_takes_of_a_group_match_and_a_stranger_is_left_alone(lutbridge, burst, toy_model, tmp_path):
    alone = lutbridge("render", burst, "-o", tmp_path / "alone", "--model", toy_model)
    matched = lutbridge("render", burst, "-o", tmp_path / "matched", "--model", toy_model, "--group", "all")
    assert alone.code == matched.code == 0
    assert difference(tmp_path / "matched") < 0.6 * difference(tmp_path / "alone")
    stranger = ((tmp_path / folder / "stranger.png").read_bytes() for folder in ("alone", "matched"))
    assert len(set(stranger)) == 1
    assert "not matched: stranger.png (shares no content with the other photos)" in matched.err


def test_consistency_0_is_each_take_alone(lutbridge, burst, toy_model, tmp_path):
    options = ("--model", toy_model)
    lutbridge("render", burst, "-o", tmp_path / "alone", *options)
    lutbridge("render", burst, "-o", tmp_path / "none", *options, "--group", "all", "--consistency", "0")
    for path in (tmp_path / "alone").glob("*.png"):
        assert path.read_bytes() == (tmp_path / "none" / path.name).read_bytes()


def test_json_tells_the_groups(lutbridge, burst, toy_model, tmp_path):
    result = lutbridge("render", burst, "-o", tmp_path / "out", "--model", toy_model, "--group", "all", "--json")
    (group,) = [line for line in lines(result) if line["type"] == "group"]
    assert group["photos"] == [str(burst / name) for name in ("1.png", "2.png", "3.png", "stranger.png")]
    assert group["left_alone"] == [str(burst / "stranger.png")]
    assert group["delta_e_matched"] < group["delta_e_alone"]


def test_groups_by_folder_do_not_touch_each_other(lutbridge, burst, toy_model, tmp_path):
    (burst / "later").mkdir()
    (burst / "3.png").rename(burst / "later" / "3.png")
    result = lutbridge("render", burst, "-o", tmp_path / "out", "--model", toy_model, "--group", "folder", "--json")
    groups = [line["photos"] for line in lines(result) if line["type"] == "group"]
    assert result.code == 0 and sorted(map(len, groups)) == [1, 3]


def test_groups_from_a_file(lutbridge, burst, toy_model, tmp_path):
    listing = tmp_path / "groups.txt"
    listing.write_text("1.png\n2.png\n\n3.png\nstranger.png\n")
    options = ("-o", tmp_path / "out", "--model", toy_model, "--json", "--group", listing)
    groups = [len(line["photos"]) for line in lines(lutbridge("render", burst, *options)) if line["type"] == "group"]
    assert groups == [2, 2]


def test_photos_that_a_file_does_not_name_are_left_alone_even_with_a_reference(lutbridge, burst, toy_model, tmp_path):
    listing = tmp_path / "groups.txt"
    listing.write_text("1.png\n2.png\n")
    lutbridge("render", burst, "-o", tmp_path / "alone", "--model", toy_model)
    options = ("--group", listing, "--reference", burst / "1.png")
    assert lutbridge("render", burst, "-o", tmp_path / "out", "--model", toy_model, *options).code == 0
    same = {n: (tmp_path / "out" / n).read_bytes() == (tmp_path / "alone" / n).read_bytes() for n in ("2.png", "3.png")}
    assert same == {"2.png": False, "3.png": True}


def test_a_photo_that_fails_does_not_stop_its_group(lutbridge, burst, toy_model, tmp_path):
    whole = (burst / "2.png").read_bytes()
    (burst / "2b.png").write_bytes(whole[: len(whole) // 2])
    result = lutbridge("render", burst, "-o", tmp_path / "out", "--model", toy_model, "--group", "all")
    assert result.code == 1
    assert result.err.count("2b.png") == 1 and "1 failed" in result.err
    assert sorted(path.name for path in (tmp_path / "out").glob("*.png")) == ["1.png", "2.png", "3.png", "stranger.png"]


def test_a_photo_that_fails_only_when_it_is_first_looked_at_does_not_come_out_unmatched(
    lutbridge, burst, toy_model, tmp_path, monkeypatch
):
    def forgetful(retoucher, photo):
        if photo.path.name == "2.png":
            raise MemoryError
        return observe(retoucher, photo)

    observe = shoot.observe
    monkeypatch.setattr(shoot, "observe", forgetful)
    result = lutbridge("render", burst, "-o", tmp_path / "out", "--model", toy_model, "--group", "all")
    assert result.code == 1 and "2.png: it cannot be matched" in result.err and "not enough memory" in result.err
    assert sorted(path.name for path in (tmp_path / "out").glob("*.png")) == ["1.png", "3.png", "stranger.png"]


def test_a_bug_in_the_first_look_leaves_one_log_for_all_photos(lutbridge, burst, toy_model, tmp_path, monkeypatch):
    def broken(retoucher, photo):
        raise ZeroDivisionError("boom")

    monkeypatch.setattr(shoot, "observe", broken)
    result = lutbridge("render", burst, "-o", tmp_path / "out", "--model", toy_model, "--group", "all")
    logs = set(re.findall(r"attach the log (\S+\.md)", result.err))
    assert result.code == 1 and "4 failed" in result.err and len(logs) == 1
    assert "ZeroDivisionError: boom" in Path(logs.pop()).read_text(encoding="utf-8")


def test_a_file_may_list_a_photo_that_fails(lutbridge, burst, toy_model, tmp_path):
    (burst / "2.png").write_bytes(b"not a photo")
    listing = tmp_path / "groups.txt"
    listing.write_text("1.png\n2.png\n3.png\n")
    result = lutbridge("render", burst, "-o", tmp_path / "out", "--model", toy_model, "--group", listing, "--json")
    group = next(line for line in lines(result) if line["type"] == "group")
    assert result.code == 1 and group["photos"] == [str(burst / "1.png"), str(burst / "3.png")]


def test_what_is_done_already_still_belongs_to_the_group(lutbridge, burst, toy_model, tmp_path):
    options = ("--model", toy_model, "--group", "all")
    lutbridge("render", burst, "-o", tmp_path / "whole", *options)
    lutbridge("render", burst, "-o", tmp_path / "parts", *options)
    (tmp_path / "parts" / "2.png").unlink()
    lutbridge("render", burst, "-o", tmp_path / "parts", *options, "--existing", "skip")
    assert (tmp_path / "parts" / "2.png").read_bytes() == (tmp_path / "whole" / "2.png").read_bytes()


def test_a_reference_is_what_the_set_comes_to(lutbridge, burst, toy_model, tmp_path):
    options = ("--model", toy_model, "--group", "all")
    (tmp_path / "liked").mkdir()
    liked = (burst / "1.png").rename(tmp_path / "liked" / "1.png")
    lutbridge("render", burst, "-o", tmp_path / "alone", *options)
    result = lutbridge("render", burst, "-o", tmp_path / "to", *options, "--reference", liked)
    assert result.code == 0
    for name in ("1.png",):
        (tmp_path / "alone" / name).write_bytes(liked.read_bytes())
        (tmp_path / "to" / name).write_bytes(liked.read_bytes())
    assert difference(tmp_path / "to") < 0.7 * difference(tmp_path / "alone")
    assert "not matched: stranger.png (shares no content with the reference" in result.err


def test_the_report_shows_the_group(lutbridge, burst, toy_model, tmp_path):
    page = tmp_path / "report.html"
    result = lutbridge(
        "render", burst, "-o", tmp_path / "out", "--model", toy_model, "--group", "all", "--report", page
    )
    html = page.read_text(encoding="utf-8")
    assert result.code == 0 and "Group all" in html
    assert html.count('alt="2.png"') == 3 and "Difference between matching areas: ΔE" in html


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--group", "nowhere.txt"), "--group nowhere.txt: unknown; use folder, time, auto, all, or a file"),
        (("--reference", "a.png"), "--reference works on groups only"),
        (("--consistency", "0.5"), "--consistency works on groups only"),
        (("--group", "all", "--consistency", "2"), "2.0 is not between 0 and 1"),
        (("--group", "all", "--reference", "nowhere.png"), "--reference: nowhere.png"),
    ],
)
def test_what_cannot_be_matched_is_said_before_anything_is_written(
    lutbridge, burst, toy_model, tmp_path, options, sentence
):
    result = lutbridge("render", burst, "-o", tmp_path / "out", "--model", toy_model, *options)
    assert result.code == 2 and sentence in result.err
    assert not list((tmp_path / "out").glob("*"))
