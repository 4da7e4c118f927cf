"""`lutbridge lut hald`: the identity HaldCLUT, and a LUT from an edited one."""

from dataclasses import replace
from pathlib import Path

import click

from lutbridge.cli.lut_output import LutOutput, check_output, output_options, save
from lutbridge.cli.luts import STDIO
from lutbridge.cli.options import FILE, INPUT_ENCODING
from lutbridge.cli.streams import spooled
from lutbridge.errors import UsageError


def hald(file: Path | None, level: int, bits: int | None, input_encoding: str | None, output: LutOutput) -> int:
    """Writes the identity HaldCLUT, or the LUT of a changed one; returns the exit code."""
    from lutbridge.lut.lut3d import Lut3D

    if output.path == STDIO and not file:
        output = replace(output, format_name=output.format_name or "hald")
    format_name = output.format.name
    check_output(output, [file] if file else [])
    if bits and format_name != "hald":
        raise UsageError(f"--bits applies to .png only, not to {output.path}")
    options = {"bits": bits} if bits else {}
    if file:
        with spooled(file) as picture:
            lut = _of_picture(picture, input_encoding)
    elif format_name != "hald":
        raise UsageError(
            f"{output.path}: the identity HaldCLUT is a .png; to make a LUT, name the edited HaldCLUT as FILE"
        )
    else:
        lut = Lut3D.identity(level**2)
    save(lut, lut.apply, output, **options)
    return 0


def _of_picture(file, input_encoding):
    from lutbridge.cli.output import say
    from lutbridge.color.gamut import SRGB
    from lutbridge.image.read import read
    from lutbridge.looks.preset import lut_from_hald

    photo = read(file, input_encoding)
    for notice in photo.notices:
        say(f"{file}: {notice}")
    if photo.color is not SRGB:
        say(f"{file}: converted to sRGB from {photo.color.name or 'another colour space'}")
    if photo.container.format == "jpeg":
        say(f"{file}: JPEG artefacts end up in the LUT; export a TIFF or PNG, best with 16 bits")
    elif photo.pixels.itemsize == 1:
        say(f"{file}: it has 8 bits per channel, so the LUT is rounded to 1/255; export 16 bits if the program can")
    return lut_from_hald(photo)


@click.command()
@click.argument("file", type=FILE, required=False)
@click.option(
    "--level",
    type=click.IntRange(2, 16),
    default=8,
    show_default=True,
    help="Level of the identity HaldCLUT; its grid size is level².",
)
@click.option("--bits", type=click.Choice(["8", "16"]), help="Bits per channel of a .png. Default: 16.")
@INPUT_ENCODING
@output_options
def command(file: Path | None, level: int, bits: str | None, input_encoding: str | None, **output) -> int:
    """Capture a look from a program that cannot export LUTs.

    First run it without FILE: this writes the identity HaldCLUT, a picture of all colours. Open it in the program,
    apply the look and export it. Then pass the exported picture as FILE to get the look as a LUT.
    """
    return hald(file, level, int(bits) if bits else None, input_encoding, LutOutput.of(output))
