"""`lutbridge lut parity`: compares one look in every installed program."""

from pathlib import Path

import click

from lutbridge.cli.luts import STDIO, load, refuse_stdin_twice, refuse_taken, write
from lutbridge.cli.options import EXISTING_FILE, FILE, INPUT_ENCODING, JSON
from lutbridge.cli.output import put, put_json, put_table, say
from lutbridge.cli.streams import spooled
from lutbridge.errors import UsageError


def parity(
    file: Path, photo: Path, output: Path | None, input_encoding: str | None, existing: str, as_json: bool
) -> int:
    """Says how far each program is off, and writes the contact sheet; returns the exit code."""
    from lutbridge.image.read import read
    from lutbridge.looks.parity.compare import compare, ours, small_codes
    from lutbridge.looks.parity.sheet import draw

    refuse_stdin_twice([file, photo])
    if output == STDIO and as_json:
        raise UsageError("--json and -o - both write to stdout; write to a file with -o")
    if output and output != STDIO:
        if output.suffix.lower() != ".png":
            raise UsageError(f"{output}: the sheet is a PNG; give it a name that ends in .png")
        refuse_taken(output, existing, [file, photo])
    look = load(file)
    with spooled(photo) as picture:
        codes = small_codes(read(picture, input_encoding))
    found = []
    for row in compare(look, codes):
        found.append(row)
        if as_json:
            put_json(_as_dict(file, photo, row))
        elif row.result is not None:
            say(f"{row.program.name}: ΔE2000 {row.delta_e.mean():.2f}")
    if not as_json:
        table = [("program", "version", "mean", "95 %", "most", "why"), *map(_row, found)]
        put_table(table, say if output == STDIO else put)
    if output:
        before = codes / 65535.0
        write(output, draw(f"{look.path.name} on {picture.name}", before, ours(look.lut, codes), found), existing)
        if not as_json and output != STDIO:
            put(str(output))
    return 0


def _figures(row):
    import numpy as np

    if row.delta_e is None:
        return None
    return {
        "mean": float(row.delta_e.mean()),
        "p95": float(np.percentile(row.delta_e, 95)),
        "most": float(row.delta_e.max()),
    }


def _row(row):
    figures = _figures(row)
    numbers = [f"{value:.2f}" for value in figures.values()] if figures else ["", "", ""]
    return (row.program.name, row.version or "", *numbers, row.reason)


def _as_dict(file, photo, row):
    return {
        "lut": str(file),
        "photo": str(photo),
        "program": row.program.name,
        "version": row.version,
        "delta_e": _figures(row),
        "reason": row.reason,
        "unexplained": row.left,
    }


@click.command()
@click.argument("file", type=FILE)
@click.argument("photo", type=FILE)
@click.option(
    "-o", "--output", type=FILE, metavar="FILE.png", help="Also write a contact sheet of all results; - is stdout."
)
@INPUT_ENCODING
@EXISTING_FILE
@JSON
def command(**arguments) -> int:
    """Compare how every installed program applies a LUT.

    Tries OpenColorIO, FFmpeg, darktable, RawTherapee, ImageMagick, G'MIC and Pillow on a 768 px copy of the photo.
    Reports each program's ΔE2000 against lutbridge and what explains it.
    """
    return parity(**arguments)
