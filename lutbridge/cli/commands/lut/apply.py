"""`lutbridge lut apply`: applies a LUT to photos."""

from pathlib import Path

import click

from lutbridge.cli.config import configurable
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
from lutbridge.cli.streams import STDIO, spooled, through_files
from lutbridge.errors import UsageError
from lutbridge.strength import Strength


def apply(
    lut: Path,
    settings: BatchSettings,
    in_space: str | None = None,
    out_space: str | None = None,
    interpolation: str = "tetrahedral",
) -> int:
    """Writes a copy of each photo with the LUT applied; returns the exit code."""
    from lutbridge.cli.batch import run_batch
    from lutbridge.cli.luts import load
    from lutbridge.image.target import name_for
    from lutbridge.looks.preset import Preset

    file = load(lut, own_space=True)
    preset = Preset(file.lut, lut.name, _spaces(file, in_space, out_space), interpolation)

    def work_for(preset, photo_count: int, may_replace):
        from lutbridge.batch.compare import preview_size
        from lutbridge.batch.work import photo_writer

        previews = preview_size(photo_count) if settings.output.report else None
        return photo_writer(preset, settings.strength, previews, may_replace=may_replace)

    return run_batch(
        settings, lut, lambda source: name_for(source, settings.output.target.format), lambda: preset, work_for
    )


def _spaces(file, in_space, out_space):
    """What the LUT's inputs and outputs are: as asked, or as its file says; None if both are sRGB."""
    from lutbridge.color.working_spaces import rgb_space, working_space

    own = rgb_space(*file.space) if file.space else None
    if own is None and in_space is None and out_space is None:
        return None
    before = working_space(in_space) if in_space else own or working_space("srgb")
    return before, working_space(out_space) if out_space else own or before


@click.command()
@click.argument("lut", type=FILE)
@photos_and_output
@STRENGTH
@INPUT_ENCODING
@what_to_write
@click.option(
    "--in-space",
    metavar="NAME",
    help="Input colour space of the LUT: acescct, logc3, slog3, vlog, clog3, linear, rec709, rec2020, p3, prophoto, … "
    "or an OpenColorIO name. Default: srgb, or the space of a Lightroom profile.",
)
@click.option("--out-space", metavar="NAME", help="Output colour space of the LUT. Default: as --in-space.")
@click.option(
    "--interp",
    type=click.Choice(["tetrahedral", "trilinear"]),
    default="tetrahedral",
    show_default=True,
    help="Interpolation between grid points.",
)
@JOBS
@EXISTING
@before_and_after
@JSON
@configurable
@how_much_to_say
def command(lut: Path, **options) -> int:
    """Write a copy of every photo with a LUT applied.

    Each copy keeps the photo's name, format, bit depth, colour profile and metadata, unless you change them with
    options.
    """
    if str(lut) == STDIO and STDIO in options["photos"]:
        raise UsageError("only the LUT or the photo can come from stdin (-); name a file for the other")

    def work(photos: list[str], folder: Path) -> int:
        settings = BatchSettings(
            input=InputSettings(
                photos=photos, encoding=options["input_encoding"], also_read=[file, Path(options["icc"])]
            ),
            output=output_from(options | {"output": folder}, PHOTO_KINDS),
            strength=Strength.of(options["strength"]),
            of_command={name: options[name] or "" for name in ("in_space", "out_space", "interp")},
            dry_run=options["dry_run"],
            jobs=options["jobs"],
        )
        return apply(file, settings, options["in_space"], options["out_space"], options["interp"])

    with spooled(lut) as file:
        more = {"--report": options["report"], "--dry-run": options["dry_run"]}
        return through_files(options["photos"], options["output"], options["as_json"], work, more)
