"""`lutbridge lut apply`: photos through a LUT, so that it can be tried without a host."""

from pathlib import Path

import click

from lutbridge.cli.options import (
    EXISTING,
    FILE,
    INPUT_ENCODING,
    JSON,
    STRENGTH,
    before_and_after,
    output_from,
    photos_and_output,
    what_to_write,
)
from lutbridge.cli.settings import BatchSettings, InputSettings
from lutbridge.strength import Strength


def apply(lut: Path, settings: BatchSettings) -> int:
    """Writes a copy of each photo with the LUT applied; returns the exit code."""
    from lutbridge.cli.batch import run_batch
    from lutbridge.cli.luts import load
    from lutbridge.image.target import name_for
    from lutbridge.looks.preset import Preset

    preset = Preset(load(lut).lut, lut.name)

    def work_for(preset, photo_count: int):
        from lutbridge.batch.compare import preview_size
        from lutbridge.batch.work import photo_writer

        previews = preview_size(photo_count) if settings.output.report else None
        replace = settings.output.existing == "overwrite"
        return photo_writer(preset, settings.strength, previews, replace=replace)

    return run_batch(settings, lambda source: name_for(source, settings.output.target.format), lambda: preset, work_for)


@click.command()
@click.argument("lut", type=FILE)
@photos_and_output
@STRENGTH
@INPUT_ENCODING
@what_to_write
@EXISTING
@before_and_after
@JSON
def command(lut: Path, **options) -> int:
    """Write a copy of every photo with a LUT applied.

    As `lutbridge render` does it: each copy has the name, format, bit depth, profile and metadata of its photo, where
    --format, --bits and --icc do not say otherwise. The LUT is taken for sRGB in and out.
    """
    settings = BatchSettings(
        input=InputSettings(
            photos=options["photos"], encoding=options["input_encoding"], also_read=[lut, Path(options["icc"])]
        ),
        output=output_from(options),
        strength=Strength.of(options["strength"]),
    )
    return apply(lut, settings)
