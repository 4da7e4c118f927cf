"""`lutbridge render`: photos in, retouched photos out."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lutbridge.cli.config import configurable
from lutbridge.cli.destination import PHOTO_KINDS
from lutbridge.cli.options import (
    MASK,
    before_and_after,
    how_much_to_say,
    how_to_match,
    how_to_retouch,
    matching_from,
    output_from,
    photos_and_output,
    ray_from,
    strength_from,
    what_to_write,
)
from lutbridge.cli.settings import BatchSettings, InputSettings, ModelSettings
from lutbridge.cli.streams import through_files
from lutbridge.cli.threads import one_thread_each

if TYPE_CHECKING:
    from lutbridge.batch.work import Beside


def render(settings: BatchSettings, model: ModelSettings, besides: "Beside", is_watched: bool = False) -> int:
    """Writes a retouched copy of each photo, with its side files; returns the exit code.

    Args:
        is_watched: photos are awaited in a folder.
    """
    from lutbridge.cli.batch import retouch
    from lutbridge.image.target import name_for

    def work_for(retoucher, photo_count: int, may_replace):
        from lutbridge.batch.compare import preview_size
        from lutbridge.batch.work import photo_writer

        previews = preview_size(photo_count) if settings.output.report else None
        return photo_writer(retoucher, settings.strength, previews, besides, may_replace)

    run = None
    if is_watched:
        from lutbridge.cli.watching import watch as run
    return retouch(settings, model, lambda source: name_for(source, settings.output.target.format), work_for, run=run)


@click.command()
@photos_and_output
@how_to_match
@how_to_retouch
@what_to_write
@MASK
@click.option("--watch", is_flag=True, help="Keep running and retouch photos as they arrive in FOLDER, until Ctrl-C.")
@before_and_after
@configurable
@how_much_to_say
def command(**options) -> int:
    """Write a retouched copy of every photo.

    Each copy keeps the photo's name, format, bit depth, colour profile and metadata, unless you change them with
    options. Subfolders are included and recreated in the output. Your originals are never changed.
    """
    one_thread_each()  # before numpy is imported, which looks then

    def work(photos: list[str], folder: Path) -> int:
        return _render(options | {"photos": photos, "output": folder})

    more = {f"--{name.replace('_', '-')}": options[name] for name in ("mask", "report", "dry_run", "watch", "ray")}
    return through_files(options["photos"], options["output"], options["as_json"], work, more)


def _render(options):
    from lutbridge.batch.work import Beside

    besides = Beside(mask=options["mask"], keeps=options["existing"] == "skip")
    model, icc = options["model"], options["icc"]
    settings = BatchSettings(
        input=InputSettings(
            photos=options["photos"], encoding=options["input_encoding"], also_read=[Path(model), Path(icc)]
        ),
        output=output_from(options, PHOTO_KINDS),
        strength=strength_from(options),
        matching=matching_from(options),
        beside=besides.endings(),
        dry_run=options["dry_run"],
        jobs=options["jobs"],
        ray=ray_from(options),
    )
    mask_for = "--mask" if besides.mask else ""
    return render(
        settings,
        ModelSettings(name=model, device="cpu" if settings.ray else options["device"], mask_for=mask_for),
        besides,
        options["watch"],
    )
