"""resize, compose, blend and invert, as a user meets them."""

import json

import numpy as np
import pytest

from lutbridge.looks.skin import shifts
from lutbridge.lut.formats import load
from lutbridge.lut.lut3d import Lut3D


def colours():
    return np.random.default_rng(0).random((1000, 3))


def test_resize_says_what_it_costs(lutbridge, warm, tmp_path):
    result = lutbridge("lut", "resize", warm, "--size", "9", "-o", tmp_path / "small.cube", "--json")
    facts = json.loads(result.out)
    assert result.code == 0 and facts["grid_size"] == 9 == load(tmp_path / "small.cube").lut.grid_size
    off = np.abs(load(tmp_path / "small.cube").lut.apply(colours()) - load(warm).lut.apply(colours())).max()
    assert 0 < off <= facts["deviation"]["largest"] * 1.01
    assert "off by" in result.err and "at the 99.9th percentile" in result.err


def test_resize_needs_a_size(lutbridge, warm, tmp_path):
    result = lutbridge("lut", "resize", warm, "-o", tmp_path / "a.cube")
    assert result.code == 2 and "--size" in result.err


def test_compose_applies_the_first_file_first(lutbridge, warm, write_lut, tmp_path):
    half = write_lut("half.cube", Lut3D(0.5 * Lut3D.identity(9).lattice, "Half"))
    result = lutbridge("lut", "compose", warm, half, "-o", tmp_path / "both.cube", "--json")
    both = load(tmp_path / "both.cube").lut
    assert result.code == 0 and (both.grid_size, both.title) == (17, "Warm, then Half")
    assert np.abs(both.apply(colours()) - 0.5 * load(warm).lut.apply(colours())).max() < 1e-5
    assert json.loads(result.out)["deviation"]["largest"] < 1e-5


def test_compose_at_another_size(lutbridge, warm, tmp_path):
    assert lutbridge("lut", "compose", warm, warm, "--size", "33", "-o", tmp_path / "twice.cube").code == 0
    twice, once = load(tmp_path / "twice.cube").lut, load(warm).lut
    assert twice.grid_size == 33
    assert np.abs(twice.apply(colours()) - once.apply(once.apply(colours()))).max() < 0.01


def test_blend_is_the_strength_of_a_render(lutbridge, warm, tmp_path):
    assert lutbridge("lut", "blend", warm, "--strength", "0.25", "-o", tmp_path / "quarter.cube").code == 0
    expected = colours() + 0.25 * (load(warm).lut.apply(colours()) - colours())
    assert np.abs(load(tmp_path / "quarter.cube").lut.apply(colours()) - expected).max() < 1e-5


def test_blend_between_two(lutbridge, warm, write_lut, tmp_path):
    base = write_lut("base.cube", Lut3D(np.zeros((2, 2, 2, 3))))
    lutbridge("lut", "blend", warm, "--base", base, "--strength", "0.5", "-o", tmp_path / "mid.cube")
    assert np.abs(load(tmp_path / "mid.cube").lut.apply(colours()) - load(warm).lut.apply(colours()) / 2).max() < 1e-5


@pytest.mark.parametrize("strength", ["-1", "1.5", "nan", "x"])
def test_a_strength_that_is_none_is_refused(lutbridge, warm, tmp_path, strength):
    assert lutbridge("lut", "blend", warm, "--strength", strength, "-o", tmp_path / "a.cube").code == 2


def test_invert_takes_back_and_says_how_far(lutbridge, warm, tmp_path):
    result = lutbridge("lut", "invert", warm, "--size", "33", "-o", tmp_path / "back.cube", "--json")
    facts, back = json.loads(result.out), load(tmp_path / "back.cube").lut
    assert result.code == 0
    off = np.abs(back.apply(load(warm).lut.apply(colours())) - colours())
    assert off.mean() < 0.003 and off.max() <= facts["there_and_back"]["largest"] * 1.01
    assert 0.1 < facts["unreached"] < 0.2 and facts["ambiguous"] == 0
    assert "of all colours are out of its reach" in result.err and "after LUT and inverse" in result.err


