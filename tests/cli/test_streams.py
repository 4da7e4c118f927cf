"""- for a photo from stdin and the result to stdout; the commands for LUT files are in commands/lut/test_streams.py."""

import io
import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from lutbridge.lut.formats import load, load_stream


def run(*arguments, data=b""):
    return subprocess.run([sys.executable, "-m", "lutbridge", *map(str, arguments)], input=data, capture_output=True)


@pytest.fixture
def photo(make_photo, tmp_path):
    return make_photo(tmp_path / "a.png")


@pytest.fixture
def options(toy_model):
    return "--model", toy_model


def lattice(data):
    return load_stream(io.BytesIO(data), "stdout").lut.lattice


@pytest.mark.parametrize("name", ["cube", "xmp", "hald", "clf"])
def test_a_photos_lut_goes_to_stdout(photo, options, tmp_path, name):
    kind = ("--format", name, "--size", "9", *options)
    whole = run("cube", photo, "-o", tmp_path / "out", *kind)
    assert whole.returncode == 0
    written = load(next((tmp_path / "out").glob("[!.]*")))
    for source, data in ((photo, b""), ("-", photo.read_bytes())):
        ran = run("cube", source, "-o", "-", *kind, data=data)
        assert ran.returncode == 0 and (lattice(ran.stdout) == written.lut.lattice).all(), ran.stderr


def test_a_photo_from_stdin_goes_to_a_file_or_a_folder(photo, options, tmp_path):
    for place, output in (("look.cube", "look.cube"), ("luts", "luts/stdin.cube")):
        ran = run("cube", "-", "-o", tmp_path / place, "--size", "5", *options, data=photo.read_bytes())
        assert ran.returncode == 0 and load(tmp_path / output).lut.grid_size == 5
        assert b"photo: " in (tmp_path / output).read_bytes() and b" stdin\n" in (tmp_path / output).read_bytes()


def test_a_retouched_photo_goes_to_stdout(photo, options, tmp_path):
    run("render", photo, "-o", tmp_path / "out", *options)
    ran = run("render", "-", "-o", "-", *options, data=photo.read_bytes())
    expected = np.asarray(Image.open(tmp_path / "out" / "a.png"))
    assert ran.returncode == 0 and np.array_equal(np.asarray(Image.open(io.BytesIO(ran.stdout))), expected)
    as_jpeg = run("render", "-", "-o", "-", "--format", "jpeg", *options, data=photo.read_bytes())
    assert as_jpeg.stdout.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize("command", ["render", "cube"])
def test_what_is_wrong_is_said_of_stdin(options, command, tmp_path):
    ran = run(command, "-", "-o", "-", *options, data=b"no photo")
    assert ran.returncode == 1 and not ran.stdout
    assert b"stdin: " in ran.stderr and b"in stdout" in ran.stderr and b"lutbridge-" not in ran.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="the shell's way to close it")
@pytest.mark.parametrize("command", ["render -", "lut info -"])
def test_where_there_is_no_stdin_it_is_a_sentence(command, tmp_path):
    rest = f"-o '{tmp_path}'" if command == "render -" else ""
    ran = subprocess.run(["sh", "-c", f"'{sys.executable}' -m lutbridge {command} {rest} <&-"], capture_output=True)
    assert ran.returncode == 2 and ran.stderr == b"lutbridge: -: there is no stdin here; name a file\n"


def test_json_says_stdin_too(photo, options, tmp_path):
    ran = run("cube", "-", "-o", tmp_path / "luts", "--json", *options, data=photo.read_bytes())
    assert json.loads(ran.stdout.splitlines()[0])["photo"] == "stdin"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["cube", "-", "-o", "-", "--parts"], b"--parts does not go with -o -"),
        (["cube", "-", "-o", "-", "--dry-run"], b"--dry-run does not go with -o -"),
        (["render", "-", "-o", "-", "--mask"], b"--mask does not go with -o -"),
        (["render", "-", "-o", "-", "--report"], b"--report does not go with -o -"),
        (["render", "-", "-o", "-", "--json"], b"both write to stdout"),
        (["render", "-", "a.jpg", "-o", "out"], b"only one photo can come from stdin"),
        (["cube", "a.jpg", "b.jpg", "-o", "-"], b"stdout can take only one photo"),
        (["lut", "apply", "look.cube", "-", "-o", "-", "--report"], b"--report does not go with -o -"),
        (["lut", "parity", "-", "-"], b"only one file can come from stdin"),
        (["lut", "parity", "look.cube", "a.jpg", "-o", "-", "--json"], b"both write to stdout"),
        (["lut", "plot", "-", "-", "-o", "-"], b"only one file can come from stdin"),
        (["lut", "verify", "-", "--photo", "-"], b"only one file can come from stdin"),
    ],
)
def test_what_cannot_share_a_stream_is_refused(tmp_path, monkeypatch, arguments, sentence):
    monkeypatch.chdir(tmp_path)
    ran = run(*arguments)
    assert ran.returncode == 2 and sentence in ran.stderr and not ran.stdout and not list(tmp_path.iterdir())


def test_photos_from_stdin_are_verified_and_plotted(photo, options, tmp_path):
    look = tmp_path / "look.cube"
    run("cube", photo, "-o", look, "--size", "9", *options)
    ran = run("lut", "verify", look, "--photo", "-", *options, data=photo.read_bytes())
    assert ran.returncode == 0 and b"identical to the last digit" in ran.stdout
    assert run("lut", "plot", look, "-", "-o", "-", data=photo.read_bytes()).stdout.startswith(b"\x89PNG")


def test_the_sheet_of_a_comparison_goes_to_stdout_and_its_table_to_stderr(photo, options, tmp_path):
    look = tmp_path / "look.cube"
    run("cube", photo, "-o", look, "--size", "9", *options)
    ran = run("lut", "parity", look, "-", "-o", "-", data=photo.read_bytes())
    assert ran.returncode == 0 and ran.stdout.startswith(b"\x89PNG") and b"OpenColorIO" in ran.stderr
