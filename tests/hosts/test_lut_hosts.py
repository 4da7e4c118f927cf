"""What `lut check` says about FFmpeg and OpenColorIO, held against them: odd .cube files, loaded and applied."""

import subprocess

import numpy as np
import PyOpenColorIO as ocio  # noqa: N813
import pytest

from lutbridge.lut.formats import load
from lutbridge.lut.hosts import verdicts

COLOUR = np.array([0.5, 0.25, 0.75], np.float32)
TITLE, HALVES = 'TITLE "x"', ("0 0 0", "0.5 0.5 0.5")

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
    file = ocio.FileTransform(str(path), interpolation=ocio.INTERP_TETRAHEDRAL)
    try:
        processor = ocio.Config.CreateRaw().getProcessor(file)
    except ocio.Exception:
        return None
    return np.array(processor.getDefaultCPUProcessor().applyRGB(COLOUR.tolist()))


def by_ffmpeg(path):
    frame = ["-f", "rawvideo", "-pix_fmt", "gbrpf32le"]
    command = ["ffmpeg", "-v", "error", *frame, "-s", "4x4", "-i", "-", "-vf", f"lut3d=file={path}", *frame, "-"]
    planes = np.repeat(COLOUR[[1, 2, 0]], 16).tobytes()
    ran = subprocess.run(command, input=planes, capture_output=True)
    return None if ran.returncode else np.frombuffer(ran.stdout, np.float32).reshape(3, 16)[[2, 0, 1], 0]


@pytest.mark.parametrize(("host", "program"), [("OpenColorIO", by_ocio), ("FFmpeg lut3d", by_ffmpeg)])
@pytest.mark.parametrize("kind", FILES)
def test_what_is_said_to_load_gives_our_colours_and_nothing_else_does(tmp_path, kind, host, program):
    above, below, shaper, M = FILES[kind]
    rows = [f"{r / (M - 1):.6f} {g / (M - 1):.6f} {b / (M - 1):.6f}" for b, g, r in np.ndindex(M, M, M)]
    path = tmp_path / "odd.cube"
    path.write_text("\n".join([*above, f"LUT_3D_SIZE {M}", *below, *shaper, *rows]) + "\n")
    file = load(path)
    said = next(verdict for verdict in verdicts(file) if verdict.host == host)
    found = program(path)
    same = found is not None and np.abs(found - file.lut.apply(COLOUR)).max() < 1e-3
    assert said.loads == same, f"{said.reason}; the program gave {found}"