def test_a_broken_input_stops_before_anything_is_written(lutbridge, warm, tmp_path):
    (tmp_path / "bad.cube").write_text("not a LUT")
    result = lutbridge("lut", "compose", warm, tmp_path / "bad.cube", "-o", tmp_path / "out.cube")
    assert result.code == 1 and "bad.cube" in result.err and not (tmp_path / "out.cube").exists()


def test_a_folder_that_is_not_there_is_named(lutbridge, warm, tmp_path):
    result = lutbridge("lut", "resize", warm, "--size", "5", "-o", tmp_path / "no" / "a.cube")
    assert result.code == 1 and "its folder does not exist" in result.err


@pytest.mark.parametrize("name", ["gamma", "shaped"])
def test_curves_go_through_every_operation(lutbridge, warm, request, tmp_path, name):
    """What is written does what was meant, and the figure that is said is true."""
    file = request.getfixturevalue(name)
    lut, other = load(file).lut, load(warm).lut
    rgb = colours()
    halfway = (rgb + lut.apply(rgb)) / 2
    for out, arguments, meant in (
        ("whole.cube", ["blend", file, "--strength", "1"], lut.apply(rgb)),
        ("half.cube", ["blend", file, "--strength", "0.5"], halfway),
        ("twice.cube", ["compose", file, file], lut.apply(lut.apply(rgb))),
        ("last.cube", ["compose", warm, file], lut.apply(other.apply(rgb))),
        ("first.clf", ["compose", file, warm], other.apply(lut.apply(rgb))),
    ):
        result = lutbridge("lut", *arguments, "-o", tmp_path / out, "--json")
        off = np.abs(load(tmp_path / out).lut.apply(rgb) - meant)
        assert result.code == 0 and off.mean() < 1e-3 and off.max() < 0.02, arguments
        assert off.max() <= 1.1 * json.loads(result.out)["deviation"]["largest"] + 1e-6


def test_a_curve_is_taken_back(lutbridge, gamma, tmp_path):
    result = lutbridge("lut", "invert", gamma, "-o", tmp_path / "back.cube", "--json")
    facts, rgb = json.loads(result.out), colours()
    assert result.code == 0 and facts["grid_size"] == 65 and 0 < facts["there_and_back"]["largest"] < 0.02
    there = load(gamma).lut.apply(rgb)
    assert np.abs(load(tmp_path / "back.cube").lut.apply(there) - rgb).max() < 0.02


@pytest.mark.parametrize("name", ["gamma", "shaped", "warm"])
@pytest.mark.parametrize("command", [["convert"], ["resize"], ["compose", "warm"]])
def test_a_size_that_is_asked_for_is_the_size(lutbridge, request, tmp_path, name, command):
    files = [request.getfixturevalue(name), *map(request.getfixturevalue, command[1:])]
    result = lutbridge("lut", command[0], *files, "--size", "33", "-o", tmp_path / "out.cube", "--json")
    assert result.code == 0 and "cannot hold" not in result.err
    assert json.loads(result.out)["grid_size"] == 33 == load(tmp_path / "out.cube").lut.grid_size
    assert ("baked in with grid size 33" in result.err) is (name != "warm")


def test_what_is_baked_without_a_size_is_said(lutbridge, gamma, tmp_path):
    result = lutbridge("lut", "convert", gamma, "-o", tmp_path / "out.cube")
    assert "cube has no curves or domain, so they were baked in with grid size 65" in result.err
    assert "cannot hold" not in result.err
    result = lutbridge("lut", "convert", gamma, "--size", "20", "-o", tmp_path / "out.3dl")
    assert "baked in with grid size 33" in result.err and "3dl does not support grid size 20" in result.err


def bright(write_lut):
    return write_lut("bright.clf", Lut3D(2 * Lut3D.identity(17).lattice ** 1.5, "Bright", ((0.0,) * 3, (4.0,) * 3)))


