"""Which programs load a LUT file, and why one does not or shows something else.

Each verdict names its source: a program's own reader, which tests/hosts runs for darktable, FFmpeg, OpenColorIO and
G'MIC, or a public document. A program without one is "not known".
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from lutbridge.lut import cube_text, quirks
from lutbridge.lut.cube_text import CubeText
from lutbridge.lut.formats import FORMATS, READ_ONLY, LutFile
from lutbridge.lut.lut3d import LARGEST_GRID
from lutbridge.lut.quirks import Different

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
    found = sorted(host.quirks(file, text), key=lambda quirk: isinstance(quirk, Different))
    if found and isinstance(found[0], Different):
        return "will look different", found[0].reason
    if found:
        return "will not load", found[0]
    return ("note", host.note) if host.note else ("loads", "")


def _written(names):
    return [name for name in names if name in FORMATS]


def _listed(names):
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


_OCIO = ("cube", "3dl", "csp", "spi3d", "clf", *READ_ONLY)
_OCIO_SOURCE = "its readers (FileFormatIridasCube.cpp, FileFormatResolveCube.cpp, …), run in the tests"
_ADOBE_SOURCE = "Adobe, Cube LUT Specification 1.0"
HOSTS = (
    Host(
        "darktable",
        ("cube", "hald", "3dl"),
        "its reader (src/iop/lut3d.c), run in the tests",
        quirks=quirks.darktable,
    ),
    Host("Lightroom, Camera Raw", ("xmp",), "Adobe's DNG SDK (dng_big_table.cpp), and profiles of Camera Raw"),
    Host("Photoshop", ("cube", "3dl", "csp"), _ADOBE_SOURCE, quirks=quirks.adobe),
    Host(
        "Premiere Pro",
        ("cube",),
        f"{_ADOBE_SOURCE}; caitlinwatson.com/what-file-formats-are-supported-for-luts-in-premiere-pro",
        quirks=quirks.adobe,
    ),
    Host("DaVinci Resolve", ("cube",), "resolve.cafe/developers/luts", 65, quirks=quirks.resolve),
    Host(
        "Nuke",
        _OCIO,
        "learn.foundry.com/nuke, OCIOFileTransform: loaded by OpenColorIO",
        129,
        quirks=quirks.opencolorio,
        note="in the node OCIOFileTransform, which converts no colours to what the LUT expects",
    ),
    Host(
        "Baselight",
        None,
        "",
        only="FilmLight's documents that are public say what it writes (lucaungaro.fr), not what it loads",
    ),
    Host(
        "Autodesk Flame",
        (
            "cube",
            "3dl",
            "csp",
            "spi3d",
            "clf",
            "ctf",
            "spi1d",
            "spimtx",
            "vf",
            "m3d",
            "mga",
            "itx",
            "look",
            "cdl",
            "ccc",
        ),
        "Autodesk, Flame 2025 help: Supported Color Transform File Formats",
    ),
    Host(
        "Final Cut Pro",
        ("cube",),
        "dji-store.it/lut-come-configurarle-final-cut-pro-x: .cube and .mga; Apple's guides: the effect Custom LUT, "
        "in Motion without 1D LUTs",
        quirks=quirks.three_d_only,
    ),
    Host(
        "Motion",
        ("cube",),
        "Apple, Motion User Guide 5.5, Custom LUT: 3D LUTs as .cube or .mga, no 1D LUTs",
        quirks=quirks.three_d_only,
    ),
    Host(
        "Avid Media Composer",
        ("cube",),
        "github.com/cameramanben/LUTCalc, lutformats.js: AVID (.cube), grids of 17, 33 and 65",
        65,
    ),
    Host(
        "Blender",
        _OCIO,
        "github.com/albalab/filmic-blender: an OpenColorIO config takes the place of Blender's",
        129,
        quirks=quirks.opencolorio,
        note="only where an OpenColorIO config names the file as a look or a view",
    ),
    Host("Affinity Photo", ("cube",), "affinity.help, LUT adjustment; " + _ADOBE_SOURCE, quirks=quirks.adobe),
    Host(
        "Capture One",
        (),
        "github.com/abpy/FujifilmCameraProfiles, issues 6 and 20",
        only="it takes ICC profiles, no LUT files",
    ),
    Host("RawTherapee", ("hald",), "its Film Simulation, run in the tests"),
    Host("ART", ("hald", "clf"), "bitbucket.org/agriggio/art/wiki/Luts", quirks=quirks.art),
    Host("GIMP with G'MIC", ("hald", "cube"), "gmic 2.9.4, run in the tests", quirks=quirks.gmic),
    Host("digiKam", ("hald",), "its manual: Lut3D takes HaldCLUT"),
    Host("FFmpeg lut3d", ("cube", "3dl", "csp"), "its reader (vf_lut3d.c), run in the tests", quirks=quirks.ffmpeg),
    Host("OBS Studio", ("cube",), "its reader (color-grade-filter.c)", quirks=quirks.obs),
    Host("OpenColorIO", _OCIO, _OCIO_SOURCE, 129, quirks=quirks.opencolorio),
    Host(
        "Panasonic VariCam (V-Log)",
        (),
        "Panasonic, VariCam 3DLUT Reference Manual 1.0 (2014)",
        only="it loads .vlt, of 17 points and 12-bit codes, which lutbridge does not write",
    ),
    Host(
        "Panasonic LUMIX S5 II",
        ("cube",),
        "github.com/changyun233/Lumix-V-log-LUTs, issue 1: a grid of 65 is refused, 33 is loaded",
        33,
        quirks=quirks.three_d_only,
        note="it expects V-Log in, where lutbridge's looks are sRGB",
    ),
    Host(
        "Sony F5, F55, FS7",
        ("cube",),
        "github.com/cameramanben/LUTCalc, lutformats.js: Sony User 3D MLUT (.cube), grids of 17 and 33",
        33,
        quirks=quirks.three_d_only,
        note="it expects S-Log in and a monitor's colours out, where lutbridge's looks are sRGB",
    ),
    Host("Fujifilm cameras and monitors", None, ""),
)
