"""- for stdin and stdout: bytes in and out, messages on stderr."""

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from lutbridge.lut.formats import load


def run(*arguments, data=b""):
    command = [sys.executable, "-m", "lutbridge", "lut", *map(str, arguments)]
    return subprocess.run(command, input=data, capture_output=True)


def colours():
    return np.random.default_rng(0).random((500, 3))


@pytest.mark.parametrize(("name", "suffix"), [(None, ".cube"), ("xmp", ".xmp"), ("hald", ".png"), ("clf", ".clf")])
def test_a_lut_goes_from_stdin_to_stdout(warm, tmp_path, name, suffix):
    ran = run("convert", "-", "-o", "-", *(["--format", name] if name else []), data=warm.read_bytes())
    (tmp_path / f"out{suffix}").write_bytes(ran.stdout)
    off = np.abs(load(tmp_path / f"out{suffix}").lut.apply(colours()) - load(warm).lut.apply(colours())).max()
    assert ran.returncode == 0 and off < 0.01 and b"stdout: grid" in ran.stderr


@pytest.mark.parametrize("verb", [("convert",), ("resize", "--size", "9"), ("blend", "--strength", "0.5"), ("invert",)])
def test_a_lut_goes_from_stdin_to_a_file(warm, tmp_path, verb):
    ran = run(*verb, "-", "-o", tmp_path / "out.cube", data=warm.read_bytes())
    assert ran.returncode == 0, ran.stderr
    assert load(tmp_path / "out.cube").lut.grid_size


def test_verbs_follow_each_other_in_a_pipe(warm, tmp_path):
    half = run("blend", "-", "--strength", "0.5", "-o", "-", data=warm.read_bytes()).stdout
    small = run("resize", "-", "--size", "9", "-o", "-", data=half).stdout
    (tmp_path / "small.cube").write_bytes(small)
    expected = (colours() + load(warm).lut.apply(colours())) / 2
    assert np.abs(load(tmp_path / "small.cube").lut.apply(colours()) - expected).max() < 0.01
    assert run("compose", "-", warm, "-o", "-", data=half).stdout.startswith(b"TITLE")
    assert run("invert", "-", "-o", "-", data=half).stdout.startswith(b"TITLE")
    assert b"stdin: cube" in run("info", "-", data=half).stdout and run("check", "-", data=half).returncode == 0
    assert run("hald", "-o", "-", "--level", "4").stdout.startswith(b"\x89PNG")
    assert run("plot", "-", "-o", "-", data=half).stdout.startswith(b"\x89PNG")


def test_a_photo_goes_through_and_the_lut_too(warm, shoot, tmp_path):
    photo = (shoot / "a.png").read_bytes()
    for arguments, data in (((warm, "-"), photo), (("-", shoot / "a.png"), warm.read_bytes())):
        ran = run("apply", *arguments, "-o", "-", data=data)
        (tmp_path / "out.png").write_bytes(ran.stdout)
        before, after = (np.asarray(Image.open(path)) for path in (shoot / "a.png", tmp_path / "out.png"))
        assert ran.returncode == 0 and np.abs(after - 255 * load(warm).lut.apply(before / 255)).max() <= 0.51


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["compose", "-", "-", "-o", "a.cube"], b"only one file can come from stdin"),
        (["blend", "-", "--strength", "1", "-o", "-", "--json"], b"both write to stdout"),
        (["blend", "-", "--strength", "1", "-o", "a.cube", "--format", "xmp"], b"--format only works with -o -"),
        (["apply", "-", "-", "-o", "-"], b"only the LUT or the photo can come from stdin"),
        (["apply", "-", "a.png", "b.png", "-o", "-"], b"stdout can take only one photo"),
        (["convert", "-", "-o", "-", "--format", "lut"], b"unknown format 'lut'"),
    ],
)
def test_what_cannot_share_a_stream_is_refused(tmp_path, monkeypatch, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    ran = run(*arguments)
    assert ran.returncode == 2 and sentence in ran.stderr and not ran.stdout and not list(tmp_path.iterdir())


def test_a_lut_that_is_none_is_called_stdin():
    ran = run("convert", "-", "-o", "-", data=b"LUT_3D_SIZE 2\n0 0 0\n")
    assert ran.returncode == 1 and b"stdin: " in ran.stderr and b"rows" in ran.stderr
