"""Which programs load a LUT file, and why one does not.

Sources: the readers of darktable (iop/lut3d.c), FFmpeg (vf_lut3d.c), OBS (color-grade-filter.c) and OpenColorIO
(FileFormatIridasCube.cpp, FileFormatResolveCube.cpp), Adobe's Cube LUT Specification 1.0, the DNG SDK's RGB tables, and
the vendors' manuals. tests/hosts runs darktable, FFmpeg and OpenColorIO on odd files; the rest was read, not run.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lutbridge.lut.formats import FORMATS, LutFile
from lutbridge.lut.lut3d import LARGEST_GRID, UNIT_DOMAIN

HEAD_BYTES = 2**16


@dataclass(frozen=True)
class Head:
    """The lines above the table of a .cube.

    Attributes:
        keywords: in the file's order, upper case.
        longest: bytes of the longest line.
    """

    keywords: tuple[str, ...] = ()
    longest: int = 0

    def is_below_size(self, *keywords: str) -> bool:
        """Whether one of these keywords stands there, and none of them above LUT_3D_SIZE."""
        places = [place for place, keyword in enumerate(self.keywords) if keyword in keywords]
        return bool(places) and min(places) > self.keywords.index("LUT_3D_SIZE")


@dataclass(frozen=True)
class Verdict:
    """Whether a program loads a file.

    Attributes:
        reason: why not, or what it gets wrong; a sentence without a full stop, "" where all is well.
    """

    host: str
    loads: bool
    reason: str = ""


@dataclass(frozen=True)
class Host:
    """A program and what it loads.

    Attributes:
        formats: names of `lut.formats.FORMATS`, the best one first.
        quirks: given the file and its head, why this file is refused all the same.
    """

    name: str
    formats: tuple[str, ...]
    largest_grid: int = LARGEST_GRID
    quirks: Callable[[LutFile, Head], Iterator[str]] = lambda file, head: iter(())


def verdicts(file: LutFile) -> tuple[Verdict, ...]:
    """What each host of `HOSTS` makes of a file, in that order."""
    head = _head(file) if file.format.name == "cube" else Head()
    return tuple(_verdict(host, file, head) for host in HOSTS)


def _verdict(host, file, head):
    if not host.formats:
        return Verdict(host.name, False, "it loads no 3D LUTs")
    if file.format.name not in host.formats:
        suffix = FORMATS[host.formats[0]].suffixes[0]
        return Verdict(host.name, False, f"it loads {_listed(host.formats)}; convert it to {suffix}")
    M = file.lut.grid_size
    if M > host.largest_grid:
        return Verdict(host.name, False, f"a grid of {M} is more than its {host.largest_grid}")
    reason = next(host.quirks(file, head), "")
    return Verdict(host.name, not reason, reason)


def _listed(names):
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _head(file):
    keywords, longest = [], 0
    with open(file.path, "rb") as opened:
        lines = opened.read(HEAD_BYTES).removeprefix(b"\xef\xbb\xbf").splitlines()
    for line in lines:
        longest = max(longest, len(line))
        word = line.split()[:1]
        if word and word[0][:1].isalpha():
            keywords.append(word[0].decode("latin-1").upper())
    return Head(tuple(keywords), longest)


def _unit_domain_only(file, head):
    if file.lut.domain != UNIT_DOMAIN:
        yield "it takes a domain of 0 to 1 only"


def _no_shaper(file, head):
    if file.lut.shaper is not None:
        yield "it takes no 1D curves before the 3D table"


def _darktable(file, head):
    yield from _unit_domain_only(file, head)
    yield from _no_shaper(file, head)
    if "LUT_3D_INPUT_RANGE" in head.keywords:
        yield "it takes LUT_3D_INPUT_RANGE for a row of the table"


def _ffmpeg(file, head):
    if file.format.name == "3dl" and file.lut.grid_size != 17:
        yield "it takes every .3dl for a grid of 17"
    if file.format.name == "cube":
        yield from _no_shaper(file, head)
        if head.is_below_size("LUT_3D_INPUT_RANGE"):
            yield "it takes LUT_3D_INPUT_RANGE for a row of the table"
        if file.lut.domain != UNIT_DOMAIN and not head.is_below_size("DOMAIN_MIN", "DOMAIN_MAX"):
            yield "it overlooks a domain that does not stand as DOMAIN below LUT_3D_SIZE, so colours come out wrong"
        if any(low != 0 for low in file.lut.domain[0]):
            yield "it does not subtract the domain's lower end, so colours come out wrong"


def _obs(file, head):
    yield from _no_shaper(file, head)
    yield from _long_lines(head, 256)


def _opencolorio(file, head):
    if "TITLE" in head.keywords and ("LUT_1D_SIZE" in head.keywords or head.is_below_size("LUT_3D_INPUT_RANGE")):
        yield "its reader of Resolve's dialect knows no TITLE"
    if "LUT_3D_INPUT_RANGE" in head.keywords and "TITLE" in head.keywords:
        yield from _unit_domain_only(file, head)


def _adobe(file, head):
    if file.format.name == "cube":
        yield from _no_shaper(file, head)
    if "LUT_3D_INPUT_RANGE" in head.keywords:
        yield "LUT_3D_INPUT_RANGE is no keyword of Adobe's specification"


def _art(file, head):
    if file.format.name == "clf":
        yield "it takes a CLF for ACES2065-1, so colours of a LUT for sRGB come out wrong"


def _resolve(file, head):
    if any(word.startswith("DOMAIN_") for word in head.keywords):
        yield from _unit_domain_only(file, head)


def _long_lines(head, most):
    if head.longest >= most:
        yield f"a line of {head.longest} bytes is longer than the {most} it reads"


HOSTS = (
    Host("darktable", ("cube", "hald", "3dl"), quirks=_darktable),
    Host("Lightroom, Camera Raw", ("xmp",)),
    Host("Photoshop", ("cube", "3dl", "csp"), quirks=_adobe),
    Host("Premiere Pro", ("cube",), quirks=_adobe),
    Host("DaVinci Resolve", ("cube",), 65, quirks=_resolve),
    Host("Affinity Photo", ("cube",), quirks=_adobe),
    Host("Capture One", ()),
    Host("RawTherapee", ("hald",)),
    Host("ART", ("hald", "clf"), quirks=_art),
    Host("GIMP with G'MIC", ("hald", "cube")),
    Host("digiKam", ("hald",)),
    Host("FFmpeg lut3d", ("cube", "3dl", "csp"), quirks=_ffmpeg),
    Host("OBS Studio", ("cube",), quirks=_obs),
    Host("OpenColorIO", ("cube", "3dl", "csp", "spi3d", "clf"), 129, quirks=_opencolorio),
)
