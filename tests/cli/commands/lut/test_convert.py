import errno
import json

import numpy as np
import pytest

from lutbridge.lut.formats import FORMATS, load
from lutbridge.lut.lut3d import Lut3D


@pytest.mark.parametrize("suffix", [format_.suffixes[0] for format_ in FORMATS.values()])
def test_every_format_comes_out_and_says_what_it_cost(lutbridge, warm, tmp_path, suffix):
    result = lutbridge("lut", "convert", warm, "-o", tmp_path / f"out{suffix}", "--json")
    facts = json.loads(result.out)
    assert result.code == 0 and facts["output"] == str(tmp_path / f"out{suffix}")
    rgb = np.random.default_rng(0).random((500, 3))
    off = np.abs(load(tmp_path / f"out{suffix}").lut.apply(rgb) - load(warm).lut.apply(rgb)).max()
    assert off <= facts["deviation"]["largest"] + 1e-5 < 0.03
    assert "of 255 on average" in result.err


def test_lightrooms_grid_of_32_and_its_gamut(lutbridge, write_lut, tmp_path):
    fine = write_lut("fine.cube", Lut3D(Lut3D.identity(33).lattice ** 1.1, "Fine"))
    for gamut in ("extend", "clip"):
        result = lutbridge("lut", "convert", fine, "-o", tmp_path / f"{gamut}.xmp", "--gamut", gamut)
        assert result.code == 0 and "does not support grid size 33" in result.err and "grid size 32," in result.err
    assert (tmp_path / "extend.xmp").read_bytes() != (tmp_path / "clip.xmp").read_bytes()


def test_the_title_is_the_users_or_the_file_names(lutbridge, write_lut, tmp_path):
    untitled = write_lut("evening.cube", Lut3D.identity(4).bake(4).resize(4))
    plain = write_lut("evening.cube", Lut3D(Lut3D.identity(4).lattice))
    lutbridge("lut", "convert", plain, "-o", tmp_path / "a.xmp")
    assert load(tmp_path / "a.xmp").lut.title == "evening"
    lutbridge("lut", "convert", untitled, "-o", tmp_path / "b.xmp", "--title", "My look")
    assert load(tmp_path / "b.xmp").lut.title == "My look"


def test_several_go_into_a_folder(lutbridge, warm, write_lut, tmp_path):
    other, out = write_lut("cold.cube", Lut3D.identity(5)), tmp_path / "new" / "out"
    result = lutbridge("lut", "convert", warm, other, "--format", "spi3d", "-o", out)
    assert result.code == 0
    assert result.out.splitlines() == [str(out / "warm.spi3d"), str(out / "cold.spi3d")]


