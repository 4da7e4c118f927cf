"""What `lut check` says about darktable, FFmpeg and OpenColorIO, held against them: odd .cube files of a negative."""

import subprocess

import numpy as np
import PyOpenColorIO as ocio  # noqa: N813
import pytest

from lutbridge.lut.formats import load
from lutbridge.lut.hosts import verdicts

from . import lut_programs

COLOUR = np.array([0.5, 0.25, 0.75], np.float32)
TITLE, HALVES = 'TITLE "x"', ("0 0 0", "0.5 0.5 0.5")
EXACT = 3e-3  # darktable goes through linear Rec. 2020 and back

# Lines above LUT_3D_SIZE, lines below it, a 1D table, grid size
FILES = {
    "plain": ((TITLE,), (), (), 3),
    "title below the size": ((), (TITLE,), (), 3),
    "domain above the size": (("DOMAIN_MAX 2 2 2",), (), (), 3),
    "domain below the size": ((), ("DOMAIN_MIN 0 0 0", "DOMAIN_MAX 2 2 2"), (), 3),
    "domain from below zero": ((), ("DOMAIN_MIN -1 -1 -1", "DOMAIN_MAX 1 1 1"), (), 3),
    "range 0 1": (("LUT_3D_INPUT_RANGE 0 1",), (), (), 3),
    "range 0 2": (("LUT_3D_INPUT_RANGE 0 2",), (), (), 3),
    "range below the size": ((), ("LUT_3D_INPUT_RANGE 0 1",), (), 3),
    "title and range 0 1": ((TITLE, "LUT_3D_INPUT_RANGE 0 1"), (), (), 3),
    "title and range 0 2": ((TITLE, "LUT_3D_INPUT_RANGE 0 2"), (), (), 3),
    "title and range below": ((TITLE,), ("LUT_3D_INPUT_RANGE 0 1",), (), 3),
    "shaper": (("LUT_1D_SIZE 2",), (), HALVES, 3),
    "title and shaper": ((TITLE, "LUT_1D_SIZE 2"), (), HALVES, 3),
    "a long line": (("# " + "x" * 600,), (), (), 3),
    "grid of 129": ((), (), (), 129),
    "grid of 130": ((), (), (), 130),
}


def by_ocio(path):
    try:
        return lut_programs.by_ocio(path, COLOUR[None])[0]
    except ocio.Exception:
        return None


def by_ffmpeg(path):
    arguments = ["-vf", f"lut3d=file={path}:interp=tetrahedral"]
    try:
        return lut_programs.by_ffmpeg(arguments, np.tile(COLOUR, (4, 4, 1)), "gbrpf32le")[0, 0]
    except subprocess.CalledProcessError:
        return None


def by_darktable(path):
    """Where it refuses a file, it goes on without, and the colour comes back as it was; some versions crash instead."""
    codes = np.rint(np.tile(COLOUR, (64, 64, 1)) * 65535).astype(np.uint16)
    try:
        return lut_programs.by_darktable(path, codes)[32, 32] / 65535
    except subprocess.CalledProcessError:
        return None


PROGRAMS = [("OpenColorIO", by_ocio), ("FFmpeg lut3d", by_ffmpeg), ("darktable", by_darktable)]


@pytest.mark.parametrize(("host", "program"), PROGRAMS, ids=[host for host, _ in PROGRAMS])
@pytest.mark.parametrize("kind", FILES)
def test_what_is_said_to_load_gives_our_colours_and_nothing_else_does(tmp_path, kind, host, program):
    above, below, shaper, M = FILES[kind]
    negative = 1 - np.stack(np.meshgrid(*[np.linspace(0, 1, M)] * 3, indexing="ij"), -1)
    rows = ["{:.6f} {:.6f} {:.6f}".format(*rgb) for rgb in negative.transpose(2, 1, 0, 3).reshape(-1, 3)]
    path = tmp_path / "odd.cube"
    path.write_text("\n".join([*above, f"LUT_3D_SIZE {M}", *below, *shaper, *rows]) + "\n")
    file = load(path)
    said = next(verdict for verdict in verdicts(file) if verdict.host == host)
    found = program(path)
    same = found is not None and np.abs(found - file.lut.apply(COLOUR)).max() < EXACT
    assert said.loads == same, f"{said.reason}; the program gave {found}"