@pytest.mark.parametrize("command", [["resize", "--size", "9"], ["compose"], ["blend", "--strength", "0.75"]])
def test_what_clips_is_a_line_of_its_own_and_exit_code_4(lutbridge, write_lut, tmp_path, command):
    file, output = write_lut("bright.spi3d", Lut3D(1.2 * Lut3D.identity(17).lattice)), tmp_path / "out.cube"
    result = lutbridge("lut", command[0], file, *command[1:], "-o", output)
    assert result.code == 4 and "of its entries, by up to" in result.err and not output.exists()
    result = lutbridge("lut", command[0], file, *command[1:], "-o", output, "--allow-clipping")
    assert result.code == 0 and any(line.startswith(f"{output}: clipped ") for line in result.err.split("\n"))
    assert lutbridge("lut", command[0], file, *command[1:], "-o", tmp_path / "o.cube", "--shaper", "auto").code == 0


def test_an_inverse_that_leaves_0_to_1_clips_too(lutbridge, write_lut, tmp_path):
    file = bright(write_lut)
    assert lutbridge("lut", "invert", file, "-o", tmp_path / "a.cube").code == 4
    result = lutbridge("lut", "invert", file, "-o", tmp_path / "b.clf", "--json")
    facts, back = json.loads(result.out), load(tmp_path / "b.clf").lut
    rgb = 4 * colours()
    assert result.code == 0 and back.domain == ((0.0,) * 3, (2.0,) * 3)
    assert np.abs(back.apply(load(file).lut.apply(rgb)) - rgb).mean() < 0.1
    assert facts["unreached"] == 0


def test_an_inverse_of_what_leaves_0_to_1_says_what_it_cannot_take_back(lutbridge, write_lut, tmp_path):
    hot, output = write_lut("hot.spi3d", Lut3D(1.3 * Lut3D.identity(9).lattice - 0.05)), tmp_path / "back.cube"
    result = lutbridge("lut", "invert", hot, "-o", output)
    assert result.code == 4 and f"of {hot} it would clip" in result.err and "63.8 of 255" in result.err
    assert not output.exists()
    result = lutbridge("lut", "invert", hot, "-o", output, "--allow-clipping")
    assert result.code == 0 and f"{output}: clipped " in result.err
    assert lutbridge("lut", "invert", hot, "-o", tmp_path / "back.clf").code == 0


def test_what_one_lut_gives_and_the_next_does_not_take_is_said(lutbridge, write_lut, warm, tmp_path):
    hot, output = write_lut("hot.spi3d", Lut3D(1.3 * Lut3D.identity(9).lattice - 0.05)), tmp_path / "both.cube"
    result = lutbridge("lut", "compose", hot, warm, "-o", output)
    assert result.code == 4 and f"{warm} takes 0 to 1; of {hot} it would clip" in result.err and not output.exists()
    result = lutbridge("lut", "compose", hot, warm, "-o", output, "--allow-clipping")
    assert result.code == 0 and f"{output}: clipped " in result.err
    wide = write_lut("wide.clf", Lut3D(Lut3D.identity(9).lattice, "wide", ((-0.1,) * 3, (1.5,) * 3)))
    assert lutbridge("lut", "compose", hot, wide, "-o", tmp_path / "wide.cube").code == 0


def test_a_blend_keeps_the_range_of_its_inputs(lutbridge, write_lut, tmp_path):
    file, rgb = bright(write_lut), 4 * colours()
    assert lutbridge("lut", "blend", file, "--strength", "0.5", "-o", tmp_path / "half.clf").code == 0
    expected = (rgb + load(file).lut.apply(rgb)) / 2
    assert np.abs(load(tmp_path / "half.clf").lut.apply(rgb) - expected).max() < 1e-3


@pytest.mark.parametrize("command", [["blend", "--strength", "1"], ["compose"]])
def test_skin_can_be_protected(lutbridge, warm, tmp_path, command):
    options = ("--protect-skin", "2", "-o", tmp_path / "held.cube", "--json")
    result = lutbridge("lut", command[0], warm, *command[1:], *options)
    facts = json.loads(result.out)
    assert result.code == 0 and facts["skin"]["most"] <= 2 and "skin moves by a mean" in result.err
    assert max(shift.delta_e for shift in shifts(load(tmp_path / "held.cube").lut)) <= 2
    assert min(shift.delta_e for shift in shifts(load(warm).lut)) > 2
