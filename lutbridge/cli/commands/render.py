"""`lutbridge render`: photos in, retouched photos out."""

from pathlib import Path

import click

from lutbridge.cli.options import (
    FILE,
    how_to_match,
    how_to_retouch,
    matching_from,
    output_from,
    photos_and_output,
    what_to_write,
)
from lutbridge.cli.settings import BatchSettings, InputSettings, ModelSettings
from lutbridge.cli.threads import one_thread_each
from lutbridge.strength import Strength


def render(settings: BatchSettings, model: ModelSettings) -> int:
    """Writes a retouched photo for each photo; returns the exit code."""
    from lutbridge.cli.batch import retouch
    from lutbridge.image.target import name_for

    def work_for(retoucher, photo_count: int):
        from lutbridge.batch.compare import preview_size
        from lutbridge.batch.work import photo_writer

        previews = preview_size(photo_count) if settings.output.report else None
        replace = settings.output.existing == "overwrite"
        return photo_writer(retoucher.render, settings.strength, previews, replace)

    return retouch(settings, model, lambda source: name_for(source, settings.output.target.format), work_for)


@click.command()
@photos_and_output
@how_to_match
@how_to_retouch
@what_to_write
@click.option("--report", type=FILE, metavar="FILE", help="Write a page with before and after of every photo.")
def command(**options) -> int:
    """Write a retouched copy of every photo.

    Each copy has the format, bit depth, profile and metadata of its photo and the same name, where --format, --bits and
    --icc do not say otherwise; folders are walked and mirrored. Photos are never changed in place.
    """
    one_thread_each()
    model, icc = options["model"], options["icc"]
    settings = BatchSettings(
        input=InputSettings(
            photos=options["photos"], encoding=options["input_encoding"], also_read=[Path(model), Path(icc)]
        ),
        output=output_from(options),
        strength=Strength.of(options["strength"]),
        matching=matching_from(options),
    )
    return render(settings, ModelSettings(name=model, device=options["device"]))
