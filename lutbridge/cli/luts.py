"""What the commands of `lutbridge lut` share: reading LUTs, and writing one with what it cost."""

import errno
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import click

from lutbridge.cli.options import FILE, JSON
from lutbridge.cli.output import put, put_json, say, warn
from lutbridge.errors import ClippedError, PhotoError, SetupError, UsageError, WriteError

CODES = 255  # differences are told in 8-bit code values
_UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS}  # nothing else goes there either

SIZE = {
    "type": click.IntRange(2, 256),
    "metavar": "M",
    "help": "Grid size of the result: lattice points along an axis.",
}
_OUTPUT = (
    click.option(
        "-o", "--output", type=FILE, required=True, metavar="FILE", help="The new file; its suffix is its format."
    ),
    click.option("--title", help="A line for people, written into the file; what it is called in a list of profiles."),
    click.option(
        "--existing",
        type=click.Choice(["refuse", "overwrite"]),
        default="refuse",
        show_default=True,
        help="What to do about a file that is there already.",
    ),
    click.option(
        "--allow-clipping",
        is_flag=True,
        help="Write it even where its format cuts off values below 0 or above 1; without this that is exit code 4.",
    ),
    JSON,
)


def output_options(command: Callable) -> Callable:
    for option in reversed(_OUTPUT):
        command = option(command)
    return command


@dataclass(frozen=True)
class Wish:
    """How the result is to be written."""

    output: Path
    title: str | None = None
    existing: str = "refuse"
    allow_clipping: bool = False
    as_json: bool = False


def load(path: Path):
    """A LUT file; its notices are said, and a LUT without a title is called after its file.

    Raises:
        ReadError: it is no LUT.
    """
    from lutbridge.lut import formats

    file = formats.load(path)
    for notice in file.notices:
        say(f"{path}: {notice}")
    return file if file.lut.title else replace(file, lut=replace(file.lut, title=path.stem))


def begin(wish: Wish, *inputs: Path) -> list:
    """The LUTs of the inputs, once it is clear that the result can be written where it is wished.

    Raises:
        UsageError, ReadError.
    """
    format_of(wish.output)
    refuse_taken(wish.output, wish.existing, inputs)
    return [load(path).lut for path in inputs]


def each(files: Sequence[Path], work: Callable, as_json: bool = False, **facts) -> int:
    """Does the work on each LutFile; one that fails is named, and the others go on. Returns the exit code.

    Args:
        facts: what the object of a file that fails says with --json, beside the error.
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


def format_of(path: Path):
    """The format that an output's name says.

    Raises:
        UsageError: its suffix is no LUT's.
    """
    from lutbridge.lut.formats import FORMATS, READ_ONLY, by_suffix

    found = by_suffix(path)
    if found and found.name in READ_ONLY:
        raise UsageError(f"{path}: .{found.name} files are read and not written; write a .cube or a .clf")
    if found is None:
        known = ", ".join(format_.suffixes[0] for format_ in FORMATS.values())
        raise UsageError(f"{path}: its name ends like no LUT's; give it one of {known}")
    return found


def refuse_taken(output: Path, existing: str, inputs: Iterable[Path] = ()) -> None:
    """Raises UsageError where the output is an input, or is there already and was not to be overwritten."""
    if output.is_dir():
        raise UsageError(f"{output}: this is a folder; name a file in it")
    if not output.exists():
        return
    for path in inputs:
        if path.exists() and output.samefile(path):
            raise UsageError(f"{output}: this is what is read; give the result another name")
    if existing == "refuse":
        raise UsageError(f"{output}: already exists; give the result another name, or say --existing overwrite")


def write(output: Path, data: bytes, existing: str) -> None:
    """Writes a file whole or not at all.

    Raises:
        WriteError: this file cannot be written.
        SetupError: no file can: the disk is full or the folder read-only.
    """
    from lutbridge.files import atomic_write

    try:
        atomic_write(output, data, lambda file: file.read() == data, replace=existing == "overwrite")
    except WriteError as error:
        if isinstance(error.__cause__, OSError) and error.__cause__.errno in _UNWRITABLE:
            raise SetupError(str(error)) from error
        raise


def save(lut, exact: Callable, wish: Wish, size: int | None = None, facts: dict | None = None, **options) -> None:
    """Writes a LUT and says how far what was written is from what was meant.

    Args:
        lut: a Lut3D.
        exact: what was meant: a map of colours (..., 3) to (..., 3).
        size: the grid size that was asked for, or None.
        facts: what else there is to say with --json.
        options: of the format.
    Raises:
        ClippedError: the format would cut values off, and that is not allowed.
        WriteError: the format cannot say this LUT, or as `write`.
    """
    from lutbridge.lut.operations import deviation

    format_ = format_of(wish.output)
    if wish.title is not None:
        lut = replace(lut, title=wish.title)
    held = format_.prepare(lut, size)
    clipped = _clipped(held) if format_.clamps else {"share": 0.0, "largest": 0.0}
    if clipped["share"]:
        amount = (
            f"{max(clipped['share'], 1e-4):.2%} of its entries, by up to {CODES * clipped['largest']:.1f} codes of 255"
        )
        if not wish.allow_clipping:
            remedy = "write a .clf, .csp or .spi3d, which keep them, or say --allow-clipping"
            raise ClippedError(wish.output, f"{format_.name} would clip {amount}", remedy)
        say(f"{wish.output}: clipped are {amount}")
    try:
        data = format_.to_bytes(held, **options)
    except UsageError as error:  # of this LUT; others of the same command may go on
        raise WriteError(wish.output, str(error)) from error
    write(wish.output, data, wish.existing)
    written = format_.codec.decode(data).lut
    cost = deviation(written.apply, exact, written.domain)
    for remark in _remarks(lut, held, size, format_.name):
        say(f"{wish.output}: {remark}")
    say(f"{wish.output}: grid {held.grid_size}, {in_words(cost)}")
    if wish.as_json:
        put_json(
            {
                "output": str(wish.output),
                "grid_size": held.grid_size,
                **(facts or {}),
                "clipped": clipped,
                "deviation": asdict(cost),
            }
        )
    else:
        put(str(wish.output))


def _clipped(lut):
    """The share of entries with a value outside 0 to 1, and by how much it is at most, of 1."""
    from lutbridge.lut.check import ROUNDING

    beyond = abs(lut.lattice - lut.lattice.clip(0, 1)).max(-1)
    return {"share": float((beyond > ROUNDING).mean()), "largest": float(beyond.max())}


def _remarks(lut, held, size, name):
    """What became of a LUT that the format called `name` does not hold as it is, or not at the size asked for."""
    wished = size or lut.grid_size
    if held.is_plain and not lut.is_plain:
        left_out = "; colours outside 0 to 1 are left out" if held.domain != lut.domain else ""
        yield f"{name} holds neither curves nor a domain, so they were baked in at a grid of {held.grid_size}{left_out}"
        wished = size or held.grid_size
    if held.grid_size != wished:
        yield f"{name} cannot hold a grid of {wished}, so it was resized"


def in_words(cost) -> str:
    """A Deviation in 8-bit code values."""
    mean, p999, largest = (CODES * value for value in (cost.mean, cost.p999, cost.largest))
    return f"off by {mean:.2f} codes of 255 in the mean, {p999:.2f} at the 99.9th percentile, {largest:.2f} at most"
