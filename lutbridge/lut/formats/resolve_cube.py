"""The .cube of DaVinci Resolve, which keeps what `cube` bakes in: a domain, a shaper, and values outside [0, 1].

Written are LUT_1D_SIZE and LUT_1D_INPUT_RANGE if there is a shaper, LUT_3D_SIZE, LUT_3D_INPUT_RANGE if there is a
domain and no shaper, then the tables. The title is a comment, as OpenColorIO's reader of this dialect accepts no
TITLE. Fewer programs read this than the plain form; `lut check` says which.

Source: DaVinci Resolve's developer notes on LUTs.
"""

from collections.abc import Sequence

import numpy as np

from lutbridge.lut.formats import cube
from lutbridge.lut.formats.codec import Decoded
from lutbridge.lut.formats.title import ascii_line
from lutbridge.lut.lut3d import UNIT_DOMAIN, Lut3D

_CURVE = 4096  # points of a shaper that takes over the domains of three channels


def to_bytes(lut: Lut3D, comments: Sequence[str] = ()) -> bytes:
    """The file's bytes; the same LUT and comments give the same bytes. Eight places, not clamped."""
    low, high, shaper = _one_range(lut)
    in_range = f"{low:.9g} {high:.9g}"
    head = [f"# {line}" for line in comments] + [f"# {ascii_line(lut.title)}"]
    if shaper is not None:
        head += [f"LUT_1D_SIZE {len(shaper)}", f"LUT_1D_INPUT_RANGE {in_range}"]
    head.append(f"LUT_3D_SIZE {lut.grid_size}")
    if shaper is None and lut.domain != UNIT_DOMAIN:
        head.append(f"LUT_3D_INPUT_RANGE {in_range}")
    rows = np.concatenate(
        [np.empty((0, 3)) if shaper is None else shaper, lut.lattice.transpose(2, 1, 0, 3).reshape(-1, 3)]
    )
    table = [f"{r:.8f} {g:.8f} {b:.8f}" for r, g, b in rows.tolist()]
    return ("\n".join([*head, *table]) + "\n").encode("ascii")


def decode(data: bytes) -> Decoded:
    """Reads either kind of .cube; see `cube.decode`."""
    return cube.decode(data)


def _one_range(lut):
    """Lower and upper end of the inputs, one for all channels as the format has it, and the shaper from there or None.

    Where the channels' own ends differ, curves of 4096 points lead from the widest to each; a colour near the end of
    one is then off by less than a four-thousandth of the range.
    """
    ends = np.array(lut.domain)
    low, high = ends[0].min(), ends[1].max()
    if (ends == [[low] * 3, [high] * 3]).all():
        return low, high, lut.shaper
    places = (np.linspace(low, high, _CURVE)[:, None] - ends[0]) / (ends[1] - ends[0])
    if lut.shaper is None:
        return low, high, places.clip(0, 1)
    axis = np.linspace(0, 1, len(lut.shaper))
    return low, high, np.stack([np.interp(places[:, c], axis, lut.shaper[:, c]) for c in range(3)], -1)
