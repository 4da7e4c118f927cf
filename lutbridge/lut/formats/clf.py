"""The Academy / ASC Common LUT Format, .clf: XML with a list of steps, of which a 3D LUT is one.

Read are lists that are one `Lut3D`: a Range or a diagonal Matrix (the domain), a LUT1D (the shaper), and a LUT3D with
blue changing fastest; the first two may be missing.

Source: Academy S-2014-006, Common LUT Format 3.0.
"""

import hashlib
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from lutbridge.errors import RefusedError
from lutbridge.lut.formats.codec import Decoded
from lutbridge.lut.formats.rows import numbers, shown
from lutbridge.lut.formats.title import one_line
from lutbridge.lut.formats.xml import parse
from lutbridge.lut.lut3d import UNIT_DOMAIN, Lut3D

LARGEST_GRID = 129  # lattice points along an axis, of OpenColorIO
_LARGEST_CURVE = 65536
_SCALES = {"8i": 255.0, "10i": 1023.0, "12i": 4095.0, "16i": 65535.0, "16f": 1.0, "32f": 1.0}
_DEPTHS = 'inBitDepth="32f" outBitDepth="32f"'
_NO_STEPS = {"Description", "InputDescriptor", "OutputDescriptor", "Info"}


def to_bytes(lut: Lut3D) -> bytes:
    """The file, float32 to the last bit, with domain and shaper; values may lie outside [0, 1]."""
    if lut.grid_size > LARGEST_GRID:
        raise ValueError(f"a .clf holds a LUT of grid size 2 to {LARGEST_GRID}")
    title = one_line(lut.title)
    steps = []
    if lut.domain != UNIT_DOMAIN:
        steps.append(_step("Matrix", "3 4", _scaling(np.array(lut.domain))))
    if lut.shaper is not None:
        steps.append(_step("LUT1D", f"{len(lut.shaper)} 3", lut.shaper))
    size = f"{' '.join([str(lut.grid_size)] * 3)} 3"
    steps.append(_step("LUT3D", size, lut.lattice.reshape(-1, 3), ' interpolation="tetrahedral"'))
    body = f"    <Description>{escape(title)}</Description>\n{''.join(steps)}"
    identity = hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()
    attributes = f'id="{identity}" name={quoteattr(title or "lutbridge")} compCLFversion="3.0"'
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<ProcessList {attributes}>\n{body}</ProcessList>\n'
    return text.encode("utf-8")


def decode(data: bytes) -> Decoded:
    """Reads a .clf file; see `codec.Codec`."""
    root = parse(data)
    if _tag(root) != "ProcessList":
        raise RefusedError(f"it begins with {_shown(_tag(root))}, a ProcessList was expected")
    steps = [child for child in root if _tag(child) not in _NO_STEPS]
    kinds = [_tag(step) for step in steps]
    lut3d = steps[-1] if kinds[-1:] == ["LUT3D"] else None
    before = dict(zip(kinds[:-1], steps[:-1], strict=True))
    if lut3d is None or kinds[:-1] not in (
        [],
        ["LUT1D"],
        *([kind, *rest] for kind in _DOMAINS for rest in ([], ["LUT1D"])),
    ):
        listed = ", ".join(kind[:20] for kind in kinds[:8]) or "none"
        raise RefusedError(
            f"its steps ({listed}) are no single 3D LUT: a Range or Matrix, a LUT1D and a LUT3D were expected",
            "bake it into one 3D LUT first",
        )
    lattice, notices = _lattice(lut3d)
    domain = next((read(before[kind]) for kind, read in _DOMAINS.items() if kind in before), UNIT_DOMAIN)
    shaper = _shaper(before["LUT1D"]) if "LUT1D" in before else None
    title = root.findtext("{*}Description") or root.get("name") or ""
    return Decoded(Lut3D(lattice, one_line(title), domain, shaper), notices)


def _step(kind, size, values, attributes=""):
    table = "\n".join(" ".join(f"{value:.9g}" for value in row) for row in np.asarray(values).tolist())
    return (
        f'    <{kind} {_DEPTHS}{attributes}>\n        <Array dim="{size}">\n{table}\n        </Array>\n    </{kind}>\n'
    )


def _scaling(domain):
    """(3, 4) matrix from the domain to [0, 1], offsets last."""
    low, high = domain
    return np.column_stack([np.diag(1 / (high - low)), -low / (high - low)])


