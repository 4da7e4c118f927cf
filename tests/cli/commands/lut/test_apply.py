import json

import numpy as np
from PIL import Image

from lutbridge.batch.manifest import NAME
from lutbridge.color.icc import srgb
from lutbridge.color.srgb import eotf_srgb, inverse_eotf_srgb
from lutbridge.color.working_spaces import rgb_space, working_space
from lutbridge.image.read import read
from lutbridge.lut.formats import lightroom_table as tables
from lutbridge.lut.formats import load, to_bytes
from lutbridge.lut.lut3d import Lut3D


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


def test_results_that_are_there_are_kept_and_other_files_refused(lutbridge, warm, shoot, tmp_path):
    run = ("lut", "apply", warm, shoot, "-o", tmp_path / "out")
    lutbridge(*run)
    again = lutbridge(*run)
    assert again.code == 0 and "3 already done and kept" in again.err
    (tmp_path / "out" / NAME).unlink()  # nobody knows any more whose they are
    assert lutbridge(*run).code == 2
    result = lutbridge(*run, "--existing", "skip")
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


def test_a_lut_in_a_log_space_leaves_what_it_does_not_change(lutbridge, write_lut, shoot, tmp_path):
    same = write_lut("same.cube", Lut3D.identity(33))
    for space in ("acescct", "logc3", "prophoto", "p3"):
        out = tmp_path / space
        assert lutbridge("lut", "apply", same, shoot / "a.png", "-o", out, "--in-space", space).code == 0
        difference = read(out / "a.png").pixels.astype(int) - read(shoot / "a.png").pixels
        assert np.abs(difference).max() <= 1


def test_in_and_out_space_are_the_luts_own(lutbridge, write_lut, shoot, tmp_path):
    """The identity from ACEScct to sRGB shows the log values themselves."""
    same = write_lut("same.cube", Lut3D.identity(33))
    options = ("--in-space", "acescct", "--out-space", "srgb")
    assert lutbridge("lut", "apply", same, shoot / "a.png", "-o", tmp_path / "out", *options).code == 0
    linear = eotf_srgb(read(shoot / "a.png").pixels / np.float32(255))
    log = working_space("acescct").encode(linear).clip(0, 1)
    assert np.abs(read(tmp_path / "out" / "a.png").pixels - 255 * log).max() <= 1


def test_an_unknown_space_is_refused(lutbridge, warm, shoot, tmp_path):
    result = lutbridge("lut", "apply", warm, shoot / "a.png", "-o", tmp_path / "out", "--in-space", "nolog")
    assert result.code == 2 and "there is no colour space 'nolog'" in result.err and not (tmp_path / "out").exists()


def test_trilinear_is_looked_up_trilinearly(lutbridge, write_lut, shoot, tmp_path):
    axis = Lut3D.identity(4).lattice
    coarse = write_lut("coarse.cube", Lut3D(axis * axis[..., [1, 2, 0]]))
    assert lutbridge("lut", "apply", coarse, shoot / "a.png", "-o", tmp_path / "out", "--interp", "trilinear").code == 0
    before, after = read(shoot / "a.png").pixels, read(tmp_path / "out" / "a.png").pixels
    assert np.abs(after - 255 * load(coarse).lut.apply(before / 255, "trilinear")).max() <= 0.51
    assert np.abs(after - 255 * load(coarse).lut.apply(before / 255)).max() > 1


def test_a_profile_for_prophoto_works_in_prophoto(lutbridge, shoot, tmp_path):
    look = Lut3D(Lut3D.identity(16).lattice ** 1.3)
    packed = tables.pack(tables.Table(tables.codes_of(look.lattice), primaries=2, gamma=2))
    name, text = tables.fingerprint(packed), tables.spell(packed)
    plain = to_bytes(look, "xmp").decode()
    start = plain.index("crs:RGBTable=")
    end = plain.index("crs:HasSettings")
    profile = f'{plain[:start]}crs:RGBTable="{name}" crs:Table_{name}="{text}" {plain[end:]}'
    (tmp_path / "wide.xmp").write_text(profile)
    assert lutbridge("lut", "apply", tmp_path / "wide.xmp", shoot / "a.png", "-o", tmp_path / "out").code == 0
    before, space = read(shoot / "a.png").pixels, rgb_space("ProPhoto RGB", "gamma 1.8")
    meant = inverse_eotf_srgb(space.decode(look.apply(space.encode(eotf_srgb(before / np.float32(255))))).clip(0, 1))
    assert np.abs(read(tmp_path / "out" / "a.png").pixels - 255 * meant).max() <= 1
    arguments = ("convert", tmp_path / "wide.xmp", "-o", tmp_path / "narrow.clf")
    result = lutbridge("lut", *arguments)
    assert result.code == 0 and "made for ProPhoto RGB with gamma 1.8; converted to sRGB" in result.err


def test_another_space_or_interpolation_is_another_result(lutbridge, warm, shoot, tmp_path):
    run = ("lut", "apply", warm, shoot / "a.png", "-o", tmp_path / "out")
    assert lutbridge(*run).code == 0
    for change in (("--in-space", "linear"), ("--interp", "trilinear")):
        assert "1 of 1 photos done" in lutbridge(*run, *change).err
    assert "1 already done and kept" in lutbridge(*run, *change).err
