"""The RGB table inside Camera Raw profiles: 16-bit codes, packed into bytes, compressed, and spelled in base 85.

Source: the layout is that of dng_big_table.cpp in Adobe's DNG SDK; checked against published profiles by their
fingerprints.
"""

import hashlib
import struct
import zlib
from dataclasses import dataclass

import numpy as np

from lutbridge.errors import RefusedError

LARGEST_GRID = 32  # lattice points along an axis, on disk
PRIMARIES = ("sRGB", "Adobe RGB", "ProPhoto RGB", "Display P3", "Rec. 2020")
GAMMAS = ("linear light", "the sRGB curve", "gamma 1.8", "gamma 2.2", "the Rec. 2020 curve")
GAMUTS = ("clip", "extend")
SRGB_PRIMARIES, SRGB_GAMMA = 0, 1

_HEAD = struct.Struct("<4I")  # kind, version, dimensions, divisions
_TAIL = struct.Struct("<3I2d")  # primaries, gamma, gamut, least and most amount
_RGB_TABLE, _VERSION, _DIMENSIONS = 1, 1, 3
_MOST_BYTES = _HEAD.size + 6 * LARGEST_GRID**3 + _TAIL.size + 4  # with the flags
_ALPHABET = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?`'|()[]{}@%$#"
_POWERS = 85 ** np.arange(5, dtype=np.uint64)
_DIGITS = np.full(256, 255, np.uint8)
_DIGITS[list(_ALPHABET)] = np.arange(85)


@dataclass(frozen=True, eq=False)
class Table:
    """A table as Camera Raw keeps it.

    Attributes:
        codes: (n, n, n, 3) uint16, indexed [r, g, b]; 0 is black, 65535 is white.
        primaries, gamma: the space it works in, indices into PRIMARIES and GAMMAS.
        gamut: index into GAMUTS: how colours outside that space are handled.
        amounts: the blend at the slider's ends, 0 and 200; slider 100 is blend 1 unless the profile says otherwise.
        flags: a number without a published meaning; 0 in every known profile.
    """

    codes: np.ndarray
    primaries: int = SRGB_PRIMARIES
    gamma: int = SRGB_GAMMA
    gamut: int = GAMUTS.index("extend")
    amounts: tuple[float, float] = (0.0, 2.0)
    flags: int = 0


def codes_of(values: np.ndarray) -> np.ndarray:
    """(…, 3) float32, [0, 1] to uint16 codes, rounded as Camera Raw does when it imports a .cube: all in float32."""
    return np.floor(np.clip(values, 0, 1).astype(np.float32) * np.float32(65535) + np.float32(0.5)).astype(np.uint16)


def pack(table: Table) -> bytes:
    """The bytes whose MD5 is the table's fingerprint; red changes slowest."""
    n = len(table.codes)
    tail = _TAIL.pack(table.primaries, table.gamma, table.gamut, *table.amounts)
    flags = struct.pack("<I", table.flags) if table.flags else b""
    differences = (table.codes - _identity(n)).astype("<u2")  # uint16 wraps, as the format wants
    return _HEAD.pack(_RGB_TABLE, _VERSION, _DIMENSIONS, n) + differences.tobytes() + tail + flags


def unpack(packed: bytes) -> Table:
    """The table of packed bytes.

    Raises:
        RefusedError: they are damaged, or another kind of table.
    """
    if len(packed) < _HEAD.size:
        raise _damaged("it is cut short")
    kind, version, dimensions, n = _HEAD.unpack_from(packed)
    if (kind, version, dimensions) != (_RGB_TABLE, _VERSION, _DIMENSIONS):
        raise RefusedError(
            f"its table is of kind {kind}, version {version}, with {dimensions} dimensions; "
            f"a 3D RGB table ({_RGB_TABLE}, {_VERSION}, {_DIMENSIONS}) was expected"
        )
    if not 2 <= n <= LARGEST_GRID:
        raise RefusedError(f"its table has {n} points along an axis, 2 to {LARGEST_GRID} were expected")
    end = _HEAD.size + 6 * n**3
    if len(packed) not in (end + _TAIL.size, end + _TAIL.size + 4):
        raise _damaged(f"it has {len(packed)} bytes, {end + _TAIL.size} were expected")
    differences = np.frombuffer(packed, "<u2", 3 * n**3, _HEAD.size).astype(np.uint16).reshape(n, n, n, 3)
    primaries, gamma, gamut, least, most = _TAIL.unpack_from(packed, end)
    if primaries >= len(PRIMARIES) or gamma >= len(GAMMAS) or gamut >= len(GAMUTS):
        raise _damaged(f"it names a colour space that there is none of ({primaries}, {gamma}, {gamut})")
    if not (0 <= least <= 1 <= most <= 2):
        raise _damaged(f"its amounts are {least:g} to {most:g}")
    flags = int.from_bytes(packed[end + _TAIL.size :], "little")
    return Table(differences + _identity(n), primaries, gamma, gamut, (least, most), flags)


def fingerprint(packed: bytes) -> str:
    """The table's name in profiles: MD5, 32 capital hexadecimal digits."""
    return hashlib.md5(packed, usedforsecurity=False).hexdigest().upper()


def spell(packed: bytes) -> str:
    """Packed bytes as the text of a profile; safe inside a double-quoted XML attribute."""
    data = struct.pack("<I", len(packed)) + zlib.compress(packed)
    groups = np.frombuffer(data + bytes(-len(data) % 4), "<u4").astype(np.uint64)
    digits = groups[:, None] // _POWERS % 85  # least significant first
    text = np.frombuffer(_ALPHABET, np.uint8)[digits.astype(np.intp)].tobytes()
    unused = -len(data) % 4  # k bytes in the last group are k + 1 digits
    return text[: len(text) - unused].decode("ascii")


def read_spelling(text: str) -> bytes:
    """The packed bytes of a profile's text; characters outside the alphabet are passed over, as Camera Raw does.

    Raises:
        RefusedError: the text is damaged.
    """
    digits = _DIGITS[np.frombuffer(text.encode("ascii", "ignore"), np.uint8)]
    digits = digits[digits != 255]
    unused = -len(digits) % 5
    groups = (np.pad(digits, (0, unused)).reshape(-1, 5) * _POWERS).sum(1, dtype=np.uint64)
    if (groups >> np.uint64(32)).any():
        raise _damaged("its text holds impossible groups of letters")
    data = groups.astype("<u4").tobytes()
    data = data[: len(data) - unused]
    if len(data) < 4:
        raise _damaged("it is cut short")
    length = int.from_bytes(data[:4], "little")
    if not _HEAD.size <= length <= _MOST_BYTES:
        raise _damaged(f"it claims {length} bytes, a table has at most {_MOST_BYTES}")
    inflate = zlib.decompressobj()
    try:
        packed = inflate.decompress(data[4:], length + 1)
    except zlib.error as error:
        raise _damaged("it does not decompress") from error
    if len(packed) != length or not inflate.eof:
        raise _damaged(f"it does not have the {length} bytes that it claims")
    return packed


def _identity(n):
    """(n, n, n, 3) uint16, the offset subtracted from the codes; in integers, n = 2 wraps to 0 at white."""
    axis = (np.arange(n, dtype=np.int64) * 65535 + (n >> 1)) // (n - 1)
    return np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1).astype(np.uint16)


def _damaged(what):
    return RefusedError(f"its colour table is damaged: {what}", "copy or export the profile again")