def _lattice(step):
    values, size = _array(step)
    if len(size) != 4 or len(set(size[:3])) != 1 or size[3] != 3:
        raise RefusedError(f"its LUT3D has the size {' '.join(map(str, size))}, three equal sizes and 3 were expected")
    M = size[0]
    if not 2 <= M <= LARGEST_GRID:
        raise RefusedError(f"its LUT3D has {M} points along an axis, 2 to {LARGEST_GRID} were expected")
    wanted = step.get("interpolation", "tetrahedral")
    notices = (
        () if wanted == "tetrahedral" else (f"it asks for {_shown(wanted)} interpolation; lutbridge's is tetrahedral",)
    )
    return _filled(values, M**3 * 3, "LUT3D").reshape(M, M, M, 3) / _scale(step, "outBitDepth"), notices


def _shaper(step):
    if step.get("halfDomain") or step.get("rawHalfs"):
        raise RefusedError(
            "its LUT1D is indexed by half floats, which lutbridge does not read", "bake it into a 3D LUT"
        )
    values, size = _array(step)
    if len(size) != 2 or size[1] not in (1, 3) or not 2 <= size[0] <= _LARGEST_CURVE:
        raise RefusedError(
            f"its LUT1D has the size {' '.join(map(str, size))}, 2 to {_LARGEST_CURVE} and 1 or 3 were expected"
        )
    curve = _filled(values, size[0] * size[1], "LUT1D").reshape(size) / _scale(step, "outBitDepth")
    return np.repeat(curve, 3 // size[1], axis=1)


def _matrix_domain(step):
    values, size = _array(step)
    if size not in ([3, 3], [3, 4], [3, 3, 3], [3, 4, 3]):
        raise RefusedError(f"its Matrix has the size {' '.join(map(str, size))}, 3 3 or 3 4 was expected")
    matrix = _filled(values, size[0] * size[1], "Matrix").reshape(size[:2]).astype(np.float64)
    gain, offset = np.diag(matrix), matrix[:, 3] if size[1] == 4 else np.zeros(3)
    if (matrix[:, :3] != np.diag(gain)).any() or (gain <= 0).any():
        raise RefusedError("its Matrix mixes channels, which a 3D LUT cannot hold exactly", "bake it into the 3D LUT")
    into, out = _scale(step, "inBitDepth"), _scale(step, "outBitDepth")
    return _domain(-offset / gain / into, (out - offset) / gain / into)


def _range_domain(step):
    bounds = {}
    for name in ("minInValue", "maxInValue", "minOutValue", "maxOutValue"):
        text = step.findtext(f"{{*}}{name}", "")
        bounds[name] = numbers(text.encode("utf-8", "replace").split(), f"the {name} of its Range", 1)[0]
    out = _scale(step, "outBitDepth")
    if (bounds["minOutValue"], bounds["maxOutValue"]) != (0, out):
        raise RefusedError(f"its Range does not lead to 0 and {out:g}, where its LUT begins and ends")
    into = _scale(step, "inBitDepth")
    return _domain(np.full(3, bounds["minInValue"] / into), np.full(3, bounds["maxInValue"] / into))


_DOMAINS = {"Range": _range_domain, "Matrix": _matrix_domain}


def _domain(low, high):
    if not np.isfinite([low, high]).all() or not (low < high).all():
        raise RefusedError("its first step leaves no range of colours to look up")
    return tuple(low.tolist()), tuple(high.tolist())


def _array(step):
    """The numbers of a step as text, and its sizes."""
    if step.get("bypass", "false").lower() == "true" or step.find("{*}IndexMap") is not None:
        raise RefusedError(f"its {_tag(step)} has a bypass or an IndexMap, which lutbridge does not read")
    array = step.find("{*}Array")
    dim = [] if array is None else array.get("dim", "").split()
    if not 1 <= len(dim) <= 4 or not all(size.isascii() and size.isdigit() and len(size) < 9 for size in dim):
        raise RefusedError(f"its {_tag(step)} has no Array whose size is said")
    return array.text or "", [int(size) for size in dim]


def _filled(text, expected, kind):
    values = text.split(None, expected)  # and what stands behind the expected ones, in one piece
    if len(values) != expected:
        found = len(values) if len(values) < expected else "more"
        raise RefusedError(f"the Array of its {kind} has {found} numbers, {expected} were expected")
    try:
        with np.errstate(over="ignore"):
            table = np.array(values, np.float32)
    except ValueError as error:
        raise RefusedError(f"the Array of its {kind} holds something that is no number") from error
    if not np.isfinite(table).all():
        raise RefusedError(f"the Array of its {kind} holds numbers that are not finite")
    return table


def _scale(step, end):
    """What stands for 1 in numbers of a step's in- or outBitDepth."""
    depth = step.get(end, "32f")
    if depth not in _SCALES:
        raise RefusedError(
            f"the {end} of its {_tag(step)} is {_shown(depth)}, one of {', '.join(_SCALES)} was expected"
        )
    return np.float32(_SCALES[depth])


def _tag(element):
    """The name without its namespace."""
    return element.tag.rpartition("}")[2]


def _shown(text):
    return shown(text.encode("utf-8", "replace"))
