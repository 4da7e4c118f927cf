"""`lutbridge lut info`: facts about a LUT file."""

from collections.abc import Sequence
from pathlib import Path

import click

from lutbridge.cli.luts import CODES, each, refuse_stdin_twice
from lutbridge.cli.options import FILE, JSON
from lutbridge.cli.output import put, put_json, put_table


def info(files: Sequence[Path], as_json: bool) -> int:
    """Prints the facts of each file; returns the exit code."""

    refuse_stdin_twice(files)

    def show(file):
        facts = describe(file)
        if as_json:
            put_json(facts)
        else:
            put(f"{facts['file']}: {facts['format']}")
            put_table(_rows(facts))
            put("")

    return each(files, show, as_json)


def describe(file) -> dict:
    """What is in a LutFile, for JSON: numbers as the file has them, distances as shares of the range."""
    from dataclasses import asdict

    from lutbridge.lut.operations import deviation, falling

    lut = file.lut
    return {
        "file": str(file.path),
        "format": file.format.name,
        "title": lut.title,
        "grid_size": lut.grid_size,
        "domain": lut.domain,
        "shaper": None if lut.shaper is None else len(lut.shaper),
        "range": [[float(end) for end in ends] for ends in (lut.lattice.min((0, 1, 2)), lut.lattice.max((0, 1, 2)))],
        "falling": falling(lut),
        "from_identity": asdict(deviation(lut.apply, lambda rgb: rgb)),
        "notices": list(file.notices),
    }


def _rows(facts):
    low, high = facts["domain"]
    moved = facts["from_identity"]
    falls = facts["falling"]
    return [
        ("  title", facts["title"]),
        ("  grid size", str(facts["grid_size"])),
        ("  domain", f"{_triple(low)} to {_triple(high)}"),
        ("  shaper", f"{facts['shaper']} points a channel" if facts["shaper"] else "none"),
        ("  range", " to ".join(map(_triple, facts["range"]))),
        (
            "  monotonic",
            f"no, decreasing in {max(falls, 1e-4):.2%} of all places" if falls else "yes",
        ),
        (
            "  moves colours",
            f"by {CODES * moved['mean']:.1f} of 255 on average, {CODES * moved['largest']:.1f} at most",
        ),
    ]


def _triple(values):
    """One number where all three agree."""
    texts = [f"{value:.4g}" for value in values]
    return texts[0] if len(set(texts)) == 1 else "(" + " ".join(texts) + ")"


@click.command()
@click.argument("files", metavar="FILE...", type=FILE, nargs=-1, required=True)
@JSON
def command(files: tuple[Path, ...], as_json: bool) -> int:
    """Show what LUT files contain and how far they move colours.

    Prints format, title, grid size, domain, shaper, range, and whether every channel is monotonic.
    """
    return info(files, as_json)
