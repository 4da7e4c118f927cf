"""LUT files: which formats there are, and reading a file of any of them.

`FORMATS` is the table of those that are written, one module each, and `READ_ONLY` that of the rest; the command line
and docs/lut-formats.md use both. Writing gives bytes; putting them into a file is the caller's.
"""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from lutbridge.errors import ReadError, RefusedError
from lutbridge.files import check_regular
from lutbridge.lut.formats import (
    clf,
    csp,
    cube,
    hald,
    lightroom_table,
    lightroom_xmp,
    opencolorio,
    resolve_cube,
    spi3d,
    three_dl,
)
from lutbridge.lut.formats.codec import Format
from lutbridge.lut.formats.recognise import HEAD_BYTES, recognise
from lutbridge.lut.lut3d import Lut3D

_MB = 1 << 20

FORMATS: dict[str, Format] = {
    format_.name: format_
    for format_ in (
        Format(
            "cube",
            (".cube",),
            "cube of Adobe and DaVinci Resolve",
            cube,
            clamps=True,
            holds_comments=True,
            most_bytes=512 * _MB,  # 256³ rows of 27 bytes are 453 MB
        ),
        Format(
            "xmp",
            (".xmp",),
            "creative profile",
            lightroom_xmp,
            clamps=True,
            holds_comments=True,
            most_bytes=8 * _MB,
            options=("gamut",),
            largest_grid=lightroom_table.LARGEST_GRID,
        ),
        Format(
            "hald",
            (".png",),
            "HaldCLUT",
            hald,
            clamps=True,
            holds_comments=True,
            most_bytes=256 * _MB,
            options=("bits",),
            smallest_grid=4,
            fits=hald.fits,
        ),
        Format(
            "3dl",
            (".3dl",),
            "Flame and Lustre 3D LUT",
            three_dl,
            clamps=True,
            most_bytes=64 * _MB,
            smallest_grid=min(three_dl.GRIDS),
            largest_grid=max(three_dl.GRIDS),
            fits=three_dl.fits,
        ),
        Format(
            "spi3d",
            (".spi3d",),
            "Imageworks 3D LUT",
            spi3d,
            most_bytes=128 * _MB,
            largest_grid=spi3d.LARGEST_GRID,
        ),
        Format(
            "clf",
            (".clf",),
            "Common LUT Format",
            clf,
            most_bytes=128 * _MB,
            plain_only=False,
            largest_grid=clf.LARGEST_GRID,
        ),
        Format(
            "csp",
            (".csp",),
            "cineSpace",
            csp,
            most_bytes=128 * _MB,
            plain_only=False,
            largest_grid=csp.LARGEST_GRID,
        ),
    )
}

# The dialect that keeps a LUT's range, which fewer programs read.
WITH_RANGE: dict[str, Format] = {"cube": replace(FORMATS["cube"], codec=resolve_cube, plain_only=False, clamps=False)}

READ_ONLY: dict[str, Format] = {
    name: Format(name, (f".{name}",), title, opencolorio.Reader(f".{name}"), most_bytes=128 * _MB, plain_only=False)
    for name, title in (
        ("ctf", "Color Transform Format"),
        ("spi1d", "Imageworks 1D LUT"),
        ("spimtx", "Imageworks matrix"),
        ("vf", "Nuke's vector field"),
        ("m3d", "Pandora 3D LUT"),
        ("mga", "Pandora 3D LUT"),
        ("itx", "Iridas 3D LUT"),
        ("look", "Iridas look"),
        ("cub", "Truelight 3D LUT"),
        ("lut", "LUT of Houdini, or 1D LUT of Discreet"),
        ("cc", "ASC colour correction"),
        ("ccc", "ASC colour correction collection"),
        ("cdl", "ASC colour decision list"),
    )
}
_KNOWN = FORMATS | READ_ONLY


@dataclass(frozen=True)
class LutFile:
    """A LUT that was read, and remarks on its file."""

    path: Path
    format: Format
    lut: Lut3D
    notices: tuple[str, ...]  # anything unusual, in sentences without the path
    comments: tuple[str, ...] = ()  # in the file, if the format has comments
    space: tuple[str, str] | None = None  # see `codec.Decoded`
    data: bytes = field(default=b"", repr=False)  # the file, as it was read


def read(path: str | Path) -> Lut3D:
    """The LUT of a file; see `load`."""
    return load(path).lut


def load(path: str | Path, any_space: bool = False) -> LutFile:
    """Reads a LUT file of any format, recognised by its content first and its suffix second.

    Args:
        any_space: whether to accept a LUT for another colour space than sRGB; `LutFile.space` names it.
    Raises:
        ReadError: the file is missing, no LUT, damaged, cut short or too large; the message says what is wrong, in
            which line, and what was expected.
    """
    path = Path(path)
    with _faults_named(path):
        check_regular(path, "a LUT")
        with open(path, "rb") as file:
            return _load(path, file, os.fstat(file.fileno()).st_size, any_space)


def load_stream(stream: BinaryIO, name: str, any_space: bool = False) -> LutFile:
    """Reads a LUT of any format from a pipe, recognised by its content alone; it may have 512 MB.

    Args:
        name: what to call it in messages.
        any_space: as of `load`.
    Raises:
        ReadError: as `load`.
    """
    path = Path(name)
    with _faults_named(path):
        most = max(format_.most_bytes for format_ in _KNOWN.values())
        data = stream.read(most + 1)
        return _load(path, io.BytesIO(data), len(data), any_space)


@contextmanager
def _faults_named(path: Path) -> Iterator[None]:
    try:
        yield
    except RefusedError as refused:
        raise ReadError(path, refused.fault, refused.remedy) from refused
    except MemoryError as error:
        raise ReadError(path, "there is not enough memory for it", "close other programs") from error
    except OSError as error:
        raise ReadError(path, f"it cannot be read ({error.strerror or error})") from error


def to_bytes(lut: Lut3D, name: str, **options) -> bytes:
    """The bytes of a file of the format called `name`, a key of FORMATS; see `codec.Format.to_bytes`.

    >>> to_bytes(Lut3D.identity(2), "cube").splitlines()[:3]
    [b'TITLE "identity"', b'LUT_3D_SIZE 2', b'0.000000 0.000000 0.000000']
    >>> FORMATS["xmp"].prepare(Lut3D.identity(33)).grid_size
    32
    """
    return FORMATS[name].to_bytes(lut, **options)


def by_suffix(path: str | Path) -> Format | None:
    """The format that a file's name says, of those that are written or only read, or None."""
    suffix = Path(path).suffix.lower()
    return next((format_ for format_ in _KNOWN.values() if suffix in format_.suffixes), None)


def _load(path, file, size, any_space):
    named = by_suffix(path)
    format_ = _KNOWN[recognise(file.read(HEAD_BYTES), named and named.name)]
    most = format_.most_bytes
    if size > most:
        raise RefusedError(f"it has {size // _MB} MB, a {format_.name} file may have {most // _MB} MB")
    file.seek(0)
    data = file.read(size)
    decoded = format_.codec.decode(data)
    if decoded.space and not any_space:
        raise RefusedError(
            f"its table is made for {decoded.space[0]} with {decoded.space[1]}, and LUTs are applied to sRGB here",
            "bring it to sRGB with `lutbridge lut convert`",
        )
    return LutFile(path, format_, decoded.lut, decoded.notices, decoded.comments, decoded.space, data)
