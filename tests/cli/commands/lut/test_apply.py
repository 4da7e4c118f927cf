import json

import numpy as np
from PIL import Image

from lutbridge.color.icc import srgb
from lutbridge.image.read import read
from lutbridge.lut.formats import load


def files(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("[!.]*") if path.is_file())


def test_a_shoot_goes_through_with_names_kinds_and_folders(lutbridge, warm, shoot, tmp_path):
    result = lutbridge("lut", "apply", warm, shoot, "-o", tmp_path / "out")
    assert result.code == 0 and files(tmp_path / "out") == ["a.png", "b.jpg", "late/c.tif"]
    assert "3 of 3 photos done" in result.err
    before, after = read(shoot / "a.png").pixels, read(tmp_path / "out" / "a.png").pixels
    assert np.abs(after - 255 * load(warm).lut.apply(before / 255)).max() <= 0.51


def test_json_names_the_lut_and_no_weights(lutbridge, warm, shoot, tmp_path):
    result = lutbridge("lut", "apply", warm, shoot / "a.png", "-o", tmp_path / "out", "--json", "--strength", "0.5")
    photo, summary = map(json.loads, result.out.splitlines())
    assert (photo["status"], "image_weights" in photo, photo["clipped"]) == ("done", False, 0)
    assert (summary["model"], summary["strength"], summary["device"]) == ("warm.cube", 0.5, "cpu")


def test_strength_0_leaves_the_pixels_alone(lutbridge, warm, shoot, tmp_path):
    lutbridge("lut", "apply", warm, shoot / "a.png", "-o", tmp_path / "out", "--strength", "0")
    assert np.array_equal(np.asarray(Image.open(shoot / "a.png")), np.asarray(Image.open(tmp_path / "out" / "a.png")))


def test_a_broken_photo_is_named_and_the_others_are_done(lutbridge, warm, shoot, tmp_path):
    (shoot / "b.jpg").write_bytes(b"no photo")
    result = lutbridge("lut", "apply", warm, shoot, "-o", tmp_path / "out")
    assert result.code == 1 and files(tmp_path / "out") == ["a.png", "late/c.tif"]


def test_results_that_are_there_are_kept_or_refused(lutbridge, warm, shoot, tmp_path):
    lutbridge("lut", "apply", warm, shoot, "-o", tmp_path / "out")
    assert lutbridge("lut", "apply", warm, shoot, "-o", tmp_path / "out").code == 2
    result = lutbridge("lut", "apply", warm, shoot, "-o", tmp_path / "out", "--existing", "skip")
    assert result.code == 0 and "3 skipped" in result.err


def test_a_report_shows_before_and_after(lutbridge, warm, shoot, tmp_path):
    result = lutbridge("lut", "apply", warm, shoot, "-o", tmp_path / "out", "--report", tmp_path / "r.html")
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert result.code == 0 and "warm.cube" in page and "a.png" in page and '<ul class="weights"' not in page


def test_a_lut_that_is_none_stops_before_anything_is_written(lutbridge, shoot, tmp_path):
    result = lutbridge("lut", "apply", shoot / "a.png", shoot, "-o", tmp_path / "out")
    assert result.code == 1 and not (tmp_path / "out").exists()


def test_another_kind_of_file_can_be_asked_for(lutbridge, warm, shoot, tmp_path):
    result = lutbridge(
        "lut", "apply", warm, shoot / "b.jpg", "-o", tmp_path / "out", "--format", "tiff", "--bits", "16"
    )
    assert result.code == 0 and files(tmp_path / "out") == ["b.tif"]
    before, after = read(shoot / "b.jpg").pixels, read(tmp_path / "out" / "b.tif").pixels
    assert after.dtype == np.uint16
    assert np.abs(after - 65535 * load(warm).lut.apply(before / 255)).max() <= 1


def test_neither_the_lut_nor_the_profile_is_overwritten(lutbridge, warm, shoot, tmp_path):
    profile = tmp_path / "own.icc"
    profile.write_bytes(srgb())
    before = warm.read_bytes()
    for report in (warm, profile):
        options = ("--icc", profile, "--report", report, "--existing", "overwrite")
        result = lutbridge("lut", "apply", warm, shoot, "-o", tmp_path / "out", *options)
        assert result.code == 2 and f"{report} does not end in .html" in result.err
    assert (warm.read_bytes(), profile.read_bytes()) == (before, srgb())
