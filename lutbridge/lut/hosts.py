"""Which programs load a LUT file, and why one does not or shows something else.

Each verdict names its source: a program's own reader, which tests/hosts runs for darktable, FFmpeg, OpenColorIO and
G'MIC, or a public document. A program without one is "not known".
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from lutbridge.lut import cube_text
from lutbridge.lut.cube_text import CubeText
from lutbridge.lut.formats import FORMATS, READ_ONLY, LutFile
from lutbridge.lut.lut3d import LARGEST_GRID, UNIT_DOMAIN

Outcome = Literal["loads", "note", "will look different", "will not load", "not known"]


@dataclass(frozen=True)
class Verdict:
    """What a program makes of a file.

    Attributes:
        outcome: "note": it loads, and there is something to know.
        reason: a sentence without a full stop, "" where all is well.
        source: where that is known from.
    """

    host: str
    outcome: Outcome
    reason: str = ""
    source: str = ""

    @property
    def loads(self) -> bool:
        """Whether it loads and shows what the file says."""
        return self.outcome in ("loads", "note")


@dataclass(frozen=True)
class Different:
    """A quirk that makes a program show other colours than the file's; with any other quirk it refuses the file."""

    reason: str


@dataclass(frozen=True)
class Host:
    """A program and what it loads.

    Attributes:
        formats: names of `lut.formats.FORMATS` and `READ_ONLY`, the best one first; None if that is not known.
        source: an address, or a file of the program's.
        quirks: given the file and, of a .cube, its text, why this file is refused or looks different all the same.
        only: what it loads, if none of our formats.
        note: what to know if it loads.
    """

    name: str
    formats: tuple[str, ...] | None
    source: str
    largest_grid: int = LARGEST_GRID
    quirks: Callable[[LutFile, CubeText], Iterator[str | Different]] = lambda file, text: iter(())
    only: str = ""
    note: str = ""


def verdicts(file: LutFile) -> tuple[Verdict, ...]:
    """What each host of `HOSTS` makes of a file, in that order."""
    text = cube_text.read(file.data) if file.format.name == "cube" else CubeText()
    return tuple(_verdict(host, file, text) for host in HOSTS)


def _verdict(host, file, text):
    outcome, reason = _judged(host, file, text)
    return Verdict(host.name, outcome, reason, host.source)


def _judged(host, file, text):
    if host.formats is None:
        return "not known", host.only or "no public document was found that says what it loads"
    if not host.formats:
        return "will not load", host.only
    if file.format.name not in host.formats:
        suffix = FORMATS[host.formats[0]].suffixes[0]
        return "will not load", f"it loads {_listed(_written(host.formats))}; convert it to {suffix}"
    M = file.lut.grid_size
    if M > host.largest_grid:
        return "will not load", f"grid size {M} exceeds its limit of {host.largest_grid}"
    quirk = next(host.quirks(file, text), None)
    if isinstance(quirk, Different):
        return "will look different", quirk.reason
    if quirk:
        return "will not load", quirk
    return ("note", host.note) if host.note else ("loads", "")


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
        yield Different("it takes the blue of a row with blanks behind it for 0")
    for keyword in text.keywords:
        if keyword.words == 3 and not keyword.line.lstrip().startswith(b"T"):
            yield f"it takes {keyword.name} for a row of the table"
        if keyword.name == "LUT_3D_SIZE" and not keyword.line.lstrip().startswith(b"LUT_3D_SIZE"):
            yield "it wants LUT_3D_SIZE in capitals, and no byte-order mark before it"


def _ffmpeg(file, text):
    if file.format.name == "3dl" and file.lut.grid_size != 17:
        yield Different("it reads every .3dl as grid size 17")
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
        yield Different(
            "it overlooks a domain that does not stand as DOMAIN below LUT_3D_SIZE, so colours come out wrong"
        )
    if any(low != 0 for low in file.lut.domain[0]):
        yield Different("it does not subtract the domain's lower end, so colours come out wrong")
    if any(high < 1 for high in file.lut.domain[1]):
        yield Different("it takes a domain that ends below 1 for one that ends there, so colours come out wrong")


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
            yield Different(f"it overlooks {keyword.name} behind a byte-order mark")
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
        yield Different("it takes a CLF for ACES2065-1, so colours of a LUT for sRGB come out wrong")


