"""How much each program differs from lutbridge, and why: finds the causes that explain most of the difference."""

import itertools
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from lutbridge.color.codes import to_codes
from lutbridge.color.delta_e import delta_e_2000
from lutbridge.color.lab import srgb_to_lab
from lutbridge.image.photo import Photo
from lutbridge.image.thumbnail import area_picture
from lutbridge.looks.parity.programs import PROGRAMS, Program, values
from lutbridge.lut.formats import FORMATS, LutFile
from lutbridge.lut.lut3d import UNIT_DOMAIN, Lut3D

LONG_SIDE = 768  # px, of the photo for the programs
SAME = 0.02  # mean ΔE2000 below which there is nothing to explain
EXPLAINED = 0.5  # a cause counts if it explains this share of the remaining difference
LITTLE = 0.2  # share of the difference that may be left without a word


@dataclass(frozen=True, eq=False)
class Parity:
    """One program, compared with lutbridge.

    Attributes:
        version: None if it is not installed.
        result: (H, W, 3) float64, [0, 1], its output, or None.
        delta_e: (H, W) ΔE2000 between that and ours, or None.
        reason: why it differs, or why there is no result; for people.
        left: mean ΔE2000 to our own lookup with what `reason` says.
    """

    program: Program
    version: str | None
    reason: str
    result: np.ndarray | None = field(default=None, repr=False)
    delta_e: np.ndarray | None = field(default=None, repr=False)
    left: float = 0.0


def small_codes(photo: Photo) -> np.ndarray:
    """(H, W, 3) uint16 sRGB codes of a small copy of the photo."""
    return to_codes(area_picture(photo.pixels, LONG_SIDE, photo.color.to_model), np.uint16)


def ours(lut: Lut3D, codes: np.ndarray) -> np.ndarray:
    """(H, W, 3) float64, [0, 1]: the codes through the LUT, tetrahedrally, in float."""
    return np.clip(lut.apply(codes / np.float32(65535)), 0, 1).astype(np.float64)


def compare(file: LutFile, codes: np.ndarray, programs: Sequence[Program] = PROGRAMS) -> Iterator[Parity]:
    """Puts the codes through each program, one after another.

    Args:
        file: passed to programs that read its format, and converted for the others.
        codes: (H, W, 3) uint16, sRGB.
    """
    reference = ours(file.lut, codes)
    with tempfile.TemporaryDirectory(prefix="lutbridge-") as folder:
        luts = {name: _file_for(file, name, Path(folder)) for name in {program.format_name for program in programs}}
        for program in programs:
            version = program.version()
            if version is None:
                yield Parity(program, None, "it is not installed here")
                continue
            own = Path(folder) / program.command
            own.mkdir()
            try:
                result = values(program.run(luts[program.format_name], codes, own))
            except (ValueError, OSError, subprocess.SubprocessError, RuntimeError) as error:
                yield Parity(program, version, f"it failed: {_one_line(error)}")
                continue
            finally:
                shutil.rmtree(own)
            delta_e = difference(reference, result)
            reason, left = _why(program, file.lut, codes, result, float(delta_e.mean()))
            yield Parity(program, version, reason, result, delta_e, left)


def difference(reference: np.ndarray, result: np.ndarray) -> np.ndarray:
    """(H, W) ΔE2000 of two pictures (H, W, 3), [0, 1], sRGB."""
    return delta_e_2000(srgb_to_lab(reference), srgb_to_lab(result))


def _file_for(file, name, folder):
    format_ = FORMATS[name]
    path = folder / f"look{format_.suffixes[0]}"
    own = file.format.name == name
    path.write_bytes(file.data if own else format_.to_bytes(format_.prepare(file.lut)))
    return path


def _why(program, lut, codes, result, off):
    """The fewest causes that leave little of a mean difference, and the mean that they leave."""
    if off < SAME:
        return "the same", off
    causes, left = (), off
    for count in (1, 2, 3):
        tried = [
            (float(difference(made, result).mean()), names) for names, made in _alternatives(program, lut, codes, count)
        ]
        if tried and min(tried)[0] < (1 - EXPLAINED) * left:
            left, causes = min(tried)
    if left < max(SAME, LITTLE * off):
        return "; ".join(causes), left
    if program.converts:
        causes = (*causes, "conversions to its working space and back")
    else:
        causes = (*causes, f"something else (a mean ΔE2000 of {left:.2f})")
    return "; ".join(causes), left


def _alternatives(program, lut, codes, count):
    """Our own results with `count` causes at once: (their names, (H, W, 3))."""
    M = FORMATS[program.format_name].prepare(lut).grid_size
    lookups = {"trilinear interpolation": "trilinear"}
    luts = {}
    if M != lut.grid_size:
        luts[f"its file has a grid of {M}, not {lut.grid_size}"] = FORMATS[program.format_name].prepare(lut)
    if lut.domain != UNIT_DOMAIN:
        luts["it takes the domain for 0 to 1"] = replace(lut, domain=UNIT_DOMAIN)
    if lut.shaper is not None:
        luts["it leaves the curves before the 3D table out"] = replace(lut, shaper=None)
    if count == 1:
        yield ("it did not load the file: the photo came out as it was",), codes / 65535.0
    names = [*lookups, *luts, _EIGHT_BIT, _STRETCHED, _NEAREST]
    for chosen in itertools.combinations(names, count):
        if sum(name in luts for name in chosen) > 1:
            continue
        used = next((luts[name] for name in chosen if name in luts), lut)
        how = next((lookups[name] for name in chosen if name in lookups), "tetrahedral")
        rgb = codes / 65535.0
        if _EIGHT_BIT in chosen:
            rgb = np.rint(255 * rgb) / 255
        if _STRETCHED in chosen:  # at x · N / 256 for an 8-bit code x, instead of x · (N − 1) / 255
            rgb = np.clip(rgb * 255 / 256 * used.grid_size / (used.grid_size - 1), 0, 1)
        if _NEAREST in chosen:
            rgb = np.rint(rgb * (used.grid_size - 1)) / (used.grid_size - 1)
        made = np.clip(used.apply(rgb.astype(np.float32), how), 0, 1).astype(np.float64)
        yield chosen, np.rint(255 * made) / 255 if _EIGHT_BIT in chosen else made


_EIGHT_BIT = "8 bits in and out"
_STRETCHED = "it stretches the lattice by one step and looks colours up too bright"
_NEAREST = "no interpolation: the nearest lattice point"


def _one_line(error):
    return " ".join(str(error).split())[:200]
