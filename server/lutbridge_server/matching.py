"""A group's pieces of work: which takes belong together, looks that agree, and the one LUT nearest to all."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from lutbridge.lut.provenance import SHARED, Matching
from lutbridge.shoot import Matcher
from lutbridge_server.darkroom import Darkroom, facts, grid_size, provenance, strength_of
from lutbridge_server.groups import SINGLE, UNLIKE, OpenGroup, Solution
from lutbridge_server.jobs import Result, Step
from lutbridge_server.models import Models

# A job's progress once the reference is rendered, and once the weights are found.
BEGUN, MATCHED = 0.1, 0.8


def find(models: Models, group: OpenGroup, step: Step) -> list[list[str]]:
    """The parts that a group falls into, as `lutbridge groups` finds them; takes by their ids."""
    takes = list(group.takes)
    step(BEGUN)
    found = Matcher(models.get(group.model)).find([take.summary for take in takes], [take.facts for take in takes])
    return [[takes[index].id for index in part.members] for part in found]


def solve(
    models: Models,
    group: OpenGroup,
    consistency: float,
    reference: str | None,
    parts: Sequence[Sequence[int]] | None,
    step: Step,
) -> None:
    """Finds weights for every take, and keeps them with the group.

    Args:
        consistency: 0 leaves every take its own look, 1 makes them match.
        reference: a take that the others follow, by its id.
        parts: takes, by their indices, that match each other and no others; a take in none keeps its own look. None:
            all match.
    """
    takes = [take.summary for take in group.takes]
    matcher = Matcher(models.get(group.model))
    picture = None
    if reference is not None:
        followed = takes[group.index(reference)]
        (picture,) = matcher.pictures([followed], [followed.look.w_image])
    parts = [range(len(takes))] if parts is None else parts
    weights = np.stack([take.look.w_image for take in takes]).astype(np.float32)
    left_alone = dict.fromkeys(set(range(len(takes))).difference(*parts), SINGLE)
    for number, part in enumerate(parts):
        step(BEGUN + number / len(parts) * (MATCHED - BEGUN))
        found = matcher.agree([takes[index] for index in part], picture)
        weights[list(part)] = found.weights(consistency)
        reason = UNLIKE if len(part) > 1 or reference is not None else SINGLE
        left_alone |= dict.fromkeys((part[index] for index in found.left_alone), reason)
    step(MATCHED)
    group.solve(len(takes), Solution(weights, left_alone, consistency, reference, parts))


def shared(darkroom: Darkroom, group: OpenGroup, options: dict[str, Any], step: Step) -> Result:
    """One LUT for takes of a solved group, in a file; options as `contract.shared_lut` lists them."""
    strength = strength_of(options)
    with group.lock:
        solution, takes = group.solved(), list(group.takes)
        chosen = range(len(takes)) if options["takes"] is None else [group.index(take) for take in options["takes"]]
    retoucher = darkroom.models.get(group.model)
    title = f"{options['name']} - {retoucher.name} shared LUT, sRGB in and out"
    lut, residuals = Matcher(retoucher).shared_lut(
        [takes[index].summary for index in chosen],
        solution.weights[list(chosen)],
        title,
        grid_size=grid_size(options),
        strength=strength,
    )
    step(MATCHED)
    by_take = {takes[index].id: round(residual, 3) for index, residual in zip(chosen, residuals, strict=True)}
    origin = None
    if set(chosen) in map(set, solution.parts):  # others cannot be made again from their photos alone
        reference = None if solution.reference is None else takes[group.index(solution.reference)].source
        origin = provenance(
            retoucher,
            options,
            photos=tuple(takes[index].source for index in chosen),
            photo_count=len(chosen),
            view=SHARED,
            matching=Matching(solution.consistency, reference, is_retouched=reference is not None),
            loss=(sum(residuals) / len(residuals), max(residuals)),
        )
    return darkroom.write_lut(lut, options, facts(retoucher, strength) | {"residuals": by_take}, origin)
