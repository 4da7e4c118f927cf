import hashlib
import json

import numpy as np

from lutbridge.lut.formats import load
from lutbridge.lut.provenance import parse


def table(path):
    """(M, M, M, 3), indexed [b, g, r], and the title."""
    lines = path.read_text(encoding="ascii").splitlines()
    size = int(next(line for line in lines if line.startswith("LUT_3D_SIZE")).split()[1])
    rows = [line.split() for line in lines if line and line[0].isdigit()]
    return np.array(rows, float).reshape(size, size, size, 3), next(line for line in lines if line.startswith("TITLE"))


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


def test_other_formats_at_a_grid_that_they_hold(lutbridge, make_photo, toy_model, tmp_path):
    source, rgb = make_photo(tmp_path / "a.png"), np.random.default_rng(0).random((300, 3))
    for name, suffix, size in (("cube", ".cube", 33), ("xmp", ".xmp", 32), ("hald", ".png", 36), ("clf", ".clf", 33)):
        result = lutbridge("cube", source, "-o", tmp_path / name, "--model", toy_model, "--format", name)
        made = load(tmp_path / name / f"a{suffix}")
        assert result.code == 0 and (made.format.name, made.lut.grid_size) == (name, size)
        assert np.abs(made.lut.apply(rgb) - load(tmp_path / "cube" / "a.cube").lut.apply(rgb)).max() < 0.01


def test_the_file_says_what_it_was_made_of(lutbridge, make_photo, toy_model, tmp_path):
    source = make_photo(tmp_path / "a.png")
    lutbridge("cube", source, "-o", tmp_path, "--model", toy_model, "--size", "9", "--strength", "0.5")
    said = parse(load(tmp_path / "a.cube").comments)
    assert (said.photos[0].name, said.view, said.grid_size, said.person) == ("a.png", "fitted", 9, 0.5)
    assert said.photos[0].sha256 == hashlib.sha256(source.read_bytes()).hexdigest()
    assert said.model.sha256 == hashlib.sha256(toy_model.read_bytes()).hexdigest() and said.loss