def _resolve(file, text):
    if text.has("DOMAIN_MIN", "DOMAIN_MAX"):
        yield from _unit_domain_only(file, text)


def _long_lines(longest, most):
    if longest >= most:
        yield f"a line of {longest} bytes is longer than the {most} it reads"


def _gmic(file, text):
    yield Different("2.9.4 stretches the lattice by one step and looks colours up too bright; less so in a finer grid")


def _three_d_only(file, text):
    yield from _no_shaper(file, text)


_OCIO = ("cube", "3dl", "csp", "spi3d", "clf", *READ_ONLY)
_OCIO_SOURCE = "its readers (FileFormatIridasCube.cpp, FileFormatResolveCube.cpp, …), run in the tests"
_ADOBE_SOURCE = "Adobe, Cube LUT Specification 1.0"
HOSTS = (
    Host(
        "darktable",
        ("cube", "hald", "3dl"),
        "its reader (src/iop/lut3d.c), run in the tests",
        quirks=_darktable,
    ),
    Host("Lightroom, Camera Raw", ("xmp",), "Adobe's DNG SDK (dng_big_table.cpp), and profiles of Camera Raw"),
    Host("Photoshop", ("cube", "3dl", "csp"), _ADOBE_SOURCE, quirks=_adobe),
    Host(
        "Premiere Pro",
        ("cube",),
        f"{_ADOBE_SOURCE}; caitlinwatson.com/what-file-formats-are-supported-for-luts-in-premiere-pro",
        quirks=_adobe,
    ),
    Host("DaVinci Resolve", ("cube",), "resolve.cafe/developers/luts", 65, quirks=_resolve),
    Host(
        "Nuke",
        _OCIO,
        "learn.foundry.com/nuke, OCIOFileTransform: loaded by OpenColorIO",
        129,
        quirks=_opencolorio,
        note="in the node OCIOFileTransform, which converts no colours to what the LUT expects",
    ),
    Host("Baselight", None, "", only="only what it exports is documented (lucaungaro.fr), not what it loads"),
    Host("Final Cut Pro", None, "", only="its guide names the effect “Custom LUT” and not the files; see Motion"),
    Host(
        "Motion",
        ("cube",),
        "Apple, Motion User Guide 5.5, Custom LUT: 3D LUTs as .cube or .mga, no 1D LUTs",
        quirks=_three_d_only,
    ),
    Host("Avid Media Composer", None, ""),
    Host(
        "Blender",
        _OCIO,
        "github.com/albalab/filmic-blender: an OpenColorIO config takes the place of Blender's",
        129,
        quirks=_opencolorio,
        note="only where an OpenColorIO config names the file as a look or a view",
    ),
    Host("Affinity Photo", ("cube",), "affinity.help, LUT adjustment; " + _ADOBE_SOURCE, quirks=_adobe),
    Host(
        "Capture One",
        None,
        "github.com/abpy/FujifilmCameraProfiles: looks for it come as ICC profiles",
        only="no public document was found that it loads 3D LUTs",
    ),
    Host("RawTherapee", ("hald",), "its Film Simulation, run in the tests"),
    Host("ART", ("hald", "clf"), "bitbucket.org/agriggio/art/wiki/Luts", quirks=_art),
    Host("GIMP with G'MIC", ("hald", "cube"), "gmic 2.9.4, run in the tests", quirks=_gmic),
    Host("digiKam", ("hald",), "its manual: Lut3D takes HaldCLUT"),
    Host("FFmpeg lut3d", ("cube", "3dl", "csp"), "its reader (vf_lut3d.c), run in the tests", quirks=_ffmpeg),
    Host("OBS Studio", ("cube",), "its reader (color-grade-filter.c)", quirks=_obs),
    Host("OpenColorIO", _OCIO, _OCIO_SOURCE, 129, quirks=_opencolorio),
    Host(
        "Panasonic VariCam (V-Log)",
        (),
        "Panasonic, VariCam 3DLUT Reference Manual 1.0 (2014)",
        only="it loads .vlt, of 17 points and 12-bit codes, which lutbridge does not write",
    ),
    Host(
        "Sony F5, F55, FS7",
        ("cube",),
        "github.com/cameramanben/LUTCalc: user 3D LUTs of Sony's log cameras",
        quirks=_three_d_only,
        note="it expects S-Log in and a monitor's colours out, where lutbridge's looks are sRGB",
    ),
    Host("Fujifilm cameras and monitors", None, ""),
)
