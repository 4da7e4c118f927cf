"""LUT files damaged at random (`make fuzz`): each is read whole, or refused by one sentence, in little memory.

FUZZ_FILES and FUZZ_SEED as in test_files.py; one LUT for twenty photos, as most start a process with OpenColorIO.
"""

import re
import resource
import sys

import numpy as np
import pytest

from lutbridge.errors import ReadError
from lutbridge.lut.formats import FORMATS, load, to_bytes
from lutbridge.lut.formats.lightroom_table import pack, read_spelling, spell, unpack
from lutbridge.lut.lut3d import Lut3D

from ..lut.formats.samples import cube, look, shaper
from .test_files import FILES, SEED, damaged

LUTS = FILES // 20
MOST_GROWTH_MB = 400  # of memory: a HaldCLUT of the largest level takes 300 MB; a table's size that is believed, 200


def seeds():
    """(suffix, data) of a small file of every format, and of the dialects."""
    for name, format_ in FORMATS.items():
        yield format_.suffixes[0], to_bytes(format_.prepare(look(4)), name)
    bent = look(3, domain=((-0.5, 0, 0), (1, 1.5, 1)), shaper=shaper(5))
    yield ".clf", to_bytes(bent, "clf")
    yield ".csp", to_bytes(bent, "csp")
    yield ".cube", cube(b'# a\nTITLE "a"\nLUT_3D_SIZE 2\nDOMAIN_MIN 0 0 0\nDOMAIN_MAX 2 2 2\n')
    curves = b"".join(b"%g %g %g\n" % tuple(row) for row in shaper(5).tolist())
    yield ".cube", cube(b"LUT_1D_SIZE 5\nLUT_1D_INPUT_RANGE 0 2\nLUT_3D_SIZE 2\n", curves + cube(b""))
    yield ".cube", b"LUT_1D_SIZE 5\n" + curves
    rows = b"".join(b"%d %d %d\n" % (r, g, b) for r in (0, 4095) for g in (0, 4095) for b in (0, 4095))
    yield ".3dl", b"3DMESH\nMesh 0 12\n0 300 600 1023\n" + rows + b"LUT8\ngamma 1.0\n"


WORDS = (
    b'nan -inf -1 0 2 3 17 256 257 4096 99999999999999999999 1e38 1e39 1e999 0,5 0x2 # " < <a/> &x; TITLE 3D'.split()
)


def with_other_words(data, random):
    """The text with one to three of its words replaced, dropped or doubled."""
    pieces = re.split(rb"([ \n\"<>=]+)", data)
    for at in random.integers(0, len(pieces), random.integers(1, 4)):
        pieces[at] = random.choice([b"", pieces[at] * 2, WORDS[random.integers(len(WORDS))]])
    return b"".join(pieces)


def hurt(suffix, data, random):
    """Damaged bytes or words; of a profile, half of the times the table beneath its spelling and compression."""
    if suffix != ".png" and random.integers(2):
        return with_other_words(data, random)
    if suffix != ".xmp" or random.integers(2):
        return damaged(data, random)
    text = re.search(rb'Table_\w+="([^"]+)"', data)[1]
    packed = damaged(read_spelling(text.decode()), random)
    return data.replace(text, spell(packed[: 6 * 32**3]).encode())


def memory_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def test_luts(tmp_path):
    files, random, whole = list(seeds()), np.random.default_rng(SEED), 0
    before = memory_mb()
    for tried in range(LUTS):
        suffix, data = files[tried % len(files)]
        path = tmp_path / f"look{suffix}"
        path.write_bytes(hurt(suffix, data, random))
        try:
            file = load(path)
        except ReadError as error:
            assert str(error).startswith(f"{path}: ") and "\n" not in str(error) and str(error).isprintable()
        except Exception as error:
            kept = path.rename(path.with_name(f"crash-{tried}{suffix}"))
            pytest.fail(f"seed {SEED}: {kept} raised {type(error).__name__}: {error}")
        else:
            assert isinstance(file.lut, Lut3D) and np.isfinite(file.lut.lattice).all()
            assert all(notice.isprintable() for notice in (*file.notices, file.lut.title))
            whole += 1
    assert 0 < whole < LUTS
    assert memory_mb() - before < MOST_GROWTH_MB


def test_tables_that_are_read_are_written_as_they_were():
    """What `unpack` accepts, `pack` gives back, whatever was done to it."""
    random, good = np.random.default_rng(SEED), read_spelling_of(to_bytes(look(3), "xmp"))
    for _ in range(FILES // 10):
        packed = damaged(good, random)
        try:
            table = unpack(packed)
        except Exception as error:
            assert type(error).__name__ == "RefusedError"
        else:
            assert pack(table) == packed[: len(pack(table))]


def read_spelling_of(profile):
    return read_spelling(re.search(rb'Table_\w+="([^"]+)"', profile)[1].decode())
