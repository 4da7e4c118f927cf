"""A table in the paper's form: published figures below ours, and which differences are more than chance."""

from dataclasses import dataclass

import numpy as np

from lutbridge.research.bootstrap import FIGURES, interval, interval_of_both, resampled
from lutbridge.research.measure import Record, summarise
from lutbridge.research.published import Row

COMPARED = ("PSNR", "ΔE", "M_GLC")


@dataclass(frozen=True)
class Figures:
    """One system's figures: a run for each of S seeds, all measured on the same photos.

    Attributes:
        values: figure → (S,), of all photos.
        resamples: figure → (S, RESAMPLES), the same groups drawn for every run.
        groups: their number.
    """

    values: dict[str, np.ndarray]
    resamples: dict[str, np.ndarray]
    groups: int


def figures_of(runs: list[list[Record]]) -> Figures:
    """The figures of a system from the records of its runs."""
    summaries, resamples = [summarise(run) for run in runs], [resampled(run) for run in runs]
    return Figures(
        {figure: np.array([summary[figure] for summary in summaries]) for figure in FIGURES},
        {figure: np.stack([drawn[figure] for drawn in resamples]) for figure in FIGURES},
        len({record.group for record in runs[0]}),
    )


def markdown(
    rows: list[Row], reference: str, runs: dict[str, list[list[Record]]], ends: dict[str, list[Record]]
) -> str:
    """The table, and the differences of all rows to one.

    Args:
        reference: config of the row that the others are compared to.
        runs: config → for each seed, the records.
        ends: the inputs' and the targets' own records.
    """
    lines = ["| system | " + " | ".join(FIGURES) + " |", "|---|" + "---:|" * len(FIGURES)]
    for name, found in ends.items():
        lines.append(f"| {name} | {_cells(figures_of([found]))} |")
    figures = {config: figures_of(found) for config, found in runs.items()}
    for row in rows:
        lines.append(f"| **{row.label}** | {_cells(figures[row.config])} |")
        if row.figures:
            printed = (f"{row.figures[figure]:.2f}" if figure in row.figures else "" for figure in FIGURES)
            lines.append("| published, on PPR10K | " + " | ".join(printed) + " |")
    return "\n".join(lines) + "\n\n" + _differences(rows, reference, figures)


def _cells(figures):
    """Mean over seeds, their spread, and the interval over resamples of the groups."""
    cells = []
    for figure in FIGURES:
        low, high = interval(figures.resamples[figure].mean(axis=0))
        told = f"{figures.values[figure].mean():.2f}{_spread(figures.values[figure])}"
        cells.append(told if low == high else f"{told} ({low:.2f}–{high:.2f})")
    return " | ".join(cells)


def _spread(values):
    """The standard deviation over seeds, if there are several."""
    return f" ± {values.std(ddof=1):.2f}" if len(values) > 1 else ""


def _differences(rows, reference, figures):
    """Every row against one: the difference, its interval, and whether that leaves out zero."""
    first = next(row for row in rows if row.config == reference)
    lines = [f"Difference to {first.label}, same groups resampled for both:", ""]
    lines += ["| system | figure | ours | published | more than chance |", "|---|---|---:|---:|---|"]
    for row in rows:
        if row is not first:
            lines += [_difference(row, first, figure, figures) for figure in COMPARED]
    return "\n".join(lines).replace("| -", "| −").replace("(-", "(−").replace("to -", "to −")


def _difference(row, first, figure, figures):
    own, other = figures[row.config], figures[first.config]
    values = own.values[figure] - other.values[figure]
    low, high = interval_of_both(values, own.resamples[figure] - other.resamples[figure], own.groups)
    printed = ""
    if figure in row.figures and figure in first.figures:
        printed = f"{row.figures[figure] - first.figures[figure]:+.2f}"
    told = f"{values.mean():+.2f}{_spread(values)} ({low:+.2f} to {high:+.2f})"
    return f"| {row.label} | {figure} | {told} | {printed} | {'no' if low <= 0 <= high else 'yes'} |"
