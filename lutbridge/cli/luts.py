"""Shared by the commands that read or write LUTs: streams, formats by name, and files that are already there."""

import errno
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from lutbridge.cli.clipping import CODES
from lutbridge.cli.output import put_bytes, put_json, say, warn
from lutbridge.cli.streams import stdin
from lutbridge.errors import PhotoError, SetupError, UsageError, WriteError

_UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS}  # nothing else goes there either

STDIO = Path("-")  # stdin where a LUT is read, stdout if one is written


def load(path: Path, own_space: bool = False):
    """A LUT from a file or stdin; prints its notices, and uses the file's name if it has no title.

    Args:
        own_space: whether one that is made for another colour space stays so; else it is brought to sRGB.
    Raises:
        ReadError: it is no LUT.
    """
    from lutbridge.lut import formats

    file = formats.load_stream(stdin(), "stdin", True) if path == STDIO else formats.load(path, True)
    if file.space and not own_space:
        from lutbridge.color.working_spaces import baked_in_srgb, rgb_space

        space = rgb_space(*file.space)
        file = replace(file, lut=baked_in_srgb(file.lut, space))
        say(f"{path}: made for {space.name}; converted to sRGB with grid size {file.lut.grid_size}")
    for notice in file.notices:
        say(f"{path}: {notice}")
    return file if file.lut.title else replace(file, lut=replace(file.lut, title=path.stem))


def refuse_stdin_twice(inputs: Sequence[Path]) -> None:
    """Raises UsageError where more than one input is stdin."""
    if list(inputs).count(STDIO) > 1:
        raise UsageError("only one file can come from stdin (-); name the others")


def each(files: Sequence[Path], work: Callable, as_json: bool = False, **facts) -> int:
    """Does the work on each LutFile; one that fails is named, and the others go on. Returns the exit code.

    Args:
        facts: for --json, what to report besides the error if a file fails.
    """
    code = 0
    for path in files:
        try:
            work(load(path))
        except PhotoError as error:
            code = error.exit_code
            warn(f"lutbridge: {error}")
            if as_json:
                put_json({"file": str(path), **facts, "error": str(error)})
    return code


def format_named(name: str):
    """The format of this name.

    Raises:
        UsageError: there is none.
    """
    from lutbridge.lut.formats import FORMATS

    if name not in FORMATS:
        raise UsageError(f"unknown format {name!r}; choose from {', '.join(FORMATS)}")
    return FORMATS[name]


def format_of(path: Path):
    """The format that an output's name says.

    Raises:
        UsageError: its suffix is no LUT's.
    """
    from lutbridge.lut.formats import FORMATS, READ_ONLY, by_suffix

    found = by_suffix(path)
    if found and found.name in READ_ONLY:
        raise UsageError(
            f"{path}: lutbridge reads .{found.name} files but cannot write them; write a .cube or .clf instead"
        )
    if found is None:
        known = ", ".join(format_.suffixes[0] for format_ in FORMATS.values())
        raise UsageError(f"{path}: unknown LUT extension; use one of {known}")
    return found


def refuse_taken(output: Path, existing: str | None, inputs: Iterable[Path] = ()) -> None:
    """Raises UsageError if the output is an input, or is there already and was not to be overwritten.

    Args:
        existing: of --existing; None of commands without it, which never overwrite.
    """
    if output.is_dir():
        raise UsageError(f"{output}: is a folder; name a file in it")
    if not output.exists():
        return
    for path in inputs:
        if path.exists() and output.samefile(path):
            raise UsageError(f"{output}: is also the input; give the result another name")
    if existing != "overwrite":
        other_way = ", or add --existing overwrite" if existing else ""
        raise UsageError(f"{output}: already exists; choose another name{other_way}")


def write(output: Path, data: bytes, existing: str) -> None:
    """Writes a file atomically, or to stdout.

    Raises:
        WriteError: this file cannot be written.
        SetupError: no file can: the disk is full or the folder read-only.
    """
    from lutbridge.files import atomic_write

    if output == STDIO:
        put_bytes(data)
        return
    try:
        atomic_write(output, data, lambda file: file.read() == data, replace=existing == "overwrite")
    except WriteError as error:
        if isinstance(error.__cause__, OSError) and error.__cause__.errno in _UNWRITABLE:
            raise SetupError(str(error)) from error
        raise


def in_words(cost) -> str:
    """A Deviation in 8-bit code values."""
    mean, p999, largest = (CODES * value for value in (cost.mean, cost.p999, cost.largest))
    return f"off by {mean:.2f} of 255 on average, {p999:.2f} at the 99.9th percentile, {largest:.2f} at most"
