"""Shared by the commands of `lutbridge lut`: reading LUTs, and writing one and reporting its error."""

import errno
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import click

from lutbridge.cli.clipping import CODES, Clipped, beyond, refuse_or_say
from lutbridge.cli.options import FILE, JSON
from lutbridge.cli.output import put, put_bytes, put_json, say, warn
from lutbridge.errors import PhotoError, SetupError, UsageError, WriteError

_UNWRITABLE = {errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS}  # nothing else goes there either

SIZE = {
    "type": click.IntRange(2, 256),
    "metavar": "M",
    "help": "Grid size of the result.",
}
OPTIONAL_SIZE = SIZE | {"help": "Grid size of the result. Default: taken from the input."}
STDIO = Path("-")  # stdin where a LUT is read, stdout if one is written
_FORMAT = click.option("--format", "format_name", metavar="NAME", help="Format of what goes to stdout. Default: cube.")
PROTECT_SKIN = click.option(
    "--protect-skin",
    type=click.FloatRange(min=0.1),
    metavar="DE",
    help="Limit how far skin tones move to this ΔE2000, with a smooth transition around skin. Default: no limit.",
)
_OUTPUT = (
    click.option(
        "-o",
        "--output",
        type=FILE,
        required=True,
        metavar="FILE",
        help="Output file; its extension selects the format. - is stdout.",
    ),
    click.option("--title", help="Title in the file, shown in lists of profiles. Default: the LUT's own."),
    click.option(
        "--existing",
        type=click.Choice(["refuse", "overwrite"]),
        default="refuse",
        show_default=True,
        help="What to do if the file already exists.",
    ),
    click.option(
        "--allow-clipping",
        is_flag=True,
        help="Write even if the format clips values below 0 or above 1. Default: stop with exit code 4.",
    ),
    click.option(
        "--shaper",
        type=click.Choice(["none", "auto"]),
        default="none",
        show_default=True,
        help="auto keeps domain, curves and values outside 0 to 1 in a .cube, as DaVinci Resolve writes it; fewer "
        "programs read that. .clf and .csp always keep them.",
    ),
    JSON,
)


def output_options(command: Callable) -> Callable:
    return _FORMAT(file_options(command))


def file_options(command: Callable) -> Callable:
    """`output_options` without --format, for commands that have their own."""
    for option in reversed(_OUTPUT):
        command = option(command)
    return command


@dataclass(frozen=True)
class Wish:
    """How to write the result."""

    output: Path
    title: str | None = None
    existing: str = "refuse"
    allow_clipping: bool = False
    shaper: str = "none"
    as_json: bool = False
    format_name: str | None = None  # of what goes to stdout

    @property
    def name(self) -> str:
        """Of the output, for messages."""
        return "stdout" if self.output == STDIO else str(self.output)

    @property
    def format(self):
        """The format that is written: a `Format`.

        Raises:
            UsageError: the output's suffix is no LUT's, or --format and -o do not go together.
        """
        from lutbridge.lut.formats import WITH_RANGE

        found = format_of(self.output) if self.output != STDIO else format_named(self.format_name or "cube")
        return WITH_RANGE.get(found.name, found) if self.shaper == "auto" else found


def load(path: Path, own_space: bool = False):
    """A LUT from a file or stdin; prints its notices, and uses the file's name if it has no title.

    Args:
        own_space: whether one that is made for another colour space stays so; else it is brought to sRGB.
    Raises:
        ReadError: it is no LUT.
    """
    from lutbridge.lut import formats

    file = formats.load_stream(sys.stdin.buffer, "stdin", True) if path == STDIO else formats.load(path, True)
    if file.space and not own_space:
        from lutbridge.color.working_spaces import baked_in_srgb, rgb_space

        space = rgb_space(*file.space)
        file = replace(file, lut=baked_in_srgb(file.lut, space))
        say(f"{path}: made for {space.name}; converted to sRGB with grid size {file.lut.grid_size}")
    for notice in file.notices:
        say(f"{path}: {notice}")
    return file if file.lut.title else replace(file, lut=replace(file.lut, title=path.stem))


