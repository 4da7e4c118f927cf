"""Rising Sun's cineSpace format, .csp: a curve for each channel (the prelut), then a lattice with red changing fastest.

The preluts say the domain: from their first input to their last. Their outputs are places in the lattice.
"""

import numpy as np

from lutbridge.errors import RefusedError
from lutbridge.lut.formats import rows
from lutbridge.lut.formats.codec import Decoded
from lutbridge.lut.formats.title import ascii_line, one_line
from lutbridge.lut.lut3d import Lut3D

LARGEST_GRID = 129  # lattice points along an axis, of OpenColorIO
_LARGEST_PRELUT = 65536
_RESAMPLED = 4096  # points of a shaper whose prelut is not evenly spaced
_FAR_OUTSIDE = 1e6  # of the lattice


def to_bytes(lut: Lut3D) -> bytes:
    """The file, float32 to the last bit, with domain and shaper; values may lie outside [0, 1]."""
    if lut.grid_size > LARGEST_GRID:
        raise ValueError(f"a .csp holds a LUT of grid size 2 to {LARGEST_GRID}")
    shaper = np.array([[0.0] * 3, [1.0] * 3]) if lut.shaper is None else lut.shaper
    inputs = np.linspace(*np.array(lut.domain), len(shaper))
    preluts = "".join(f"{len(shaper)}\n{_row(inputs[:, c])}\n{_row(shaper[:, c])}\n" for c in range(3))
    title = ascii_line(lut.title) or "lutbridge"
    head = f"CSPLUTV100\n3D\n\nBEGIN METADATA\n{title}\nEND METADATA\n\n{preluts}\n"
    size = " ".join([str(lut.grid_size)] * 3)
    table = lut.lattice.transpose(2, 1, 0, 3).reshape(-1, 3).tolist()
    return (head + size + "\n" + "".join(f"{r:.9g} {g:.9g} {b:.9g}\n" for r, g, b in table)).encode("ascii")


def decode(data: bytes) -> Decoded:
    """Reads a .csp file with a 3D table; see `codec.Codec`.

    Preluts of unevenly spaced inputs are resampled linearly; some hosts draw a smooth curve through them instead.
    """
    text, notices = rows.text_of(data)
    source = (line for line in rows.head(text) if line[2])
    _check_mark(source)
    title, line = _title(source)
    preluts = []
    for channel in ("red", "green", "blue"):
        prelut, line = _prelut(source, line, channel)
        preluts.append(prelut)
    number, _, sizes = line
    if len(sizes.split()) != 3 or len(set(sizes.split())) != 1:
        raise RefusedError(f"line {number} is {rows.shown(sizes)}, three equal sizes were expected")
    M = rows.whole_number(sizes.split()[0], f"line {number}: the size", 2, LARGEST_GRID)
    number, offset, _ = _next(source)
    table, more = rows.parse(text, offset, number, M**3)
    domain, shaper, remarks = _curves(preluts)
    lattice = table.reshape(M, M, M, 3).transpose(2, 1, 0, 3)
    return Decoded(Lut3D(lattice, title, domain, shaper), (*notices, *more, *remarks))


def _row(values):
    return " ".join(f"{value:.9g}" for value in values.tolist())


def _next(source):
    line = next(source, None)
    if line is None:
        raise RefusedError("it ends before its table", "copy or export it again")
    return line


def _check_mark(source):
    number, _, mark = _next(source)
    if not mark.upper().startswith(b"CSPLUTV100"):
        raise RefusedError(f"line {number} is {rows.shown(mark)}, “CSPLUTV100” was expected")
    number, _, kind = _next(source)
    if kind.upper() == b"1D":
        raise RefusedError("it holds curves only (1D), no 3D LUT", "export a 3D LUT")
    if kind.upper() != b"3D":
        raise RefusedError(f"line {number} is {rows.shown(kind)}, “3D” was expected")


def _title(source):
    """The first line of the metadata, and the line behind them."""
    line, title = _next(source), ""
    if line[2].upper().startswith(b"BEGIN METADATA"):
        while not (line := _next(source))[2].upper().startswith(b"END METADATA"):
            title = title or line[2].decode("utf-8", "replace")
        line = _next(source)
    return one_line(title), line


def _prelut(source, line, channel):
    """((n,) inputs, (n,) outputs) of one channel, whose length stands in `line`; and the line behind it."""
    number, _, count = line
    points = rows.whole_number(count, f"line {number}: the length of the {channel} prelut", 0, _LARGEST_PRELUT)
    line = _next(source)
    if points < 2:
        return (np.array([0.0, 1.0]), np.array([0.0, 1.0])), line
    curve = []
    for number, _, row in (line, _next(source)):
        curve.append(np.array(rows.numbers(row.split(), f"line {number}: the {channel} prelut", points)))
    if (np.diff(curve[0]) <= 0).any():
        raise RefusedError(f"line {line[0]}: the inputs of the {channel} prelut do not rise")
    return tuple(curve), _next(source)


def _curves(preluts):
    """The domain, the shaper or None, and notices."""
    domain = tuple(tuple(float(inputs[end]) for inputs, _ in preluts) for end in (0, -1))
    if all(outputs.tolist() == [0, 1] for _, outputs in preluts):
        return domain, None, []
    even = [np.allclose(np.interp(inputs, inputs[[0, -1]], [0, 1]), np.linspace(0, 1, len(inputs)), atol=1e-6)
            for inputs, _ in preluts]  # fmt: skip
    if all(even) and len({len(outputs) for _, outputs in preluts}) == 1:
        return domain, _limited(np.stack([outputs for _, outputs in preluts], -1)), []
    curves = [np.interp(np.linspace(*inputs[[0, -1]], _RESAMPLED), inputs, outputs) for inputs, outputs in preluts]
    return domain, _limited(np.stack(curves, -1)), [f"its preluts are resampled to {_RESAMPLED} even steps"]


def _limited(places):
    """Places are clamped to the lattice after they are interpolated; this only keeps them within float32."""
    return np.clip(places, -_FAR_OUTSIDE, _FAR_OUTSIDE)
