"""`lutbridge cube`: photos in, one .cube file for each out."""

from pathlib import Path

import click

from lutbridge.cli.options import how_to_match, how_to_retouch, matching_from, output_from, photos_and_output
from lutbridge.cli.settings import BatchSettings, InputSettings, ModelSettings
from lutbridge.cli.threads import one_thread_each
from lutbridge.strength import Strength


def cube(settings: BatchSettings, model: ModelSettings, view: str, grid_size: int) -> int:
    """Writes a .cube file for each photo, and one for each group; returns the exit code."""
    from lutbridge.cli.batch import retouch
    from lutbridge.cli.presets import Presets

    def work_for(retoucher, photo_count: int):
        from lutbridge.batch.work import cube_writer

        replace = settings.output.existing == "overwrite"
        return cube_writer(retoucher.lut, view, grid_size, settings.strength, replace)

    presets = Presets(settings.output, grid_size, settings.strength) if settings.matching else None
    return retouch(settings, model, lambda source: source.with_suffix(".cube").name, work_for, presets)


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
def command(**options) -> int:
    """Write a 3D LUT for every photo, as a .cube file.

    With --group the LUTs of a group's photos match, and group.cube is one LUT for all of them.
    """
    one_thread_each()
    model = options["model"]
    settings = BatchSettings(
        input=InputSettings(
            photos=options["photos"], encoding=options["input_encoding"], looks_only=True, also_read=[Path(model)]
        ),
        output=output_from(options),
        strength=Strength.of(options["strength"]),
        matching=matching_from(options),
    )
    return cube(
        settings, ModelSettings(name=model, device=options["device"]), view=options["view"], grid_size=options["size"]
    )
