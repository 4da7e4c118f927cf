"""`lutbridge lut apply`: photos through a LUT, so that it can be tried without a host."""

from collections.abc import Sequence
from pathlib import Path

import click

from lutbridge.cli.options import EXISTING, FILE, INPUT_ENCODING, JSON, STRENGTH, photos_and_output, what_to_write


def apply(
    lut: Path,
    photos: Sequence[str],
    output: Path,
    strength: float,
    input_encoding: str | None,
    existing: str,
    report: Path | None,
    as_json: bool,
    format_: str | None = None,
    bits: str | None = None,
    quality: int | None = None,
    icc: str = "keep",
) -> int:
    """Writes a copy of each photo with the LUT applied; returns the exit code."""
    from lutbridge.cli.luts import load
    from lutbridge.cli.shoot import Shoot, run_shoot
    from lutbridge.image.target import Target, name_for, profile_for
    from lutbridge.looks.preset import Preset

    target = Target(format_, int(bits) if bits else None, quality, profile_for(icc))
    preset = Preset(load(lut).lut, lut.name)

    def work_for(preset, photo_count: int):
        from lutbridge.batch.compare import preview_size
        from lutbridge.batch.work import photo_writer

        previews = preview_size(photo_count) if report else None
        return photo_writer(preset.render, strength, previews, replace=existing == "overwrite")

    how = preset.name, strength, preset.device, existing, input_encoding, as_json, report, target
    shoot = Shoot(photos, output, *how, also_read=[lut, Path(icc)])
    return run_shoot(shoot, lambda source: name_for(source, format_), lambda: preset, work_for)


@click.command()
@click.argument("lut", type=FILE)
@photos_and_output
@STRENGTH
@INPUT_ENCODING
@what_to_write
@EXISTING
@click.option("--report", type=FILE, metavar="FILE", help="Write a page with before and after of every photo.")
@JSON
def command(**arguments) -> int:
    """Write a copy of every photo with a LUT applied.

    As `lutbridge render` does it: each copy has the name, format, bit depth, profile and metadata of its photo, where
    --format, --bits and --icc do not say otherwise. The LUT is taken for sRGB in and out.
    """
    return apply(**arguments)
