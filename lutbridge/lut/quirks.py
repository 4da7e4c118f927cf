"""How programs read LUT files otherwise than their formats mean, one function for each reader.

Given the file and, of a .cube, its text, each yields why the program refuses the file, a sentence without a full stop,
or how what it shows is different.
"""

from dataclasses import dataclass

from lutbridge.lut.lut3d import UNIT_DOMAIN

_DOMAIN = ("DOMAIN_MIN", "DOMAIN_MAX")


@dataclass(frozen=True)
class Different:
    """A quirk by which a program shows something else than the file says; any other quirk has it refuse the file."""

    reason: str


def _unit_domain_only(file, text):
    if file.lut.domain != UNIT_DOMAIN:
        yield "it takes a domain of 0 to 1 only"


def _no_curves(file, text):
    if file.lut.shaper is not None:
        yield "it takes no 1D LUTs" if _is_1d(text) else "it takes no 1D curves before the 3D table"


def _one_table(file, text):
    if file.lut.shaper is not None and not _is_1d(text):
        yield "it takes a 1D table or a 3D table, not both"


def _is_1d(text):
    return text.has("LUT_1D_SIZE") and not text.has("LUT_3D_SIZE")


def _no_lone_returns(file, text):
    if text.has_lone_returns:
        yield "it does not take CR alone for the end of a line"


def _first_in_capitals(keywords):
    for keyword in keywords:
        if not keyword.is_first_in_capitals:
            yield f"it wants {keyword.name} in capitals, with nothing before it in its line"


def darktable(file, text):
    yield from _darktables_domain(file, text)
    yield from _no_curves(file, text)
    yield from _no_lone_returns(file, text)
    if text.has_blanks_behind_rows:
        yield Different("it takes the blue of a row with blanks behind it for 0")
    for keyword in text.keywords:
        if keyword.words == 3 and not keyword.line.lstrip().startswith(b"T"):
            yield f"it takes {keyword.name} for a row of the table"
        if keyword.name == "LUT_3D_SIZE" and not keyword.line.lstrip().startswith(b"LUT_3D_SIZE"):
            yield "it wants LUT_3D_SIZE in capitals, and no byte-order mark before it"


def _darktables_domain(file, text):
    """It compares the first number of either end, frees its memory where that is another one, and goes on."""
    for name, end, unit in zip(_DOMAIN, file.lut.domain, UNIT_DOMAIN, strict=True):
        keyword = next((keyword for keyword in text.keywords if keyword.name == name), None)
        if keyword is None or end == unit:
            continue
        if not keyword.line.lstrip().startswith(name.encode()):
            yield Different(f"it overlooks {name} where that is not in capitals, so colours come out wrong")
        elif end[0] == unit[0]:
            yield Different(f"it looks at the red value of {name} only, so colours come out wrong")
        else:
            yield "it supports no domain other than 0 to 1, and version 4.2.1 crashes over one"


def ffmpeg(file, text):
    if file.format.name == "3dl" and file.lut.grid_size != 17:
        yield Different("it reads every .3dl as grid size 17")
    if file.format.name == "cube":
        yield from _no_curves(file, text)
        yield from _no_lone_returns(file, text)
        if text.has_below_size("LUT_3D_INPUT_RANGE"):
            yield "it takes LUT_3D_INPUT_RANGE for a row of the table"
        yield from _first_in_capitals(text.from_size_on())
        yield from _long_lines(text.longest_below, 512)
        yield from _ffmpegs_domain(file, text)


def _ffmpegs_domain(file, text):
    if any(
        own != unit and not text.has_below_size(name)
        for name, own, unit in zip(_DOMAIN, file.lut.domain, UNIT_DOMAIN, strict=True)
    ):
        yield Different(
            "it overlooks a domain that does not stand as DOMAIN below LUT_3D_SIZE, so colours come out wrong"
        )
    if any(low != 0 for low in file.lut.domain[0]):
        yield Different("it does not subtract the domain's lower end, so colours come out wrong")
    if any(high < 1 for high in file.lut.domain[1]):
        yield Different("it takes a domain that ends below 1 for one that ends there, so colours come out wrong")


def obs(file, text):
    if file.lut.shaper is not None and not _is_1d(text):
        yield Different("it takes the 1D curves alone and leaves the 3D table out")
    if text.has("LUT_1D_INPUT_RANGE", "LUT_3D_INPUT_RANGE") and file.lut.domain != UNIT_DOMAIN:
        yield Different("it overlooks an input range, so colours come out wrong")
    yield from _no_lone_returns(file, text)
    yield from _long_lines(text.longest, 256)
    yield from _first_in_capitals(keyword for keyword in text.keywords if keyword.name != "TITLE")


def opencolorio(file, text):
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


def adobe(file, text):
    if file.format.name == "cube":
        yield from _one_table(file, text)
    if text.has("LUT_3D_INPUT_RANGE"):
        yield "LUT_3D_INPUT_RANGE is no keyword of Adobe's specification"


def art(file, text):
    if file.format.name == "clf":
        yield Different("it takes a CLF for ACES2065-1, so colours of a LUT for sRGB come out wrong")


def resolve(file, text):
    if text.has("DOMAIN_MIN", "DOMAIN_MAX"):
        yield from _unit_domain_only(file, text)


def _long_lines(longest, most):
    if longest >= most:
        yield f"a line of {longest} bytes is longer than the {most} it reads"


def gmic(file, text):
    yield Different("2.9.4 stretches the lattice by one step and looks colours up too bright; less so in a finer grid")


def three_d_only(file, text):
    yield from _no_curves(file, text)
