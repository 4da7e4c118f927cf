"""What a LUT says about where it comes from is a comment to every program: the same colours with it and without."""

import subprocess

import numpy as np
import pytest

from lutbridge.lut.formats import FORMATS
from lutbridge.lut.lut3d import Lut3D
from lutbridge.lut.provenance import Matching, Provenance, Source

from . import lut_programs

PHOTO, MODEL = Source("x" * 90, "b" * 64), Source("portrait-v2", "a" * 64)
OF_PHOTO = Provenance("0.1", MODEL, (PHOTO,), "fitted", 33, 1.0, 0.5, weights=(1 / 3,) * 20, loss=(0.1, 0.2))
OF_GROUP = Provenance(
    "0.1", MODEL, (PHOTO,) * 1000, "shared", 33, 1.0, 0.5, matching=Matching(0.5, PHOTO), photo_count=1000
)
CODES = np.random.default_rng(0).integers(0, 65536, (64, 64, 3)).astype(np.uint16)


def by_ffmpeg(path):
    return lut_programs.by_ffmpeg(["-vf", f"lut3d=file={path}:interp=tetrahedral"], CODES, "rgb48le")


def by_imagemagick(path):
    raw = CODES.astype("<u2").tobytes()
    command = ["convert", "-depth", "16", "-endian", "LSB", "-size", "64x64", "rgb:-", path, "-hald-clut", "rgb:-"]
    return np.frombuffer(subprocess.run(command, input=raw, capture_output=True, check=True).stdout, "<u2")


PROGRAMS = {
    "ffmpeg": ("cube", by_ffmpeg),
    "darktable": ("cube", lambda path: lut_programs.by_darktable(path, CODES)),
    "OpenColorIO": ("cube", lambda path: lut_programs.by_ocio(path, CODES / np.float32(65535))),
    "darktable, HaldCLUT": ("hald", lambda path: lut_programs.by_darktable(path, CODES)),
    "RawTherapee": ("hald", lambda path: lut_programs.by_rawtherapee(path, CODES)),
    "ImageMagick": ("hald", by_imagemagick),
}


@pytest.mark.parametrize("made", [OF_PHOTO, OF_GROUP], ids=["photo", "group"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_the_same_colours_with_it_and_without(tmp_path, program, made):
    name, through = PROGRAMS[program]
    format_, found = FORMATS[name], []
    lut = format_.prepare(Lut3D(1 - Lut3D.identity(25).lattice ** 1.5, "negative"))
    for lines in ([], made.lines()):
        folder = tmp_path / str(len(found))
        folder.mkdir()
        path = folder / f"look{format_.suffixes[0]}"
        path.write_bytes(format_.to_bytes(lut, lines))
        found.append(np.asarray(through(path), float))
    assert np.array_equal(*found) and np.abs(found[0] - np.ravel(CODES)[0]).max() > 0
