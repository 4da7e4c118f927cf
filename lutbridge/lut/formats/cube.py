"""The .cube format: Adobe's (Cube LUT Specification 1.0) and Resolve's dialect in; out, the form every host reads.

Written are TITLE, comments, LUT_3D_SIZE, then the table with red changing fastest; no DOMAIN lines, as the domain is
[0, 1], which is the default; ASCII, a dot as decimal mark, LF; values clamped to [0, 1], since some hosts warn or
misread others.

Resolve's dialect has a 1D shaper before the 3D table, and an INPUT_RANGE for each. A 1D LUT without a 3D table is read
as a shaper before the smallest lattice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from lutbridge.errors import RefusedError
from lutbridge.lut.formats import rows
from lutbridge.lut.formats.codec import Decoded
from lutbridge.lut.formats.title import ascii_line, one_line
from lutbridge.lut.lut3d import LARGEST_GRID, UNIT_DOMAIN, Lut3D

_LONGEST_LINE = 250  # bytes, by the specification
_LARGEST_CURVE = 65536
_PLACES = 10 ** np.arange(6, -1, -1)  # of a number from 0 to 1 in millionths
_FAR_OUTSIDE = 1e6  # of the lattice; places are clamped to it after they are interpolated
_VIDEO_RANGE = ("LUT_IN_VIDEO_RANGE", "LUT_OUT_VIDEO_RANGE")
_ARGUMENTS = {  # of each keyword
    "TITLE": "a title in quotes",
    "LUT_3D_SIZE": f"a whole number from 2 to {LARGEST_GRID}",
    "LUT_1D_SIZE": f"a whole number from 2 to {_LARGEST_CURVE}",
    "DOMAIN_MIN": "three numbers",
    "DOMAIN_MAX": "three numbers",
    "LUT_1D_INPUT_RANGE": "two numbers",
    "LUT_3D_INPUT_RANGE": "two numbers",
}


@dataclass
class _Header:
    values: dict = field(default_factory=dict)  # keyword → its values
    notices: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    table_line: int = 0  # counted from 1
    table_offset: int = 0  # bytes

    def get(self, keyword, default):
        return self.values.get(keyword, default)


def to_bytes(lut: Lut3D, comments: Sequence[str] = ()) -> bytes:
    """The file's bytes, see the module; the same LUT and comments give the same bytes.

    Args:
        comments: lines of ASCII, which stand below the title, so that a file is known by its first bytes.
    Raises:
        ValueError: the LUT has a domain or a shaper, which some hosts ignore and others refuse; `Lut3D.bake` it first.
    """
    if not lut.is_plain:
        raise ValueError("a .cube for every host has neither a domain nor a shaper; bake the LUT first")
    head = f'TITLE "{ascii_line(lut.title)}"\n'
    head += "".join(f"# {comment}\n" for comment in comments)
    head += f"LUT_3D_SIZE {lut.grid_size}\n"
    planes = np.clip(lut.lattice, 0, 1).transpose(2, 1, 0, 3)  # blue slowest, red fastest
    return b"".join([head.encode("ascii"), *map(_rows, planes)])


def decode(data: bytes) -> Decoded:
    """Reads a .cube file; see `codec.Codec`. Lines of a refusal are counted from 1."""
    text, notices = rows.text_of(data)
    header = _header(text)
    M, S = header.get("LUT_3D_SIZE", 0), header.get("LUT_1D_SIZE", 0)
    if "LUT_1D_INPUT_RANGE" in header.values and not S:
        header.notices.append("LUT_1D_INPUT_RANGE is left out, as there is no 1D table")
    if "LUT_3D_INPUT_RANGE" in header.values and not M:
        header.notices.append("LUT_3D_INPUT_RANGE is left out, as there is no 3D table")
    if not (M or S):
        raise RefusedError(
            f"line {header.table_line} begins a table before any LUT_3D_SIZE, so its size is unknown",
            "export it again as a 3D LUT",
        )
    table, more = rows.parse(text, header.table_offset, header.table_line, S + M**3)
    _refuse_codes(table)
    lut = _lut(header, table[:S], table[S:].reshape(M, M, M, 3).transpose(2, 1, 0, 3))
    return Decoded(lut, (*notices, *header.notices, *more, *_remarks(lut)), tuple(header.comments))


def _header(text):
    header = _Header()
    for number, offset, line in rows.head(text):
        if line[:1] in b"#" or not line:
            header.comments += [line[1:].strip().decode("ascii", "replace")] if line else []
            continue
        if line[:1] in b"0123456789+-.":
            header.table_line, header.table_offset = number, offset
            return header
        _read_keyword(header, number, line)
    if not header.values:
        raise RefusedError("it holds nothing but comments", "export it again as a 3D LUT")
    raise RefusedError("it ends before its table", "copy or export it again")


def _read_keyword(header, number, line):
    word = line.split(maxsplit=1)[0]
    keyword, rest = word.decode("ascii", "replace").upper(), line[len(word) :].strip()
    if keyword in _VIDEO_RANGE:
        raise RefusedError(
            f"line {number}: {keyword} wants video-range colours, which photos do not have",
            "export the LUT for full range",
        )
    if keyword not in _ARGUMENTS:
        if len(line) > rows.MOST_LINE:
            raise RefusedError(f"line {number} is {len(line)} bytes long and no comment, so this is no .cube file")
        raise RefusedError(
            f"line {number} begins with {rows.shown(word)}, a keyword of .cube files or a row of numbers was expected"
        )
    if keyword in header.values:
        raise RefusedError(f"line {number} repeats {keyword}, which stands once in a .cube file")
    if word != keyword.encode():
        header.notices.append(f"line {number}: {keyword} is not in capitals, which some programs refuse")
    if len(line) > _LONGEST_LINE:
        header.notices.append(f"line {number} is {len(line)} bytes long, some programs stop at {_LONGEST_LINE}")
    if keyword == "TITLE":
        header.values[keyword] = _title(rest, number, header.notices)
    else:
        header.values[keyword] = _argument(keyword, rest, number, header.notices)


def _title(rest, number, notices):
    try:
        title = rest.decode("utf-8")
    except UnicodeDecodeError:
        title = rest.decode("latin-1")
        notices.append(f"line {number}: the title is not UTF-8, read as Latin-1")
    if not title.startswith('"'):
        notices.append(f"line {number}: the title is not in quotes, which some programs refuse")
    elif title.count('"') < 2:
        notices.append(f"line {number}: the quotes around the title are not closed")
    return one_line(title.removeprefix('"').partition('"')[0])


def _argument(keyword, rest, number, notices):
    at = f"line {number}: {keyword}"
    bare, comment, _ = rest.partition(b"#")
    if comment:
        notices.append(f"line {number}: a comment stands behind {keyword}, which other programs refuse")
    tokens = bare.split()
    if not tokens:
        raise RefusedError(f"{at} has nothing behind it, {_ARGUMENTS[keyword]} was expected")
    if keyword.endswith("_SIZE"):
        most = LARGEST_GRID if keyword == "LUT_3D_SIZE" else _LARGEST_CURVE
        return rows.whole_number(b" ".join(tokens), at, 2, most)
    return rows.numbers(tokens, at, 2 if keyword.endswith("_RANGE") else 3)


def _lut(header, curves, lattice):
    """Builds the LUT from the keywords and the two tables."""
    title, domain = header.get("TITLE", ""), _domain(header)
    if not len(curves):
        return Lut3D(lattice, title, domain)
    if not len(lattice):
        return _from_curves(curves, title, domain)
    low, high = _range(header, "LUT_3D_INPUT_RANGE")
    places = (curves.astype(np.float64) - low) / (high - low)
    return Lut3D(lattice, title, domain, np.clip(places, -_FAR_OUTSIDE, _FAR_OUTSIDE))


def _from_curves(curves, title, domain):
    """A 1D LUT: curves into a lattice of eight corners that spans their range."""
    curves = curves.astype(np.float64)
    low, high = np.minimum(curves.min(0), 0), np.maximum(curves.max(0), 1)
    corners = Lut3D.identity(2).lattice * (high - low) + low
    return Lut3D(corners, title, domain, (curves - low) / (high - low))


def _domain(header):
    """The domain of the first table, by DOMAIN_MIN and DOMAIN_MAX or by Resolve's INPUT_RANGE."""
    own = "LUT_1D_INPUT_RANGE" if "LUT_1D_SIZE" in header.values else "LUT_3D_INPUT_RANGE"
    adobe = [keyword for keyword in ("DOMAIN_MIN", "DOMAIN_MAX") if keyword in header.values]
    ends = _range(header, own)
    in_range = tuple((end,) * 3 for end in ends)
    if not adobe:
        return in_range
    low, high = tuple(header.get("DOMAIN_MIN", UNIT_DOMAIN[0])), tuple(header.get("DOMAIN_MAX", UNIT_DOMAIN[1]))
    if not all(a < b for a, b in zip(low, high, strict=True)):
        raise RefusedError(f"DOMAIN_MIN {_plain(low)} is not below DOMAIN_MAX {_plain(high)}")
    has_both_tables = {"LUT_1D_SIZE", "LUT_3D_SIZE"} <= header.values.keys()
    if (low, high) != in_range and (own in header.values or has_both_tables):
        raise RefusedError(f"it has {adobe[0]} and Resolve's keywords, which contradict each other")
    return low, high


