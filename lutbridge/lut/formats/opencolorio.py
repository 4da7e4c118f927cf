"""Formats that OpenColorIO reads for us: .csp, .spi3d, .spi1d, .3dl, .clf, .ctf, .vf, .m3d, colour decision lists, …

Before it parses anything, the file's size, text and header are checked here. It reads in a separate process
(`opencolorio_child`) with limits on time and memory, as some damaged files keep it busy for ever. One
domain, one curve per channel and one lattice are kept exactly; other lists of steps are baked, and the error is
reported.
"""

import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lutbridge.errors import RefusedError
from lutbridge.lut.formats import rows
from lutbridge.lut.formats.codec import Decoded
from lutbridge.lut.formats.title import one_line
from lutbridge.lut.lut3d import Lut3D

LARGEST_GRID = 129  # lattice points along an axis
SECONDS = 60  # the largest file takes ten
_MOST_MEMORY = 4 << 30
_MOST_REMARKS = 4
_CODES = 255
_AGAIN = "copy or export it again"
_XML = (".clf", ".ctf", ".cc", ".ccc", ".cdl", ".look")
# Sizes in headers: by a keyword that begins a line, or of an array in XML. Each needs two bytes a number, at least.
_ANNOUNCED = re.compile(
    rb'(?im)^[ \t]*(?:length|grid_size|lut_3d_size|values)[ \t]+([\d \t]{1,60})$|\bdim[ \t]*=[ \t]*"([\d \t]{1,60})"'
)
# A row of numbers with something else in it; OpenColorIO takes “0,5” for 0, and a row it cannot read for a comment.
_ODD_ROW = re.compile(rb"(?im)^[ \t]*(?:[-+]?(?:nan|inf)|[-+]?\.?\d[^\n#]*?[^-+.\deE \t\n#])[^\n]*")
_TEMPORARY = re.compile(r"'?(?:[A-Z]:)?[\\/][^ '\")(:]*lutbridge-[^ '\")(:]*'?")
_PREAMBLE = re.compile(
    r"Error parsing [^.]*\.?\w* ?file ?(\(the file\))?\. *|(Error is: )?(CTF/CLF parsing|Parsing) error: |"
    r"The transform file: the file failed while building ops with this error: |Data is invalid\. |File the file "
)
_METADATA = re.compile(rb"(?is)BEGIN METADATA.*?END METADATA")


@dataclass(frozen=True)
class Reader:
    """The `codec.Codec` of a format that is read and not written."""

    suffix: str

    def decode(self, data: bytes) -> Decoded:
        return decode(data, self.suffix)

    def to_bytes(self, lut: Lut3D) -> bytes:
        raise ValueError(f"{self.suffix} files are read and not written")


def decode(data: bytes, suffix: str, title: str = "") -> Decoded:
    """The LUT of a file that OpenColorIO reads.

    Args:
        suffix: the extension that tells it the format, such as ".csp".
        title: where OpenColorIO hands none on.
    Raises:
        RefusedError: it cannot be read, is larger than it may be, or took too long.
    """
    text, notices = rows.text_of(data)
    _check(text, suffix)
    with tempfile.TemporaryDirectory(prefix="lutbridge-") as folder:
        found = _read(text, suffix, Path(folder))
    if "error" in found:
        raise RefusedError(f"OpenColorIO cannot read it: {_short(str(found['error']))}", _AGAIN)
    if any(not 2 <= M <= LARGEST_GRID for M in found["grids"]):
        raise RefusedError(
            f"its 3D table has {max(found['grids'])} points along an axis, 2 to {LARGEST_GRID} were expected"
        )
    shaper = found.get("shaper")
    try:
        lut = Lut3D(found["lattice"], one_line(str(found["title"])) or title, found["domain"].tolist(), shaper)
    except ValueError as error:
        raise RefusedError(f"its steps lead to no LUT ({error})", _AGAIN) from error
    return Decoded(lut, (*notices, *_remarks(found, lut)))


def _check(text, suffix):
    """Refuses what OpenColorIO would misread in silence, and what announces more than it holds."""
    for match in _ANNOUNCED.finditer(text):
        numbers = [int(number[:9]) for number in (match[1] or match[2]).split()]
        if not numbers:
            continue
        entries = int(np.prod(np.array(numbers, np.float64)))
        if match[0].strip().lower().startswith(b"lut_3d_size"):
            entries = 3 * numbers[0] ** 3
        if 2 * entries > len(text):
            line = text.count(b"\n", 0, match.start()) + 1
            raise RefusedError(
                f"line {line} announces {entries} numbers, and the whole file has {len(text)} bytes", _AGAIN
            )
    if suffix in _XML:
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            raise RefusedError("it declares a document type, which files of this kind do not", "export it again")
        return
    end = text.upper().rfind(b"END METADATA") + len(b"END METADATA")  # behind it, every beginning is without an end
    body = _METADATA.sub(lambda match: b"\n" * match[0].count(b"\n"), text[:end]) + text[end:]
    for match in _ODD_ROW.finditer(body):
        tokens = match[0].split()
        if tokens[0].upper() in (b"1D", b"3D", b"3DMESH"):  # words of headers
            continue
        line = body.count(b"\n", 0, match.start()) + 1
        fault = rows.row_fault(match[0].strip(), tokens, len(tokens)) or "is no row of numbers"
        raise RefusedError(f"line {line} {fault}", "save or export it again")


def _read(text, suffix, folder):
    """What the child process found, by name."""
    source, result = folder / f"lut{suffix}", folder / "result.npz"
    source.write_bytes(text)
    child = Path(__file__).with_name("opencolorio_child.py")
    command = [sys.executable, "-P", str(child), str(source), str(result), str(_MOST_MEMORY)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    try:
        subprocess.run(command, env=environment, capture_output=True, timeout=SECONDS, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired as error:
        raise RefusedError(f"OpenColorIO did not come to an end with it in {SECONDS} seconds", _AGAIN) from error
    if not result.exists():
        raise RefusedError("OpenColorIO stopped while it read it", _AGAIN)
    with np.load(result, allow_pickle=False) as found:
        return dict(found)


def _short(text):
    """OpenColorIO's message without preambles and our temporary path, cut to a sentence."""
    text = " ".join((text.rpartition("' failed with: ")[2] or text).split())
    text = _TEMPORARY.sub("the file", text)
    while shorter := _PREAMBLE.match(text):
        text = text[shorter.end() :]
    return one_line(text.rstrip(". '"))[:160].rstrip()


def _remarks(found, lut):
    for remark in found["remarks"][:_MOST_REMARKS].tolist():
        yield f"OpenColorIO remarks: {_short(remark.removeprefix('[OpenColorIO Warning]: '))}"
    if found["linear"]:
        yield "it asks for trilinear interpolation; lutbridge's is tetrahedral"
    if found["integer_codes"] and not 0.8 <= lut.lattice.max() <= 1:
        yield "its largest code leaves open how many bits its codes have; it may have been made for others"
    if not found["exact"]:
        steps = ", ".join(found["steps"][:8].tolist())
        mean, largest = _CODES * found["off"]
        low, high = min(lut.domain[0]), max(lut.domain[1])
        kind = "curves" if lut.grid_size == 2 else f"a grid of {lut.grid_size}"
        yield (
            f"its steps ({steps}) were baked into {kind} for colours from {low:g} to {high:g}: "
            f"off by {mean:.2f} codes of 255 in the mean, {largest:.2f} at most"
        )
