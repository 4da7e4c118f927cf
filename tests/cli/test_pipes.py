"""A pipe in the place of a file is a sentence; to open one would wait for its other end."""

import os

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")

COMMANDS = {
    "a photo": "render {pipe}.jpg -o {out}",
    "a model": "render {photo} -o {out} --model {pipe}.safetensors",
    "the helper's model": "serve --model {pipe}.safetensors",
    "a profile": "render {photo} -o {out} --icc {pipe}.icc",
    "a list of groups": "groups {photo} {photo} --group {pipe}.txt",
    "a reference": "render {photo} -o {out} --group all --reference {pipe}.jpg",
    "a LUT": "lut check {pipe}.cube",
    "a config": "train --config {pipe}.toml --data {out} -o {out}",
    "a public model": "import-checkpoint {pipe}.pth {pipe}.pth -o {out}/a.safetensors",
}


@pytest.mark.parametrize("line", COMMANDS.values(), ids=COMMANDS)
def test_no_pipe_is_waited_for(lutbridge, make_photo, tmp_path, line):
    for suffix in ("jpg", "safetensors", "icc", "txt", "cube", "toml", "pth"):
        os.mkfifo(tmp_path / f"pipe.{suffix}")
    made = make_photo(tmp_path / "a.jpg")
    result = lutbridge(*line.format(pipe=tmp_path / "pipe", photo=made, out=tmp_path / "out").split())
    assert result.code in (1, 2, 3)
    assert "no ordinary file (a pipe, socket or device)" in result.out + result.err
