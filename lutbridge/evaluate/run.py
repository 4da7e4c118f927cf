"""One evaluation: every system over every pair, the tables, and the pictures."""

from dataclasses import dataclass

import numpy as np

from lutbridge.data.ppr10k import Pair
from lutbridge.evaluate.groups import measure_groups, summarise_groups
from lutbridge.evaluate.measure import Record, by_skin_group, measure, summarise
from lutbridge.evaluate.systems import autocontrast, model, untouched
from lutbridge.evaluate.table import GROUPS_NOTE, PUBLISHED_NOTE, markdown_table
from lutbridge.evaluate.views import view_errors
from lutbridge.retouch import VIEWS, Retoucher


@dataclass(frozen=True)
class Evaluation:
    """What `evaluate` found.

    Attributes:
        records: system → one record a photo.
        views: view → mean and 95th percentile over the photos of the ΔE2000 to the full render.
        groups: how well takes match, a system's row each.
    """

    records: dict[str, list[Record]]
    views: dict[str, dict[str, float]]
    groups: dict[str, dict[str, float]]

    def markdown(self) -> str:
        """The tables."""
        rows = {name: summarise(records) for name, records in self.records.items()}
        parts = [markdown_table(rows, "system"), PUBLISHED_NOTE]
        for name, records in self.records.items():
            parts += [f"Skin, {name}:", markdown_table(by_skin_group(records), "tone group (ITA)")]
        parts += ["Single-LUT views, ΔE2000 to the full render:", markdown_table(self.views, "view")]
        parts += ["Takes of a group:", markdown_table(self.groups, "system"), GROUPS_NOTE]
        return "\n\n".join(parts) + "\n"


def evaluate(retoucher: Retoucher, pairs: list[Pair]) -> Evaluation:
    """Measure untouched, Pillow's autocontrast and a model."""
    systems = {"untouched": untouched, "autocontrast (Pillow)": autocontrast, retoucher.name: model(retoucher)}
    records = {name: list(measure(system, pairs)) for name, system in systems.items()}
    errors = [view_errors(retoucher, pair.load()[0]) for pair in pairs]
    views = {}
    for view in VIEWS:
        means = [error[view][0] for error in errors]
        views[view] = {
            "mean": float(np.mean(means)),
            "p95 of the photos' means": float(np.percentile(means, 95)),
            "p95 of pixels, averaged": float(np.mean([error[view][1] for error in errors])),
        }
    return Evaluation(records, views, summarise_groups(list(measure_groups(retoucher, pairs))))
