"""One evaluation: every system over every pair, and the tables."""

from dataclasses import dataclass

import numpy as np

from lutbridge.model.build import can_build
from lutbridge.research.context import context_errors
from lutbridge.research.groups import count_groups, measure_groups, summarise_groups
from lutbridge.research.measure import Record, Track, by_parting, by_skin_group, measure, summarise, untracked
from lutbridge.research.systems import autocontrast, model, retoucher_of, untouched
from lutbridge.research.table import CONTEXT_NOTE, GROUPS_NOTE, PARTED_NOTE, PUBLISHED_NOTE, markdown_table
from lutbridge.research.views import view_errors
from lutbridge.retouch import VIEWS
from lutbridge.train.data.pairs import SMALL_SIDE, Pair
from lutbridge.train.networks.network import RetouchingNetwork

CONTEXT_PHOTOS = 24  # spread over the set, for measuring local context: a few seconds each
INPUTS, TARGETS, AUTOCONTRAST = "untouched", "targets", "autocontrast (Pillow)"


@dataclass(frozen=True)
class Evaluation:
    """What an evaluation found.

    Attributes:
        records: system → one record a photo; the inputs' first and the targets' last.
        context: model → what local context does: ΔE2000 of its render to two without any.
        views: view → mean and 95th percentile over the photos of the ΔE2000 to the full render; empty for several
            models, and for one that is no LUT with weights from its pixels' neighbours.
        groups: how well takes match, a system's row each; empty likewise.
    """

    records: dict[str, list[Record]]
    context: dict[str, dict[str, float]]
    views: dict[str, dict[str, float]]
    groups: dict[str, dict[str, float]]

    def markdown(self, parted: bool = False) -> str:
        """The tables, with or without that of person and background."""
        rows = {name: summarise(records) for name, records in self.records.items()}
        parts = [markdown_table(rows, "system"), PUBLISHED_NOTE]
        if parted:
            rows = {name: by_parting(records) for name, records in self.records.items() if name != TARGETS}
            parts += ["Person and background:", markdown_table(rows, "system"), PARTED_NOTE]
        for name, records in self.records.items():
            if name != TARGETS:
                parts += [f"Skin, {name}:", markdown_table(by_skin_group(records), "tone group (ITA)")]
        parts += ["Local context, ΔE2000 of the render to:", markdown_table(self.context, "model"), CONTEXT_NOTE]
        if self.views:
            parts += ["Single-LUT views, ΔE2000 to the full render:", markdown_table(self.views, "view")]
            parts += ["Takes of a group:", markdown_table(self.groups, "system"), GROUPS_NOTE]
        return "\n\n".join(parts) + "\n"


def evaluate(
    networks: dict[str, RetouchingNetwork],
    pairs: list[Pair],
    long_side: int | None,
    track: Track = untracked,
) -> Evaluation:
    """Measure untouched, Pillow's autocontrast, models by name and the targets themselves.

    Args:
        long_side: px that larger photos are reduced to first; None for full size. Takes of a group are compared at no
            more than SMALL_SIDE in either case, as all of them, and all that is made of them, are in memory at once.
        track: shows how far each phase is.
    """
    systems = {INPUTS: untouched, AUTOCONTRAST: autocontrast}
    systems |= {name: model(network) for name, network in networks.items()} | {TARGETS: None}
    records = {}
    for name, system in systems.items():
        records[name] = list(track(measure(system, pairs, long_side), len(pairs), name, "photos"))
    chosen = pairs[:: max(1, len(pairs) // CONTEXT_PHOTOS)][:CONTEXT_PHOTOS]
    context = {name: _context(name, network, chosen, long_side, track) for name, network in networks.items()}
    only = next(iter(networks.items()))
    if len(networks) > 1 or not can_build(only[1].config):
        return Evaluation(records, context, {}, {})
    retoucher = retoucher_of(only[1], only[0])
    views = _views(retoucher, pairs, long_side, track)
    groups = track(measure_groups(retoucher, pairs, SMALL_SIDE), count_groups(pairs), "takes of a group", "groups")
    return Evaluation(records, context, views, summarise_groups(list(groups)))


def _context(name, network, pairs, long_side, track):
    tracked = track(pairs, len(pairs), f"local context of {name}", "photos")
    errors = [context_errors(network, pair.load(long_side=long_side)[0]) for pair in tracked]
    row = {}
    for kind in errors[0]:
        row[kind], row[f"{kind}, p95 of pixels"] = (float(np.mean([e[kind][i] for e in errors])) for i in (0, 1))
    return row


def _views(retoucher, pairs, long_side, track):
    tracked = track(pairs, len(pairs), "single-LUT views", "photos")
    errors = [view_errors(retoucher, pair.load(long_side=long_side)[0]) for pair in tracked]
    views = {}
    for view in VIEWS:
        means = [error[view][0] for error in errors]
        views[view] = {
            "mean": float(np.mean(means)),
            "p95 of the photos' means": float(np.percentile(means, 95)),
            "p95 of pixels, averaged": float(np.mean([error[view][1] for error in errors])),
        }
    return views
