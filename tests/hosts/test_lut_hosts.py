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
    "domain of green and blue": (("DOMAIN_MAX 1 2 2",), (), (), 3),
    "domain from below zero of green": ((), ("DOMAIN_MIN 0 -1 0",), (), 3),
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
    "domain ends on both sides of the size": (("DOMAIN_MIN 0 0 0",), ("DOMAIN_MAX 2 2 2",), (), 3),
    "domain below one": ((), ("DOMAIN_MAX 0.9 0.9 0.9",), (), 3),
    "a range below the size, and a comment": (("# a comment",), ("LUT_3D_INPUT_RANGE 0 1",), (), 3),
    "a shaper of Resolve with a comment": (("LUT_1D_SIZE 2",), (), (HALVES[0], "# a comment", HALVES[1]), 3),
    "a domain with a comment": (("DOMAIN_MAX 2 2 2 # wide",), (), (), 3),
    "a range with a comment": (("LUT_3D_INPUT_RANGE 0 2 # wide",), (), (), 3),
    "an indented comment above the size": (("  # a comment",), (), (), 3),
    "an indented comment below the size": ((TITLE,), ("  # a comment",), (), 3),
    "a comment behind the title": ((TITLE + " # a comment",), (), (), 3),
    "a comment behind the domain": ((), ("DOMAIN_MAX 1 1 1 # white",), (), 3),
    "a domain in lower case": ((), ("domain_max 2 2 2",), (), 3),
    "a default domain in lower case above": (("domain_max 1 1 1",), (), (), 3),
    "a title in lower case": (('title "x"',), (), (), 3),
    "a title in lower case, of two words": (('title "x y"',), (), (), 3),
    "blanks before the domain": ((), (" DOMAIN_MAX 1 1 1",), (), 3),
    "a comment of 511 bytes below the size": ((), ("#" * 511,), (), 3),
    "a comment of 512 bytes below the size": ((), ("#" + "x" * 511,), (), 3),
    "a long title below the size": ((), ('TITLE "' + "x" * 600 + '"',), (), 3),
}
BOM = b"\xef\xbb\xbf"
# What is done to the bytes of a file with LUT_3D_SIZE first
CHANGES = {
    "a size in lower case": lambda data: data.replace(b"LUT_3D_SIZE", b"lut_3d_size"),
    "a size in both cases": lambda data: data.replace(b"LUT_3D_SIZE", b"Lut_3D_Size"),
    "blanks before the size": lambda data: b"  " + data,
    "a tab before the size": lambda data: b"\t" + data,
    "a comment behind the size": lambda data: data.replace(b"SIZE 3\n", b"SIZE 3 # points\n"),
    "a tab behind the size": lambda data: data.replace(b"SIZE 3", b"SIZE\t3"),
    "CR only": lambda data: data.replace(b"\n", b"\r"),
    "CR and LF": lambda data: data.replace(b"\n", b"\r\n"),
    "one CR among LF": lambda data: data.replace(b"\n", b"\r", 5).replace(b"\r", b"\n", 4),
    "comments behind rows": lambda data: data.replace(b"00\n", b"00 # a comment\n"),
    "blanks behind rows": lambda data: data.replace(b"00\n", b"00 \n"),
    "comments and blank lines among rows": lambda data: data.replace(b"0.500000\n", b"0.500000\n\n# a\n", 3),
    "a long comment among rows": lambda data: data.replace(b"0.500000\n", b"0.500000\n# " + b"x" * 600 + b"\n", 1),
    "blanks and tabs before rows": lambda data: data.replace(b"\n", b"\n \t"),
    "a byte-order mark before the size": lambda data: BOM + data,
    "a byte-order mark before the title": lambda data: BOM + b'TITLE "x"\n' + data,
    "a byte-order mark before a domain": lambda data: BOM + b"DOMAIN_MAX 2 2 2\n" + data,
    "a title in Latin-1 without quotes": lambda data: b"TITLE caf\xe9\n" + data,
    "no last line end": lambda data: data.rstrip(),
    "exponents": lambda data: data.replace(b"1.000000", b"1E+00"),
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
    except ValueError:
        return None


PROGRAMS = [("OpenColorIO", by_ocio), ("FFmpeg lut3d", by_ffmpeg), ("darktable", by_darktable)]


@pytest.mark.parametrize(("host", "program"), PROGRAMS, ids=[host for host, _ in PROGRAMS])
@pytest.mark.parametrize("kind", [*FILES, *CHANGES])
def test_what_is_said_to_load_gives_our_colours_and_nothing_else_does(tmp_path, kind, host, program):
    above, below, shaper, M = FILES.get(kind, ((), (), (), 3))
    change = CHANGES.get(kind, lambda data: data)
    negative = 1 - np.stack(np.meshgrid(*[np.linspace(0, 1, M)] * 3, indexing="ij"), -1)
    rows = ["{:.6f} {:.6f} {:.6f}".format(*rgb) for rgb in negative.transpose(2, 1, 0, 3).reshape(-1, 3)]
    path = tmp_path / "odd.cube"
    data = "\n".join([*above, f"LUT_3D_SIZE {M}", *below, *shaper, *rows]) + "\n"
    path.write_bytes(change(data.encode()))
    file = load(path)
    said = next(verdict for verdict in verdicts(file) if verdict.host == host)
    found = program(path)
    same = found is not None and np.abs(found - file.lut.apply(COLOUR)).max() < EXACT
    assert said.loads == same, f"{said.reason}; the program gave {found}"
