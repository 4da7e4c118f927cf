"""A group's two pieces of work: looks that agree, and the one LUT nearest to all of them."""

from typing import Any

from lutbridge.shoot import Matcher
from lutbridge_server.darkroom import Darkroom, facts, grid_size, strength_of
from lutbridge_server.groups import OpenGroup, Solution
from lutbridge_server.jobs import Result, Step
from lutbridge_server.models import Models

# A job's progress once the reference is rendered, and once the weights are found.
BEGUN, MATCHED = 0.1, 0.8


def solve(models: Models, group: OpenGroup, consistency: float, reference: str | None, step: Step) -> None:
    """Finds weights for every take, and keeps them with the group.

    Args:
        consistency: 0 leaves every take its own look, 1 makes them match.
        reference: a take that the others follow, by its id.
    """
    takes = [take.summary for take in group.takes]
    matcher = Matcher(models.get(group.model))
    picture = None
    if reference is not None:
        followed = takes[group.index(reference)]
        (picture,) = matcher.pictures([followed], [followed.look.w_image])
    step(BEGUN)
    found = matcher.agree(takes, picture)
    step(MATCHED)
    weights = found.weights(consistency)
    group.solve(len(takes), Solution(weights, frozenset(found.left_alone), consistency, reference))


def shared(darkroom: Darkroom, group: OpenGroup, options: dict[str, Any], step: Step) -> Result:
    """One LUT for all takes of a solved group, in a file; options as `contract.lut_file` lists them."""
    strength = strength_of(options)
    with group.lock:
        solution, takes = group.solved(), list(group.takes)
    retoucher = darkroom.models.get(group.model)
    title = f"{options['name']} - {retoucher.name} shared LUT, sRGB in and out"
    summaries = [take.summary for take in takes]
    lut, residuals = Matcher(retoucher).shared_lut(
        summaries, solution.weights, title, grid_size=grid_size(options), strength=strength
    )
    step(MATCHED)
    by_take = {take.id: round(residual, 3) for take, residual in zip(takes, residuals, strict=True)}
    return darkroom.write_lut(lut, options, facts(retoucher, strength) | {"residuals": by_take})
