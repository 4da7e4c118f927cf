"""What the commands of `lutbridge lut` have in common that write a LUT: their options, and the file with its error."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import click

from lutbridge.cli.clipping import Clipped, beyond, refuse_or_say
from lutbridge.cli.luts import STDIO, format_named, format_of, in_words, load, refuse_stdin_twice, refuse_taken, write
from lutbridge.cli.options import EXISTING_FILE, FILE, JSON
from lutbridge.cli.output import put, put_json, say
from lutbridge.errors import UsageError, WriteError

SIZE = {
    "type": click.IntRange(2, 256),
    "metavar": "M",
    "help": "Grid size of the result.",
}
OPTIONAL_SIZE = SIZE | {"help": "Grid size of the result. Default: taken from the input."}
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
    EXISTING_FILE,
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
class LutOutput:
    """How to write the result."""

    path: Path
    title: str | None = None
    existing: str = "refuse"
    allow_clipping: bool = False
    shaper: str = "none"
    as_json: bool = False
    format_name: str | None = None  # of what goes to stdout

    @classmethod
    def of(cls, options: dict) -> "LutOutput":
        """From what `output_options` gives a command."""
        return cls(options["output"], **{name: value for name, value in options.items() if name != "output"})

    @property
    def name(self) -> str:
        """Of the output, for messages."""
        return "stdout" if self.path == STDIO else str(self.path)

    @property
    def format(self):
        """The format that is written: a `Format`.

        Raises:
            UsageError: the output's suffix is no LUT's, or --format and -o do not go together.
        """
        from lutbridge.lut.formats import WITH_RANGE

        found = format_of(self.path) if self.path != STDIO else format_named(self.format_name or "cube")
        return WITH_RANGE.get(found.name, found) if self.shaper == "auto" else found


def begin(output: LutOutput, *inputs: Path) -> list:
    """The LUTs of the inputs, after checking that the result can be written.

    Raises:
        UsageError, ReadError.
    """
    check_output(output, inputs)
    return [load(path).lut for path in inputs]


def check_output(output: LutOutput, inputs: Sequence[Path]) -> None:
    """Raises UsageError if the output is impossible, or stdin or stdout would be used twice."""
    output.format  # noqa: B018
    refuse_stdin_twice(inputs)
    if output.path == STDIO:
        if output.as_json:
            raise UsageError("--json and -o - both write to stdout; write to a file with -o")
        return
    if output.format_name:
        raise UsageError(f"--format only works with -o -; the extension of {output.path} already selects the format")
    refuse_taken(output.path, output.existing, inputs)


def save(
    lut, exact: Callable, output: LutOutput, size: int | None = None, facts: dict | None = None, **options
) -> None:
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

    format_ = output.format
    if output.title is not None:
        lut = replace(lut, title=output.title)
    held = format_.prepare(lut, size)
    clipped = beyond(held.lattice, (0, 1)) if format_.clamps else Clipped()
    refuse_or_say(output.name, clipped, output.allow_clipping, f"{format_.name} would clip")
    try:
        data = format_.to_bytes(held, **options)
    except UsageError as error:  # of this LUT; others of the same command may go on
        raise WriteError(output.name, str(error)) from error
    write(output.path, data, output.existing)
    written = format_.codec.decode(data).lut
    cost = deviation(written.apply, exact, written.domain)
    for remark in _remarks(lut, held, size, format_.name):
        say(f"{output.name}: {remark}")
    say(f"{output.name}: grid size {held.grid_size}, {in_words(cost)}")
    if output.as_json:
        put_json(
            {
                "output": str(output.path),
                "grid_size": held.grid_size,
                **(facts or {}),
                "clipped": clipped.to_dict(),
                "deviation": asdict(cost),
            }
        )
    elif output.path != STDIO:
        put(str(output.path))


def keeps_range(output: LutOutput) -> bool:
    """Whether the written file keeps a domain and values outside 0 to 1."""
    return not output.format.plain_only


def save_protecting(lut, exact: Callable, output: LutOutput, limit: float | None, size: int | None = None) -> None:
    """`save`, after limiting the shift of skin (ΔE2000) if asked to; reports the effect on other colours."""
    if limit is None:
        save(lut, exact, output, size)
        return
    from lutbridge.looks.skin import protect

    found = protect(lut, limit)
    say(
        f"{output.name}: skin moves by a mean ΔE2000 of {found.skin:.2f}, {found.most:.2f} at most; "
        f"{found.spared:.1%} of all colours move less than half as far as without --protect-skin"
    )
    facts = {"skin": {"mean": found.skin, "most": found.most, "spared": found.spared}}
    save(found.lut, found.lut.apply, output, size, facts)


def _remarks(lut, held, size, name):
    """How a LUT was changed to fit the format `name`, or because that lacks the requested size."""
    wished = size or lut.grid_size
    if held.is_plain and not lut.is_plain:
        left_out = "; colours outside 0 to 1 are cut off" if held.domain != lut.domain else ""
        yield f"{name} has no curves or domain, so they were baked in with grid size {held.grid_size}{left_out}"
        wished = size or held.grid_size
    if held.grid_size != wished:
        yield f"{name} does not support grid size {wished}, so the LUT was resized"
