"""Person and background apart: the two dials, the LUTs of both, and the mask, from the command line."""

import json
import shutil

import imagecodecs
import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut

from lutbridge.color.codes import to_float
from lutbridge.image.read import read
from lutbridge.lut import formats


@pytest.fixture
def portrait(tmp_path):
    path = tmp_path / "anna.png"
    Image.fromarray(astronaut()).save(path)
    return path


def mask_in(path):
    codes = imagecodecs.png_decode(path.read_bytes())
    assert codes.dtype == np.uint16 and codes.ndim == 2
    return to_float(codes)[..., None]


def test_the_dials_leave_one_part_and_retouch_the_other(lutbridge, portrait, parts_model, tmp_path):
    """x + s · (f(x) − x), with s from the mask, to half an 8-bit code."""
    runs = {"full": (), "person": ("--background", "0"), "half": ("--strength", "0.5", "--person", "1")}
    for name, dials in runs.items():
        result = lutbridge("render", portrait, "-o", tmp_path / name, "--model", parts_model, "--mask", *dials)
        assert result.code == 0, result.err
        assert result.out.splitlines() == [str(tmp_path / name / "anna.png"), str(tmp_path / name / "anna-mask.png")]
    before = read(portrait).pixels.astype(float)
    full, person, half = (read(tmp_path / name / "anna.png").pixels.astype(float) for name in runs)
    mask = mask_in(tmp_path / "full" / "anna-mask.png")
    assert mask.shape[:2] == before.shape[:2] and mask.max() - mask.min() > 0.5
    assert np.abs(full - before).mean() > 5
    for dialled, shares in ((person, mask), (half, 0.5 + 0.5 * mask)):
        assert np.abs(dialled - (before + shares * (full - before))).max() < 1.01


def test_the_parts_rebuild_the_render(lutbridge, portrait, parts_model, tmp_path):
    options = ("--model", parts_model)
    result = lutbridge("cube", portrait, "-o", tmp_path / "luts", *options, "--parts")
    assert result.code == 0, result.err
    names = ["anna.cube", "anna-person.cube", "anna-background.cube", "anna-mask.png"]
    assert result.out.splitlines() == [str(tmp_path / "luts" / name) for name in names]
    assert "with the mask, the person and background LUTs come within a mean ΔE2000 of 0." in result.err
    assert lutbridge("render", portrait, "-o", tmp_path / "render", *options).code == 0
    rgb = to_float(read(portrait).pixels)
    person, background = (formats.load(tmp_path / "luts" / name).lut.apply(rgb) for name in names[1:3])
    rebuilt = background + mask_in(tmp_path / "luts" / names[3]) * (person - background)
    render = to_float(read(tmp_path / "render" / "anna.png").pixels)
    assert np.abs(person - background).mean() > 0.02
    assert np.abs(render - rebuilt).max() < 0.55 / 255, "the render is rounded to 8 bit, the LUTs to six places"


def test_it_is_said_where_one_lut_says_less_than_the_render(lutbridge, portrait, parts_model, tmp_path):
    result = lutbridge("cube", portrait, "-o", tmp_path, "--model", parts_model, "--json")
    photo, summary = map(json.loads, result.out.splitlines())
    assert photo["loss"]["high"] > photo["loss"]["mean"] > 1
    sentence = f"one LUT cannot separate person and background here (ΔE2000 {photo['loss']['mean']:.1f})"
    assert f"{sentence}; use --parts or render" in result.err
    assert (summary["strength"], summary["person"], summary["background"]) == (1, 1, 1)


def test_one_part_has_a_lut_of_its_own(lutbridge, portrait, parts_model, tmp_path):
    for view in ("person", "background"):
        options = ("--view", view, "--size", "9", "--model", parts_model)
        assert lutbridge("cube", portrait, "-o", tmp_path / view, *options).code == 0
    person, background = (formats.load(tmp_path / view / "anna.cube").lut for view in ("person", "background"))
    assert "person" in person.title and "background" in background.title
    assert (person.lattice - background.lattice).max() > 0.1


@pytest.mark.parametrize(
    ("command", "asked", "named"),
    [
        ("render", ["--person", "0.5"], "different strengths for person and background"),
        ("render", ["--mask"], "--mask"),
        ("cube", ["--parts"], "--parts"),
        ("cube", ["--view", "person"], "--view person"),
    ],
)
def test_a_model_without_a_mask_refuses_before_anything_is_written(
    lutbridge, portrait, toy_model, tmp_path, command, asked, named
):
    result = lutbridge(command, portrait, "-o", tmp_path / "out", "--model", toy_model, *asked)
    assert result.code == 2
    assert f"{named}: toy does not treat people apart" in result.err
    assert not (tmp_path / "out").exists()


def test_dials_that_are_even_need_no_mask(lutbridge, portrait, toy_model, tmp_path):
    options = ("--person", "0.5", "--background", "0.5", "--model", toy_model)
    assert lutbridge("render", portrait, "-o", tmp_path / "out", *options).code == 0


@pytest.mark.parametrize("value", ["1.5", "-0.1", "nan"])
def test_a_dial_goes_from_0_to_1(lutbridge, portrait, parts_model, tmp_path, value):
    result = lutbridge("render", portrait, "-o", tmp_path / "out", "--model", parts_model, "--person", value)
    assert result.code == 2 and "--person" in result.err and "between 0 and 1" in result.err


def test_what_stands_beside_is_planned_like_the_result(lutbridge, portrait, parts_model, tmp_path):
    """Refused, kept, and replaced as the user says; and no photo's mask takes another photo's place."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "anna-mask.png").write_bytes(b"mine")
    run = ("render", portrait, "-o", out, "--model", parts_model, "--mask")
    refused = lutbridge(*run)
    assert refused.code == 2 and "anna-mask.png: already exists" in refused.err
    assert not (out / "anna.png").exists()
    assert lutbridge(*run, "--existing", "skip").code == 0
    assert (out / "anna-mask.png").read_bytes() == b"mine" and (out / "anna.png").exists()
    again = lutbridge(*run, "--existing", "skip", "--json")
    assert json.loads(again.out.splitlines()[0])["status"] == "kept"
    assert lutbridge(*run, "--existing", "overwrite").code == 0
    assert mask_in(out / "anna-mask.png").shape == (512, 512, 1)
    shutil.copy(portrait, tmp_path / "anna-mask.png")
    clash = lutbridge("render", portrait, tmp_path / "anna-mask.png", *run[2:3], tmp_path / "other", *run[4:])
    assert clash.code == 1 and "anna-mask.png" in clash.err and (tmp_path / "other" / "anna-mask.png").is_file()


def test_a_group_has_both_dials(lutbridge, burst, parts_model, tmp_path):
    options = ("--group", "all", "--model", parts_model, "--background", "0", "--size", "9")
    result = lutbridge("cube", burst, "-o", tmp_path / "luts", "--parts", *options)
    assert result.code == 0, result.err
    lut = formats.load(tmp_path / "luts" / "1-background.cube").lut
    axis = np.linspace(0, 1, 9)
    assert np.abs(lut.lattice - np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1)).max() < 1e-6
    assert "person 100%, background 0%" in formats.load(tmp_path / "luts" / "group.cube").lut.title
    report = tmp_path / "report.html"
    rendered = lutbridge("render", burst, "-o", tmp_path / "renders", *options[:-2], "--report", report)
    assert rendered.code == 0, rendered.err
    assert "person 100%, background 0%" in report.read_text()
