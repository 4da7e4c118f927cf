"""`lutbridge cube`: photos in, one LUT file for each out."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lutbridge.cli.config import configurable
from lutbridge.cli.destination import LUT_KINDS
from lutbridge.cli.options import (
    MASK,
    how_much_to_say,
    how_to_match,
    how_to_retouch,
    matching_from,
    output_from,
    photos_and_output,
    ray_from,
    strength_from,
)
from lutbridge.cli.settings import BatchSettings, InputSettings, ModelSettings
from lutbridge.cli.streams import through_files
from lutbridge.cli.threads import one_thread_each

if TYPE_CHECKING:
    from lutbridge.batch.work import Beside


def cube(
    settings: BatchSettings, model: ModelSettings, view: str, grid_size: int, besides: "Beside", format_name: str
) -> int:
    """Writes a LUT file for each photo, its side files, and one for each group; returns the exit code."""
    from lutbridge.cli.batch import retouch
    from lutbridge.cli.presets import Presets

    def work_for(retoucher, photo_count: int, may_replace):
        from lutbridge.batch.origin import Origin
        from lutbridge.batch.work import cube_writer

        origin = Origin(settings.input.encoding, settings.input.looks_only)
        return cube_writer(
            retoucher, view, grid_size, settings.strength, besides, may_replace, format_name=format_name, origin=origin
        )

    presets = Presets(settings, grid_size, format_name) if settings.matching else None
    return retouch(settings, model, lambda source: source.with_suffix(besides.suffix).name, work_for, presets)


@click.command()
@photos_and_output
@click.option(
    "--size",
    type=click.IntRange(2, 256),
    default=33,
    show_default=True,
    help="Grid size.",
)
@click.option(
    "--view",
    type=click.Choice(["fitted", "fused", "image-weights", "person", "background"]),
    default="fitted",
    show_default=True,
    help="How one LUT stands for the render. fitted: closest to the render of this photo; fused: mean pixel-adaptive "
    "weights; image-weights: no pixel-adaptive weights; person, background: fitted to that part of the photo.",
)
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["cube", "xmp", "hald", "3dl", "spi3d", "clf", "csp"]),
    default="cube",
    show_default=True,
    help="xmp: a Lightroom profile; hald: a HaldCLUT for RawTherapee and ART. Both may need another grid size.",
)
@MASK
@click.option(
    "--parts/--no-parts",
    help="Also write a LUT for the person, one for the background, and the mask, to rebuild the render in a program "
    "with masks: NAME-person.cube, NAME-background.cube, NAME-mask.png.",
)
@how_to_match
@how_to_retouch
@configurable
@how_much_to_say
def command(**options) -> int:
    """Write a 3D LUT, such as a .cube, for every photo.

    With --group, the LUTs of a group match, and group.cube is one LUT for the whole group. A .cube, .xmp or HaldCLUT
    records the model, photo and settings; `lutbridge lut verify` rebuilds it from them.
    """
    one_thread_each()  # before numpy is imported, which looks then

    def work(photos: list[str], folder: Path) -> int:
        return _cube(options | {"photos": photos, "output": folder})

    more = {f"--{name.replace('_', '-')}": options[name] for name in ("parts", "mask", "dry_run", "ray")}
    return through_files(options["photos"], options["output"], options["as_json"], work, more)


def _cube(options):
    from lutbridge.batch.work import Beside
    from lutbridge.lut.formats import FORMATS

    parts, view, output = options["parts"], options["view"], output_from(options, LUT_KINDS)
    format_name = LUT_KINDS[Path(output.file).suffix.lower()] if output.file else options["format_name"]
    suffix = FORMATS[format_name].suffixes[0]
    besides = Beside(mask=options["mask"] or parts, parts=parts, keeps=options["existing"] == "skip", suffix=suffix)
    model = options["model"]
    settings = BatchSettings(
        input=InputSettings(
            photos=options["photos"],
            encoding=options["input_encoding"],
            looks_only=not besides.mask,  # which has the photo's own size
            also_read=[Path(model)],
        ),
        output=output,
        strength=strength_from(options),
        matching=matching_from(options),
        beside=besides.endings(),
        of_command={"view": view, "grid_size": options["size"], "format": format_name},
        dry_run=options["dry_run"],
        jobs=options["jobs"],
        ray=ray_from(options),
    )
    asked = {"--parts": parts, "--mask": options["mask"], f"--view {view}": view in ("person", "background")}
    mask_for = next((option for option, is_asked in asked.items() if is_asked), "")
    model_settings = ModelSettings(name=model, device="cpu" if settings.ray else options["device"], mask_for=mask_for)
    return cube(
        settings, model_settings, view=view, grid_size=options["size"], besides=besides, format_name=format_name
    )
