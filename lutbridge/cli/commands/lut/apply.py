"""`lutbridge lut apply`: photos through a LUT, so that it can be tried without a host."""

from pathlib import Path

import click

from lutbridge.cli.destination import PHOTO_KINDS
from lutbridge.cli.options import (
    EXISTING,
    FILE,
    INPUT_ENCODING,
    JOBS,
    JSON,
    STRENGTH,
    before_and_after,
    how_much_to_say,
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

    def work_for(preset, photo_count: int, may_replace):
        from lutbridge.batch.compare import preview_size
        from lutbridge.batch.work import photo_writer

        previews = preview_size(photo_count) if settings.output.report else None
        return photo_writer(preset, settings.strength, previews, may_replace=may_replace)

    return run_batch(
        settings, lut, lambda source: name_for(source, settings.output.target.format), lambda: preset, work_for
    )


@click.command()
@click.argument("lut", type=FILE)
@photos_and_output
@STRENGTH
@INPUT_ENCODING
@what_to_write
@JOBS
@EXISTING
@before_and_after
@JSON
@how_much_to_say
def command(lut: Path, **options) -> int:
    """Write a copy of every photo with a LUT applied.

    As `lutbridge render` does it: each copy has the name, format, bit depth, profile and metadata of its photo, where
    --format, --bits and --icc do not say otherwise. The LUT is taken for sRGB in and out.
    """
    settings = BatchSettings(
        input=InputSettings(
            photos=options["photos"], encoding=options["input_encoding"], also_read=[lut, Path(options["icc"])]
        ),
        output=output_from(options, PHOTO_KINDS),
        strength=Strength.of(options["strength"]),
        dry_run=options["dry_run"],
        jobs=options["jobs"],
    )
    return apply(lut, settings)
