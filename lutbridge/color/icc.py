"""The inside of ICC profiles: tags, curves, colorants; and a matrix profile written from them.

Source: ICC.1:2022 (version 4.4), sections 7.2 header, 7.3 tag table, 10.6 curveType, 10.18 parametricCurveType.
"""

import struct

import numpy as np

from lutbridge.color.srgb import RGB_TO_XYZ, WHITE_D65_XYZ

D50_XYZ = np.array([0.9642, 1, 0.8249])  # white of the profile connection space
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_D65_TO_D50 = np.linalg.solve(_BRADFORD, np.diag((_BRADFORD @ D50_XYZ) / (_BRADFORD @ WHITE_D65_XYZ)) @ _BRADFORD)
SRGB_TO_XYZ_D50 = _D65_TO_D50 @ RGB_TO_XYZ  # linear sRGB to the connection space

IDENTITY_CURVE = b"curv" + bytes(8)
_SRGB_xy = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
# ITU-T H.273, the primaries and transfer characteristics of colour photos by their numbers; all with D65.
_PRIMARIES = {
    1: ("sRGB", _SRGB_xy),
    9: ("BT.2020", ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046))),
    12: ("Display P3", ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))),
}
_BT_709_CURVE = (1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081)
_CURVES = {1: _BT_709_CURVE, 4: (2.2,), 5: (2.8,), 6: _BT_709_CURVE, 8: (1.0,), 14: _BT_709_CURVE, 15: _BT_709_CURVE}
SRGB_TRANSFER = 13
_CURVES[SRGB_TRANSFER] = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
_PARAMETERS = {0: "g", 1: "gab", 2: "gabc", 3: "gabcd", 4: "gabcdef"}  # letters of parametricCurveType, by function
_HEADER_BYTES = 128


def tags(icc: bytes) -> dict[bytes, bytes]:
    """Tag signatures and their content, cut where the profile ends."""
    count = int.from_bytes(icc[128:132], "big")
    found = {}
    for start in range(132, min(132 + 12 * count, len(icc) - 11), 12):
        offset, length = struct.unpack_from(">II", icc, start + 4)
        found[icc[start : start + 4]] = icc[offset : offset + length]
    return found


def colorants(found: dict[bytes, bytes]) -> np.ndarray:
    """(3, 3): linear RGB to XYZ of the connection space; raises ValueError if the tags lack it."""
    try:
        columns = [struct.unpack_from(">3i", found[name], 8) for name in (b"rXYZ", b"gXYZ", b"bXYZ")]
    except (KeyError, struct.error) as error:
        raise ValueError("no colorants") from error
    return np.array(columns).T / 65536


def sample_curve(tag: bytes, x: np.ndarray) -> np.ndarray:
    """A tone curve, device value [0, 1] to linear light, at `x` (any shape, float64); raises ValueError."""
    try:
        if tag[:4] == b"curv":
            return _table(tag, x)
        if tag[:4] == b"para":
            return _parametric(tag, x)
    except (KeyError, struct.error) as error:
        raise ValueError("damaged curve") from error
    raise ValueError("unknown kind of curve")


def _table(tag: bytes, x: np.ndarray) -> np.ndarray:
    count = struct.unpack_from(">I", tag, 8)[0]
    if count == 0:
        return x
    if count == 1:
        return x ** (struct.unpack_from(">H", tag, 12)[0] / 256)
    values = struct.unpack_from(f">{count}H", tag, 12)
    return np.interp(x, np.linspace(0, 1, count), np.array(values) / 65535)


def _parametric(tag: bytes, x: np.ndarray) -> np.ndarray:
    function = struct.unpack_from(">H", tag, 8)[0]
    letters = _PARAMETERS[function]
    numbers = struct.unpack_from(f">{len(letters)}i", tag, 12)
    p = dict.fromkeys("abcdefg", 0.0) | {"a": 1.0} | {k: v / 65536 for k, v in zip(letters, numbers, strict=True)}
    if function in (1, 2):  # c is the offset of both parts, which meet where the power begins
        if not p["a"]:
            raise ValueError("damaged curve")
        p |= {"c": 0.0, "d": -p["b"] / p["a"], "e": p["c"], "f": p["c"]}
    power = np.maximum(p["a"] * x + p["b"], 0) ** p["g"] + p["e"]
    return np.where(x >= p["d"], power, p["c"] * x + p["f"])


def matrix_profile(name: str, to_xyz: np.ndarray, curve: bytes) -> bytes:
    """A version 2 display profile.

    Args:
        name: its description, ASCII.
        to_xyz: (3, 3), linear RGB to XYZ of the connection space.
        curve: a tone curve tag, `curv` or `para`, for all three channels.
    """
    description = name.encode("ascii") + b"\0"
    content = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(description)) + description + bytes(78),
        b"cprt": b"text\0\0\0\0" + b"No copyright, use freely\0",
        b"wtpt": _xyz(D50_XYZ),
        **{name: _xyz(column) for name, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), to_xyz.T, strict=True)},
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve),
    }
    table, data, start = struct.pack(">I", len(content)), b"", _HEADER_BYTES + 4 + 12 * len(content)
    placed: dict[bytes, int] = {}
    for signature, tag in content.items():
        if tag not in placed:
            placed[tag] = start + len(data)
            data += tag + bytes(-len(tag) % 4)
        table += signature + struct.pack(">II", placed[tag], len(tag))
    header = struct.pack(">I4xI4s4s4s", start + len(data), 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    header += struct.pack(">6H4s28x3i", 2000, 1, 1, 0, 0, 0, b"acsp", *_fixed(D50_XYZ))
    return header.ljust(_HEADER_BYTES, b"\0") + table + data


def of_code_points(primaries: int, transfer: int) -> bytes | None:
    """A profile for the space of a cICP chunk or nclx box (ITU-T H.273); None for HDR and for uncommon spaces."""
    if primaries not in _PRIMARIES or transfer not in _CURVES:
        return None
    name, xy = _PRIMARIES[primaries]
    if transfer != SRGB_TRANSFER:
        name = f"{name} primaries, transfer {transfer}"
    return matrix_profile(name, _to_xyz(xy), parametric_curve(*_CURVES[transfer]))


def srgb() -> bytes:
    """A profile for sRGB, the same bytes each time."""
    return of_code_points(1, SRGB_TRANSFER)


def adobe_rgb() -> bytes:
    """A profile for Adobe RGB (1998)."""
    xyz = _to_xyz(((0.64, 0.33), (0.21, 0.71), (0.15, 0.06)))
    return matrix_profile("Adobe RGB (1998)", xyz, parametric_curve(563 / 256))


def _to_xyz(primaries_xy: tuple) -> np.ndarray:
    """(3, 3), linear RGB with a D65 white to XYZ of the connection space."""
    xyz = np.array([[x / y, 1, (1 - x - y) / y] for x, y in primaries_xy]).T
    return _D65_TO_D50 @ (xyz * np.linalg.solve(xyz, WHITE_D65_XYZ))


def parametric_curve(*parameters: float) -> bytes:
    """A `para` tag: one parameter is a gamma, five are those of function 3, sRGB's kind."""
    function = {1: 0, 5: 3}[len(parameters)]
    return b"para\0\0\0\0" + struct.pack(f">HH{len(parameters)}i", function, 0, *_fixed(np.array(parameters)))


def _fixed(numbers: np.ndarray) -> list[int]:
    return np.rint(np.asarray(numbers) * 65536).astype(int).tolist()


def _xyz(numbers: np.ndarray) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *_fixed(numbers))