def _range(header, keyword):
    low, high = header.get(keyword, (0.0, 1.0))
    if not low < high:
        raise RefusedError(f"{keyword} {_plain((low, high))} does not rise")
    return low, high


def _plain(values):
    return " ".join(f"{value:g}" for value in values)


def _refuse_codes(table):
    """Some programs write codes instead of 0 to 1, which would turn every photo white."""
    top = table.max()
    if top >= 16 and (table == np.rint(table)).all():
        bits = next((bits for bits in (8, 10, 12, 16) if top < 2**bits), 32)
        raise RefusedError(
            f"its numbers look like {bits}-bit codes, because they are whole and reach {top:g}; a .cube holds 0 to 1",
            "export it again with normalised values",
        )


def _remarks(lut):
    low, high = float(lut.lattice.min()), float(lut.lattice.max())
    if low < 0 or high > 1:
        yield f"its values reach from {low:.4g} to {high:.4g}; most programs clip them to 0 and 1"
    if _is_blue_fastest(lut.lattice):
        yield "red and blue seem to be exchanged: its table may have been written with blue changing fastest"


def _is_blue_fastest(lattice):
    """Whether some of its points are only near the identity if red and blue are swapped."""
    M = len(lattice)
    at = np.linspace(0, M - 1, min(M, 17)).astype(int)
    points, identity = lattice[np.ix_(at, at, at)], np.stack(np.meshgrid(at, at, at, indexing="ij"), -1) / (M - 1)
    as_it_is = np.abs(points - identity).mean()
    return bool(as_it_is > 0.15 and np.abs(points.transpose(2, 1, 0, 3) - identity).mean() < as_it_is / 3)


def _rows(plane):
    """One plane of equal blue as text, "0.123456 " for each number; in integers, which is four times as fast."""
    millionths = np.rint(plane.reshape(-1, 3).astype(np.float64) * 1_000_000).astype(np.int64)
    text = np.full((len(millionths), 3, 9), ord(" "), np.uint8)
    text[..., [0, 2, 3, 4, 5, 6, 7]] = ord("0") + millionths[..., None] // _PLACES % 10
    text[..., 1] = ord(".")
    text[:, 2, 8] = ord("\n")
    return text.tobytes()
