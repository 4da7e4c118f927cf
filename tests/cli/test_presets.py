import json

import numpy as np
import pytest

from lutbridge.lut.formats import read


def test_a_group_gets_a_lut_per_take_and_one_for_all(lutbridge, burst, toy_model, tmp_path):
    result = lutbridge("cube", burst, "-o", tmp_path, "--model", toy_model, "--size", "9", "--group", "all")
    assert result.code == 0
    names = sorted(path.name for path in tmp_path.glob("*.cube"))
    assert names == ["1.cube", "2.cube", "3.cube", "group.cube", "stranger.cube"]
    lut = read(tmp_path / "group.cube")
    assert lut.grid_size == 9 and "4 takes" in lut.title
    assert "one LUT for 4 photos" in result.err
    assert all(name in result.err.split("one LUT for")[1] for name in ("1.png", "2.png", "3.png", "stranger.png"))


def test_strength_reaches_the_preset(lutbridge, burst, toy_model, tmp_path):
    options = ("--model", toy_model, "--size", "9", "--group", "all", "--strength", "0")
    lutbridge("cube", burst, "-o", tmp_path, *options)
    lut = read(tmp_path / "group.cube")
    assert np.abs(lut.lattice - lut.identity(9).lattice).max() < 1e-6


def test_several_groups_get_a_preset_each_and_single_takes_none(lutbridge, burst, toy_model, tmp_path):
    listing = tmp_path / "groups.txt"
    listing.write_text("1.png\n2.png\n\n3.png\nstranger.png\n")
    (burst / "alone.png").write_bytes((burst / "1.png").read_bytes())
    options = ("--model", toy_model, "--size", "5", "--group", listing, "--json")
    result = lutbridge("cube", burst, "-o", tmp_path / "luts", *options)
    presets = [line for line in map(json.loads, result.out.splitlines()) if line["type"] == "preset"]
    assert [line["output"] for line in presets] == [str(tmp_path / "luts" / f"group-{n}.cube") for n in (1, 2)]
    assert presets[0]["delta_e"].keys() == {str(burst / "1.png"), str(burst / "2.png")}
    assert len(list((tmp_path / "luts").glob("*.cube"))) == 7


@pytest.mark.parametrize(("existing", "code"), [("refuse", 2), ("skip", 0), ("overwrite", 0)])
def test_a_preset_that_is_there_already(lutbridge, burst, toy_model, tmp_path, existing, code):
    (tmp_path / "group.cube").write_text("mine")
    options = ("--model", toy_model, "--size", "2", "--group", "all", "--existing", existing)
    result = lutbridge("cube", burst, "-o", tmp_path, *options)
    assert result.code == code
    assert ((tmp_path / "group.cube").read_text() == "mine") == (existing != "overwrite")
    if existing == "refuse":
        assert "group.cube: already exists" in result.err and len(list(tmp_path.glob("*.cube"))) == 1


def test_a_preset_that_is_missing_is_written_when_the_takes_are_there(lutbridge, burst, toy_model, tmp_path):
    options = ("--model", toy_model, "--size", "2", "--group", "all", "--existing", "skip")
    lutbridge("cube", burst, "-o", tmp_path, *options)
    whole = (tmp_path / "group.cube").read_bytes()
    (tmp_path / "group.cube").unlink()
    assert lutbridge("cube", burst, "-o", tmp_path, *options).code == 0
    assert (tmp_path / "group.cube").read_bytes() == whole


def test_a_photo_called_group_is_not_overwritten_by_the_preset(lutbridge, burst, toy_model, tmp_path):
    (burst / "1.png").rename(burst / "group.png")
    result = lutbridge("cube", burst, "-o", tmp_path, "--model", toy_model, "--size", "2", "--group", "all")
    assert result.code == 2 and "a photo and a group would both write this file" in result.err
    assert not list(tmp_path.glob("*.cube"))
