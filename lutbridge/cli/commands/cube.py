"""`lutbridge cube`: photos in, one .cube file for each out."""

from collections.abc import Sequence
from pathlib import Path

import click

from lutbridge.cli.options import how_to_match, how_to_retouch, matching_from, photos_and_output
from lutbridge.cli.threads import one_thread_each


def cube(
    photos: Sequence[str],
    output: Path,
    size: int,
    view: str,
    model: str,
    strength: float,
    device: str,
    existing: str,
    input_encoding: str | None,
    as_json: bool,
    group: str | None = None,
    reference: Path | None = None,
    consistency: float = 1.0,
) -> int:
    """Writes a .cube file for each photo, and one for each group; returns the exit code."""
    one_thread_each()
    from lutbridge.cli.presets import Presets
    from lutbridge.cli.shoot import Shoot, retouch

    def work_for(retoucher, photo_count: int):
        from lutbridge.batch.work import cube_writer

        return cube_writer(retoucher.lut, view, size, strength, replace=existing == "overwrite")

    matching = matching_from(group, reference, consistency)
    common = photos, output, model, strength, device, existing, input_encoding, as_json
    shoot = Shoot(*common, matching=matching, also_read=[Path(model)], looks_only=True)
    presets = Presets(output, existing, size, strength, as_json) if matching else None
    return retouch(shoot, lambda source: source.with_suffix(".cube").name, work_for, presets)


@click.command()
@photos_and_output
@click.option(
    "--size",
    type=click.IntRange(2, 256),
    default=33,
    show_default=True,
    help="Grid size: lattice points along an axis.",
)
@click.option(
    "--view",
    type=click.Choice(["fitted", "fused", "image-weights"]),
    default="fitted",
    show_default=True,
    help="fitted: closest to the render of this photo; fused: with mean pixel-adaptive weights; "
    "image-weights: without them.",
)
@how_to_match
@how_to_retouch
def command(**arguments) -> int:
    """Write a 3D LUT for every photo, as a .cube file.

    With --group the LUTs of a group's photos match, and group.cube is one LUT for all of them.
    """
    return cube(**arguments)