def begin(wish: Wish, *inputs: Path) -> list:
    """The LUTs of the inputs, after checking that the result can be written.

    Raises:
        UsageError, ReadError.
    """
    check_wish(wish, inputs)
    return [load(path).lut for path in inputs]


def check_wish(wish: Wish, inputs: Sequence[Path]) -> None:
    """Raises UsageError if the output is impossible, or stdin or stdout would be used twice."""
    wish.format  # noqa: B018
    refuse_stdin_twice(inputs)
    if wish.output == STDIO:
        if wish.as_json:
            raise UsageError("--json and -o - both write to stdout; write to a file with -o")
        return
    if wish.format_name:
        raise UsageError(f"--format only works with -o -; the extension of {wish.output} already selects the format")
    refuse_taken(wish.output, wish.existing, inputs)


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


def save(lut, exact: Callable, wish: Wish, size: int | None = None, facts: dict | None = None, **options) -> None:
    """Writes a LUT and reports its error against the intended one.

    Args:
        lut: a Lut3D.
        exact: the intended map of colours, (..., 3) to (..., 3).
        size: the requested grid size, or None.
        facts: more to report with --json.
        options: of the format.
    Raises:
        ClippedError: the format would cut values off, and that is not allowed.
        WriteError: the format cannot say this LUT, or as `write`.
    """
    from lutbridge.lut.operations import deviation

    format_ = wish.format
    if wish.title is not None:
        lut = replace(lut, title=wish.title)
    held = format_.prepare(lut, size)
    clipped = beyond(held.lattice, (0, 1)) if format_.clamps else Clipped()
    refuse_or_say(wish.name, clipped, wish.allow_clipping, f"{format_.name} would clip")
    try:
        data = format_.to_bytes(held, **options)
    except UsageError as error:  # of this LUT; others of the same command may go on
        raise WriteError(wish.name, str(error)) from error
    write(wish.output, data, wish.existing)
    written = format_.codec.decode(data).lut
    cost = deviation(written.apply, exact, written.domain)
    for remark in _remarks(lut, held, size, format_.name):
        say(f"{wish.name}: {remark}")
    say(f"{wish.name}: grid size {held.grid_size}, {in_words(cost)}")
    if wish.as_json:
        put_json(
            {
                "output": str(wish.output),
                "grid_size": held.grid_size,
                **(facts or {}),
                "clipped": clipped.to_dict(),
                "deviation": asdict(cost),
            }
        )
    elif wish.output != STDIO:
        put(str(wish.output))


def keeps_range(wish: Wish) -> bool:
    """Whether the written file keeps a domain and values outside 0 to 1."""
    return not wish.format.plain_only


def save_protecting(lut, exact: Callable, wish: Wish, limit: float | None, size: int | None = None) -> None:
    """`save`, after limiting the shift of skin (ΔE2000) if asked to; reports the effect on other colours."""
    if limit is None:
        save(lut, exact, wish, size)
        return
    from lutbridge.looks.skin import protect

    found = protect(lut, limit)
    say(
        f"{wish.name}: skin moves by a mean ΔE2000 of {found.skin:.2f}, {found.most:.2f} at most; "
        f"{found.spared:.1%} of all colours move less than half as far as without --protect-skin"
    )
    facts = {"skin": {"mean": found.skin, "most": found.most, "spared": found.spared}}
    save(found.lut, found.lut.apply, wish, size, facts)


def _remarks(lut, held, size, name):
    """How a LUT was changed to fit the format `name`, or because that lacks the requested size."""
    wished = size or lut.grid_size
    if held.is_plain and not lut.is_plain:
        left_out = "; colours outside 0 to 1 are cut off" if held.domain != lut.domain else ""
        yield f"{name} has no curves or domain, so they were baked in with grid size {held.grid_size}{left_out}"
        wished = size or held.grid_size
    if held.grid_size != wished:
        yield f"{name} does not support grid size {wished}, so the LUT was resized"


def in_words(cost) -> str:
    """A Deviation in 8-bit code values."""
    mean, p999, largest = (CODES * value for value in (cost.mean, cost.p999, cost.largest))
    return f"off by {mean:.2f} of 255 on average, {p999:.2f} at the 99.9th percentile, {largest:.2f} at most"
