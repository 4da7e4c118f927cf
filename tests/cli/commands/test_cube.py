import json

import numpy as np


def table(path):
    """(M, M, M, 3), indexed [b, g, r], and the title."""
    lines = path.read_text(encoding="ascii").splitlines()
    size = int(next(line for line in lines if line.startswith("LUT_3D_SIZE")).split()[1])
    rows = [line.split() for line in lines if line and line[0].isdigit()]
    return np.array(rows, float).reshape(size, size, size, 3), lines[0]


def test_each_photo_gets_a_cube_of_the_default_size(lutbridge, shoot, toy_model, tmp_path):
    out = tmp_path / "luts"
    result = lutbridge("cube", shoot, "-o", out, "--model", toy_model)
    assert result.code == 0
    assert result.out.splitlines() == [str(out / name) for name in ("a.cube", "b.cube", "late/c.cube")]
    lut, title = table(out / "a.cube")
    assert lut.shape == (33, 33, 33, 3)
    assert "a.png" in title and "toy" in title and "fitted" in title


def test_size_view_and_strength_reach_the_lut(lutbridge, make_photo, toy_model, tmp_path):
    source = make_photo(tmp_path / "a.png")
    options = ("--model", toy_model, "--size", "9", "--view", "image-weights")
    assert lutbridge("cube", source, "-o", tmp_path / "none", *options, "--strength", "0").code == 0
    assert lutbridge("cube", source, "-o", tmp_path / "full", *options).code == 0
    identity, title = table(tmp_path / "none" / "a.cube")
    axis = np.linspace(0, 1, 9)
    assert np.abs(identity - np.stack(np.meshgrid(axis, axis, axis, indexing="ij")[::-1], -1)).max() < 1e-6
    assert "image-weights" in title
    assert np.abs(table(tmp_path / "full" / "a.cube")[0] - identity).max() > 0.02


def test_a_pair_of_one_name_becomes_two_luts(lutbridge, make_photo, toy_model, tmp_path):
    for name in ("IMG_1.JPG", "IMG_1.png"):
        make_photo(tmp_path / "shoot" / name)
    result = lutbridge("cube", tmp_path / "shoot", "-o", tmp_path / "luts", "--model", toy_model, "--size", "2")
    assert result.code == 0
    assert sorted(path.name for path in (tmp_path / "luts").glob("*.cube")) == ["IMG_1-jpg.cube", "IMG_1-png.cube"]


def test_json_has_no_clipping_where_nothing_was_rendered(lutbridge, make_photo, toy_model, tmp_path):
    source = make_photo(tmp_path / "a.png")
    result = lutbridge("cube", source, "-o", tmp_path, "--model", toy_model, "--size", "2", "--json")
    photo, summary = map(json.loads, result.out.splitlines())
    assert photo["output"] == str(tmp_path / "a.cube") and "clipped" not in photo
    assert summary["done"] == 1 and summary["exit_code"] == 0


def test_a_large_jpeg_is_read_at_the_scale_that_does(lutbridge, make_photo, toy_model, tmp_path, monkeypatch):
    """And so it is for the first look at a shoot whose takes are to match."""
    from lutbridge.image import read as reading

    sides = []

    def spying(path, float_encoding, long_side):
        photo = read(path, float_encoding, long_side)
        sides.append(max(photo.pixels.shape))
        return photo

    read = reading.read
    monkeypatch.setattr(reading, "read", spying)
    source = make_photo(tmp_path / "a.jpg", size=(2 * reading.LOOK_SIDE, 40))
    options = ("--model", toy_model, "--size", "2")
    assert lutbridge("cube", source, "-o", tmp_path / "luts", *options).code == 0
    assert lutbridge("render", source, "-o", tmp_path / "renders", *options[:2], "--group", "all").code == 0
    assert sides == [reading.LOOK_SIDE, reading.LOOK_SIDE, 2 * reading.LOOK_SIDE]