def test_a_lut_that_a_format_cannot_say_is_named_and_the_others_are_written(lutbridge, warm, write_lut, tmp_path):
    dark, other = write_lut("dark.cube", Lut3D(0.4 * Lut3D.identity(5).lattice)), write_lut("z.cube", Lut3D.identity(5))
    out = tmp_path / "out"
    out.mkdir()
    result = lutbridge("lut", "convert", warm, dark, other, "--format", "3dl", "-o", out)
    assert result.code == 1 and f"{out / 'dark.3dl'}: nothing in this LUT is brighter" in result.err
    assert sorted(path.name for path in out.iterdir()) == ["warm.3dl", "z.3dl"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["-o", "out.spi1d"], "lutbridge reads .spi1d files but cannot write them"),
        (["-o", "out.txt"], "unknown LUT extension; use one of .cube, .xmp"),
        (["-o", "out.cube", "--gamut", "clip"], "--gamut is not for cube files"),
        (["-o", "out.xmp", "--bits", "8"], "--bits is not for xmp files"),
        (["-o", "warm.cube", "--format", "xmp"], "the output is a folder, and this is a file"),
        (["-o", ".", "--format", "lut"], "unknown format 'lut'"),
        (["second.cube", "-o", "out.cube"], "one file cannot hold 2 LUTs"),
        (["sub/warm.cube", "-o", ".", "--format", "xmp"], "not the only one that would become warm.xmp"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_written(lutbridge, warm, tmp_path, monkeypatch, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    result = lutbridge("lut", "convert", warm, *arguments)
    assert result.code == 2 and sentence in result.err
    assert sorted(tmp_path.rglob("*")) == before


def test_neither_inputs_nor_other_files_are_overwritten_unasked(lutbridge, warm, tmp_path):
    content = warm.read_bytes()
    result = lutbridge("lut", "convert", warm, "-o", warm, "--existing", "overwrite")
    assert result.code == 2 and "is also the input" in result.err and warm.read_bytes() == content
    (tmp_path / "there.cube").write_text("precious")
    result = lutbridge("lut", "convert", warm, "-o", tmp_path / "there.cube")
    assert result.code == 2 and "already exists" in result.err
    assert (tmp_path / "there.cube").read_text() == "precious"
    assert lutbridge("lut", "convert", warm, "-o", tmp_path / "there.cube", "--existing", "overwrite").code == 0


def test_an_input_under_another_name_is_not_overwritten_either(lutbridge, warm, tmp_path):
    content, link, hard = warm.read_bytes(), tmp_path / "link.cube", tmp_path / "hard.cube"
    link.symlink_to(warm)
    hard.hardlink_to(warm)
    for output in (link, hard, tmp_path / "x" / ".." / "warm.cube"):
        (tmp_path / "x").mkdir(exist_ok=True)
        result = lutbridge("lut", "convert", warm, "--size", "5", "-o", output, "--existing", "overwrite")
        assert result.code == 2 and "is also the input" in result.err
    assert warm.read_bytes() == content == hard.read_bytes()


def test_a_domain_is_baked_in_with_a_word_about_what_is_left_out(lutbridge, tmp_path):
    rows = "\n".join(f"{r} {g} {b}" for b, g, r in np.ndindex(2, 2, 2))
    (tmp_path / "wide.cube").write_text(f"LUT_3D_SIZE 2\nDOMAIN_MAX 2 2 2\n{rows}\n")
    result = lutbridge("lut", "convert", tmp_path / "wide.cube", "-o", tmp_path / "plain.cube")
    assert result.code == 0 and "colours outside 0 to 1 are cut off" in result.err
    assert np.allclose(load(tmp_path / "plain.cube").lut.apply(np.array([1, 0.5, 0])), [0.5, 0.25, 0], atol=1e-5)


def test_json_has_an_object_for_a_file_that_fails(lutbridge, warm, tmp_path):
    (tmp_path / "bad.cube").write_text("LUT_3D_SIZE 2\n0 0 0\n")
    for command in (["convert", "--format", "csp", "-o", tmp_path / "out"], ["info"]):
        result = lutbridge("lut", command[0], tmp_path / "bad.cube", warm, *command[1:], "--json")
        failed, done = map(json.loads, result.out.splitlines())
        assert result.code == 1 and set(failed) == {"file", "error"} and "rows" in failed["error"]
        assert "error" not in done


@pytest.mark.parametrize("command", [["convert", "-o", "out.csp"], ["plot", "-o", "out.png"]])
def test_a_full_disk_is_exit_code_3(lutbridge, warm, tmp_path, monkeypatch, command):
    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("os.fsync", full)
    result = lutbridge("lut", command[0], warm, *command[1:])
    assert result.code == 3 and "the disk is full" in result.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["warm.cube"]


def test_what_clips_is_not_written_unless_that_is_allowed(lutbridge, write_lut, tmp_path):
    bright = write_lut("bright.spi3d", Lut3D(1.2 * Lut3D.identity(5).lattice - 0.1))
    for suffix, share in ((".cube", "78.40%"), (".xmp", "78.40%"), (".png", "52.95%")):
        output = tmp_path / f"out{suffix}"
        result = lutbridge("lut", "convert", bright, "-o", output)
        assert result.code == 4 and "of its entries, by up to 25.5 of 255" in result.err and not output.exists()
        result = lutbridge("lut", "convert", bright, "-o", output, "--allow-clipping", "--json")
        facts = json.loads(result.out)
        assert result.code == 0 and f"clipped {share} of its entries" in result.err
        assert facts["clipped"]["largest"] == pytest.approx(0.1, abs=1e-6) and output.exists()
    assert lutbridge("lut", "convert", bright, "-o", tmp_path / "out.clf").code == 0


def test_with_a_shaper_a_cube_keeps_domain_curves_and_range(lutbridge, write_lut, tmp_path):
    curves = np.linspace([0.0] * 3, [1.0] * 3, 33) ** 0.4
    scene = Lut3D(1.5 * Lut3D.identity(9).lattice, "Scene", ((0.0,) * 3, (8.0,) * 3), curves)
    source, kept = write_lut("scene.csp", scene), tmp_path / "kept.cube"
    assert "colours outside 0 to 1 are cut off" in lutbridge("lut", "convert", source, "-o", tmp_path / "cut.cube").err
    result = lutbridge("lut", "convert", source, "-o", kept, "--shaper", "auto", "--json")
    facts, rgb = json.loads(result.out), np.random.default_rng(0).uniform(0, 8, (1000, 3))
    assert result.code == 0 and facts["clipped"] == {"share": 0.0, "largest": 0.0}
    assert facts["deviation"]["largest"] < 1e-5
    assert np.abs(load(kept).lut.apply(rgb) - load(source).lut.apply(rgb)).max() < 1e-5
