"""Options of render, cube and `lut apply` from a TOML file."""

import pytest

from lutbridge.cli.config import find_config
from lutbridge.errors import UsageError
from lutbridge.image.read import read


@pytest.fixture
def config(shoot):
    """Writes the lutbridge.toml beside the photos of the shoot."""

    def write(text, path=shoot / "lutbridge.toml"):
        path.write_text(text, encoding="utf-8")
        return path

    return write


def names(folder):
    """Of files; the manifest is hidden."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name[0] != ".")
    return sorted(path.relative_to(folder).as_posix() for path in files)


def test_the_file_beside_the_photos_is_used_and_said(lutbridge, shoot, config, toy_model):
    path = config(f'output = "out"\nmodel = "{toy_model.as_posix()}"\n[render]\nformat = "png"\n[cube]\nsize = 9\n')
    done = lutbridge("render", shoot)
    assert done.code == 0, done.err
    assert names(shoot / "out") == ["a.png", "b.png", "late/c.png"], "a place in the file is seen from the file"
    assert done.err.splitlines()[0] == f"settings from {path}" and "other types" not in done.err
    cubes = lutbridge("cube", shoot, "-o", shoot / "luts")
    assert cubes.code == 0, cubes.err
    assert "LUT_3D_SIZE 9" in (shoot / "luts" / "a.cube").read_text()


def test_the_command_line_wins(lutbridge, shoot, config, toy_model, tmp_path):
    config('output = "out"\nmask = true\nformat = "png"\nstrength = 0.5\n')
    again = ("render", shoot / "a.png", "-o", tmp_path / "x.tif", "--model", toy_model, "--no-mask", "-v")
    done = lutbridge(*again, "--strength", 0)
    assert done.code == 0, done.err
    assert read(tmp_path / "x.tif").container.format == "tiff" and not (shoot / "out").exists()
    assert (read(tmp_path / "x.tif").pixels == read(shoot / "a.png").pixels).all()
    assert f"settings from {shoot / 'lutbridge.toml'}: format png; overridden on the command line:" in done.err
    assert "overridden on the command line: output, mask, strength" in done.err


def test_a_format_for_everything_goes_to_the_command_that_has_it(lutbridge, shoot, config, toy_model, tmp_path):
    config(f'model = "{toy_model.as_posix()}"\nformat = "xmp"\n')
    assert lutbridge("cube", shoot / "a.png", "-o", tmp_path / "luts").code == 0
    assert lutbridge("render", shoot / "a.png", "-o", tmp_path / "photos").code == 0
    assert (names(tmp_path / "luts"), names(tmp_path / "photos")) == (["a.xmp"], ["a.png"])


def test_a_named_file_takes_the_place_of_the_one_beside_the_photos(lutbridge, shoot, config, toy_model, tmp_path):
    config("strength = 7")
    named = config('name = "{stem}-v2"', tmp_path / "mine.toml")
    done = lutbridge("render", shoot / "a.png", "-o", tmp_path / "out", "--model", toy_model, "--config", named)
    assert done.code == 0 and names(tmp_path / "out") == ["a-v2.png"]
    assert "settings from" not in done.err, "you know what you named"


def test_the_file_beside_the_photos_can_be_left_alone(lutbridge, shoot, config, toy_model, tmp_path):
    config("strength = 7")
    done = lutbridge("render", shoot / "a.png", "-o", tmp_path / "out", "--model", toy_model, "--no-config")
    assert done.code == 0 and names(tmp_path / "out") == ["a.png"]


def test_quiet_in_the_file_and_verbose_on_the_command_line(lutbridge, shoot, config, toy_model, tmp_path):
    config("quiet = true")
    call = ("render", shoot / "a.png", "--model", toy_model)
    assert lutbridge(*call, "-o", tmp_path / "1").err == ""
    assert "toy on cpu" in lutbridge(*call, "-o", tmp_path / "2", "-v").err


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("strenght = 1", "unknown setting 'strenght'; did you mean 'strength'?"),
        ("input_encoding = 'srgb'", "unknown setting 'input_encoding'; did you mean 'input-encoding'?"),
        ("[render]\nsize = 9", "unknown setting 'size' of [render]; choose from "),
        ("config = 'other.toml'", "unknown setting 'config'"),
        ("strength = 2", "strength: 2.0 is not between 0 and 1"),
        ("strength = nan", "strength: nan is not between 0 and 1"),
        ("strength = 'much'", "strength: 'much' is not a valid float."),
        ("format = 'gif'", "format: 'gif' is not one of 'jpeg', 'png', 'tiff', 'webp'."),
        ("bits = 12", "bits: '12' is not one of '8', '16'."),
        ("size = 33.5", "size: '33.5' is not a valid integer range."),
        ("quality = true", "quality must be text or a number, not true or false"),
        ("mask = 'yes'", "mask must be true or false, not 'yes'"),
        ("icc = ['srgb']", "icc must be text or a number, not a list"),
        ("strength 1", "not valid TOML (Expected '=' after a key"),
        ("output = '../elsewhere'", "output points outside the photos' folder, which a file found beside"),
        ("report = '/tmp/report.html'", "report points outside the photos' folder"),
        ("existing = 'overwrite'", "existing = overwrite would replace files, which a file found beside"),
    ],
)
def test_a_fault_is_named_before_anything_is_written(lutbridge, shoot, config, toy_model, tmp_path, text, sentence):
    path = config(text)
    done = lutbridge("render", shoot, "-o", tmp_path / "out", "--model", toy_model)
    assert done.code == 2 and f"lutbridge: {path}: {sentence}" in done.err, done.err
    assert len(done.err.splitlines()) == 1 and not (tmp_path / "out").exists()


def test_what_was_named_may_write_where_it_says(lutbridge, shoot, config, toy_model, tmp_path):
    path = config(f'output = "../out"\nexisting = "overwrite"\nmodel = "{toy_model.as_posix()}"')
    assert lutbridge("render", shoot / "a.png", "--config", path).code == 0
    assert names(tmp_path / "out") == ["a.png"]


def test_numbers_and_texts_count_as_if_typed(lutbridge, shoot, config, toy_model, tmp_path):
    config("bits = 16\nicc = 'srgb'\nstrength = 1")
    assert lutbridge("render", shoot / "a.png", "-o", tmp_path / "out", "--model", toy_model).code == 0
    assert read(tmp_path / "out" / "a.png").pixels.dtype.itemsize == 2


def test_a_profile_beside_the_file_is_found(lutbridge, shoot, config, toy_model, tmp_path):
    from lutbridge.color import icc

    (shoot / "own.icc").write_bytes(icc.srgb())
    config("icc = 'own.icc'")
    assert lutbridge("render", shoot / "a.png", "-o", tmp_path / "out", "--model", toy_model).code == 0
    assert read(tmp_path / "out" / "a.png").container.icc == icc.srgb()


def test_a_file_that_windows_notepad_wrote_is_read(lutbridge, shoot, toy_model, tmp_path):
    (shoot / "lutbridge.toml").write_bytes("\ufeffname = '{stem}-ü'\r\n".encode())
    assert lutbridge("render", shoot / "a.png", "-o", tmp_path / "out", "--model", toy_model).code == 0
    assert names(tmp_path / "out") == ["a-ü.png"]


def test_a_missing_or_odd_file_is_named(lutbridge, shoot, tmp_path):
    missing = lutbridge("render", shoot, "-o", tmp_path / "out", "--config", tmp_path / "no.toml")
    assert missing.code == 2 and "no.toml: there is no such file; --config needs a TOML file" in missing.err
    folder = lutbridge("render", shoot, "-o", tmp_path / "out", "--config", shoot)
    assert folder.code == 2 and "this is a folder, not a config file" in folder.err
    (shoot / "lutbridge.toml").write_bytes(b"\xff\xfe")
    assert "not valid TOML" in lutbridge("render", shoot, "-o", tmp_path / "out").err


def test_two_files_that_both_apply_are_refused(tmp_path):
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
    (tmp_path / "a" / "lutbridge.toml").touch()
    assert find_config([str(tmp_path / "a"), str(tmp_path / "c" / "1.jpg")]) == tmp_path / "a" / "lutbridge.toml"
    assert find_config([str(tmp_path / "b")]) is None
    (tmp_path / "b" / "lutbridge.toml").touch()
    with pytest.raises(UsageError, match="both apply; choose one with --config"):
        find_config([str(tmp_path / "a" / "1.jpg"), str(tmp_path / "b")])


@pytest.mark.parametrize("command", ["render", "cube"])
def test_every_option_can_stand_in_the_file(command):
    from importlib import import_module

    from lutbridge.cli.config import _options

    options = import_module(f"lutbridge.cli.commands.{command}").command.params
    longs = {opt[2:] for option in options for opt in option.opts if opt.startswith("--")}
    assert set(_options(import_module(f"lutbridge.cli.commands.{command}").command)) == longs - {"config", "no-config"}


@pytest.fixture
def lut(tmp_path):
    """A file with a LUT that turns everything over."""
    corners = [f"{1 - r} {1 - g} {1 - b}" for b in (0, 1) for g in (0, 1) for r in (0, 1)]
    path = tmp_path / "negative.cube"
    path.write_text("LUT_3D_SIZE 2\n" + "\n".join(corners) + "\n")
    return path


def test_a_lut_is_applied_as_the_file_says(lutbridge, shoot, config, lut):
    path = config('output = "out"\nsize = 9\n[lut.apply]\nformat = "png"\nstrength = 0\n[render]\nbits = 16\n')
    done = lutbridge("lut", "apply", lut, shoot)
    assert done.code == 0, done.err
    assert done.err.splitlines()[0] == f"settings from {path}"
    assert names(shoot / "out") == ["a.png", "b.png", "late/c.png"]
    result = read(shoot / "out" / "a.png").pixels
    assert result.dtype.itemsize == 1 and (result == read(shoot / "a.png").pixels).all()


def test_what_is_for_lut_apply_alone_is_not_for_others(lutbridge, shoot, config, lut, toy_model, tmp_path):
    config(f'model = "{toy_model.as_posix()}"\ninterp = "trilinear"\n[lut.apply]\nformat = "tiff"')
    assert lutbridge("render", shoot / "a.png", "-o", tmp_path / "photos").code == 0
    assert lutbridge("lut", "apply", lut, shoot / "a.png", "-o", tmp_path / "applied").code == 0
    assert (names(tmp_path / "photos"), names(tmp_path / "applied")) == (["a.png"], ["a.tif"])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[lut.apply]\ninterpp = 'trilinear'", "unknown setting 'interpp' of [lut.apply]; did you mean 'interp'?"),
        ("[lut.convert]\nsize = 9", "unknown setting 'lut'"),
        ("lut = 'negative.cube'", "unknown setting 'lut'"),
    ],
)
def test_faults_about_lut_apply_are_named(lutbridge, shoot, config, lut, tmp_path, text, sentence):
    path = config(text)
    done = lutbridge("lut", "apply", lut, shoot, "-o", tmp_path / "out")
    assert done.code == 2 and f"lutbridge: {path}: {sentence}" in done.err, done.err
    assert not (tmp_path / "out").exists()


def test_a_photo_from_stdin_has_no_file_beside_it(tmp_path, monkeypatch):
    (tmp_path / "lutbridge.toml").write_text("strenght = 1")
    monkeypatch.chdir(tmp_path)
    assert find_config(["-"]) is None
