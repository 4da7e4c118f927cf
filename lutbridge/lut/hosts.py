"""Which programs load a LUT file, and why one does not.

Sources: the readers of darktable (iop/lut3d.c), FFmpeg (vf_lut3d.c), OBS (color-grade-filter.c) and OpenColorIO
(FileFormatIridasCube.cpp, FileFormatResolveCube.cpp), Adobe's Cube LUT Specification 1.0, the DNG SDK's RGB tables, and
the vendors' manuals. tests/hosts runs darktable, FFmpeg and OpenColorIO on odd files; the rest was read, not run.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lutbridge.lut import cube_text
from lutbridge.lut.cube_text import CubeText
from lutbridge.lut.formats import FORMATS, READ_ONLY, LutFile
from lutbridge.lut.lut3d import LARGEST_GRID, UNIT_DOMAIN


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
        formats: names of `lut.formats.FORMATS` and `READ_ONLY`, the best one first.
        quirks: given the file and, of a .cube, its text, why this file is refused all the same.
    """

    name: str
    formats: tuple[str, ...]
    largest_grid: int = LARGEST_GRID
    quirks: Callable[[LutFile, CubeText], Iterator[str]] = lambda file, text: iter(())


def verdicts(file: LutFile) -> tuple[Verdict, ...]:
    """What each host of `HOSTS` makes of a file, in that order."""
    text = cube_text.read(file.data) if file.format.name == "cube" else CubeText()
    return tuple(_verdict(host, file, text) for host in HOSTS)


def _verdict(host, file, text):
    if not host.formats:
        return Verdict(host.name, False, "it loads no 3D LUTs")
    if file.format.name not in host.formats:
        suffix = FORMATS[host.formats[0]].suffixes[0]
        return Verdict(host.name, False, f"it loads {_listed(_written(host.formats))}; convert it to {suffix}")
    M = file.lut.grid_size
    if M > host.largest_grid:
        return Verdict(host.name, False, f"a grid of {M} is more than its {host.largest_grid}")
    reason = next(host.quirks(file, text), "")
    return Verdict(host.name, not reason, reason)


def _written(names):
    return [name for name in names if name in FORMATS]


def _listed(names):
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _unit_domain_only(file, text):
    if file.lut.domain != UNIT_DOMAIN:
        yield "it takes a domain of 0 to 1 only"


def _no_shaper(file, text):
    if file.lut.shaper is not None:
        yield "it takes no 1D curves before the 3D table"


def _no_lone_returns(file, text):
    if text.has_lone_returns:
        yield "it does not take CR alone for the end of a line"


def _first_in_capitals(keywords):
    for keyword in keywords:
        if not keyword.is_first_in_capitals:
            yield f"it wants {keyword.name} in capitals, with nothing before it in its line"


def _darktable(file, text):
    yield from _unit_domain_only(file, text)
    yield from _no_shaper(file, text)
    yield from _no_lone_returns(file, text)
    if text.has_blanks_behind_rows:
        yield "it takes the blue of a row with blanks behind it for 0"
    for keyword in text.keywords:
        if keyword.words == 3 and not keyword.line.lstrip().startswith(b"T"):
            yield f"it takes {keyword.name} for a row of the table"
        if keyword.name == "LUT_3D_SIZE" and not keyword.line.lstrip().startswith(b"LUT_3D_SIZE"):
            yield "it wants LUT_3D_SIZE in capitals, and no byte-order mark before it"


def _ffmpeg(file, text):
    if file.format.name == "3dl" and file.lut.grid_size != 17:
        yield "it takes every .3dl for a grid of 17"
    if file.format.name == "cube":
        yield from _no_shaper(file, text)
        yield from _no_lone_returns(file, text)
        if text.has_below_size("LUT_3D_INPUT_RANGE"):
            yield "it takes LUT_3D_INPUT_RANGE for a row of the table"
        yield from _first_in_capitals(text.from_size_on())
        yield from _long_lines(text.longest_below, 512)
        yield from _ffmpegs_domain(file, text)


def _ffmpegs_domain(file, text):
    names = ("DOMAIN_MIN", "DOMAIN_MAX")
    if any(
        own != unit and not text.has_below_size(name)
        for name, own, unit in zip(names, file.lut.domain, UNIT_DOMAIN, strict=True)
    ):
        yield "it overlooks a domain that does not stand as DOMAIN below LUT_3D_SIZE, so colours come out wrong"
    if any(low != 0 for low in file.lut.domain[0]):
        yield "it does not subtract the domain's lower end, so colours come out wrong"
    if any(high < 1 for high in file.lut.domain[1]):
        yield "it takes a domain that ends below 1 for one that ends there, so colours come out wrong"


def _obs(file, text):
    yield from _no_shaper(file, text)
    yield from _no_lone_returns(file, text)
    yield from _long_lines(text.longest, 256)
    yield from _first_in_capitals(keyword for keyword in text.keywords if keyword.name != "TITLE")


def _opencolorio(file, text):
    if file.format.name != "cube":
        return
    yield from _no_lone_returns(file, text)
    if text.has_comments_behind_rows:
        yield "it takes no comments behind the rows of the table"
    for keyword in text.keywords:
        stays = keyword.name == "TITLE" or (file.lut.domain == UNIT_DOMAIN and not text.has_below_size(keyword.name))
        if keyword.has_comment and (keyword.name.endswith("_SIZE") or not stays):
            yield f"it takes no comment behind {keyword.name}"
        if keyword.is_marked and (keyword.name.endswith("_SIZE") or not stays):
            yield f"it overlooks {keyword.name} behind a byte-order mark"
    yield from _opencolorios_resolve(file, text)


def _opencolorios_resolve(file, text):
    """It has a reader of Resolve's dialect, and others that are more lenient but know no shaper and no range."""
    in_range = text.has("LUT_3D_INPUT_RANGE") and file.lut.domain != UNIT_DOMAIN
    below = text.has_below_size("LUT_3D_INPUT_RANGE")
    if not (in_range or below or (text.has("LUT_1D_SIZE") and text.has("LUT_3D_SIZE"))):
        return
    if text.has("TITLE"):
        yield "its reader of Resolve's dialect knows no TITLE"
    if text.has_comments_among_rows:
        yield "its reader of Resolve's dialect takes no comments in the table"


def _adobe(file, text):
    if file.format.name == "cube":
        yield from _no_shaper(file, text)
    if text.has("LUT_3D_INPUT_RANGE"):
        yield "LUT_3D_INPUT_RANGE is no keyword of Adobe's specification"


def _art(file, text):
    if file.format.name == "clf":
        yield "it takes a CLF for ACES2065-1, so colours of a LUT for sRGB come out wrong"


def _resolve(file, text):
    if text.has("DOMAIN_MIN", "DOMAIN_MAX"):
        yield from _unit_domain_only(file, text)


def _long_lines(longest, most):
    if longest >= most:
        yield f"a line of {longest} bytes is longer than the {most} it reads"


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
    Host("OpenColorIO", ("cube", "3dl", "csp", "spi3d", "clf", *READ_ONLY), 129, quirks=_opencolorio),
)
