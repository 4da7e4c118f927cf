"""docs/lut-formats.md holds what the table of formats says."""

from pathlib import Path

from lutbridge.lut.formats import FORMATS

PAGE = Path(__file__).parents[3] / "docs" / "lut-formats.md"
HEAD = "| format | suffix | grid sizes | domain and shaper | options |\n|---|---|---|---|---|\n"


def grid_sizes(format_):
    sizes = [M for M in range(format_.smallest_grid, format_.largest_grid + 1) if format_.fits(M)]
    if len(sizes) == sizes[-1] - sizes[0] + 1:
        return f"{sizes[0]} to {sizes[-1]}"
    return f"squares from {sizes[0]} to {sizes[-1]}" if len(sizes) > 3 else ", ".join(map(str, sizes))


def row(format_):
    kept = "baked in" if format_.plain_only else "kept"
    suffixes, options = ", ".join(format_.suffixes), ", ".join(format_.options)
    return f"| {format_.name} | {suffixes} | {grid_sizes(format_)} | {kept} | {options} |\n"


def test_the_page_says_what_formats_hold():
    table = HEAD + "".join(map(row, FORMATS.values()))
    assert table in PAGE.read_text(encoding="utf-8"), f"docs/lut-formats.md should hold\n{table}"
