"""After one warm-up no command compiles anything, whatever kind of photo it meets."""

import os
import subprocess
import sys

import numpy as np
import pytest
import tifffile
from PIL import Image

MODELS = ("portrait-v2", "portrait-v1")
COMPILE = "from lutbridge.cli.compiling import compile_kernels; print(compile_kernels())"
# Runs each line of its standard input as a command, and prints what had to be compiled for it.
COMMANDS = """
import sys
from click.testing import CliRunner
from lutbridge.cli.main import cli
from lutbridge.lut.numba_internals import when_compiling
for line in sys.stdin:
    compiled = []
    with when_compiling(lambda: compiled.append(1)):
        result = CliRunner().invoke(cli, line.split())
    assert result.exit_code == 0, (line, result.output)
    print(len(compiled), line, end="")
"""


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """A folder with every kernel compiled into it, from nothing."""
    folder = tmp_path_factory.mktemp("kernels")
    run = python(folder, COMPILE)
    said = run.stderr.splitlines()
    assert said[0] == "compiling for this processor (once): portrait-v2, 8 bit (1 of 14)"
    assert int(run.stdout) == len(said) > 5
    return folder


def python(cache, program, lines=""):
    environment = os.environ | {"NUMBA_CACHE_DIR": str(cache)}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, env=environment, input=lines, capture_output=True, text=True, check=True)


def test_a_second_warm_up_compiles_nothing(cache):
    run = python(cache, COMPILE)
    assert run.stdout == "0\n"
    assert run.stderr == ""


def test_no_command_compiles_anything_afterwards(cache, tmp_path):
    photos, out = tmp_path / "photos", tmp_path / "out"
    photos.mkdir()
    ramp = np.linspace(0, 255, 96 * 64 * 3).reshape(64, 96, 3)
    pixels = (ramp + np.random.default_rng(0).normal(0, 8, ramp.shape)).clip(0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(photos / "8-bit.jpg")
    Image.fromarray(pixels).convert("L").save(photos / "grey.png")
    tifffile.imwrite(photos / "16-bit.tif", pixels.astype(np.uint16) * 257, photometric="rgb")
    tifffile.imwrite(photos / "float.tif", pixels / np.float32(255), photometric="rgb")
    look = out / "cube" / "8-bit.cube"
    commands = [
        *(f"render {photos} -o {out}/{model} --model {model} --input-encoding srgb" for model in MODELS),
        f"render {photos} -o {out}/group --group auto --input-encoding srgb",
        f"cube {photos}/8-bit.jpg -o {out}/cube",
        *(f"cube {photos} -o {out}/cube-{model} --model {model} --input-encoding srgb" for model in MODELS),
        f"cube {photos}/16-bit.tif -o {out}/parts --parts",
        f"cube {photos} -o {out}/cube-group --group auto --input-encoding srgb",
        f"lut apply {look} {photos} -o {out}/applied --input-encoding srgb",
        f"lut resize {look} --size 5 -o {out}/small.cube",
        f"lut invert {out}/small.cube -o {out}/inverse.cube",
        f"lut blend {look} --strength 0.5 -o {out}/blended.cube",
        f"lut compose {look} {look} -o {out}/twice.cube",
        f"lut plot {look} -o {out}/plot.png",
    ]
    lines = "".join(f"{command}\n" for command in commands)
    said = python(cache, COMMANDS, lines).stdout.splitlines()
    assert said == [f"0 {command}" for command in commands]
