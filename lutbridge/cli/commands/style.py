"""`lutbridge style`: makes a style from a LUT or preset, on top of a model's correction."""

from pathlib import Path

import click

from lutbridge.cli.options import FILE
from lutbridge.cli.output import put, say
from lutbridge.errors import UsageError, as_typed
from lutbridge.model.registry import DEFAULT_MODEL

EXAMPLE_STOPS = 0.5  # EV, of the correction for which the error of both in one LUT is reported


def style(look: Path, start: str, output: Path, strength: float, maker: str) -> int:
    """Writes the model; returns the exit code."""
    from datetime import date

    from lutbridge.cli.luts import in_words, refuse_taken
    from lutbridge.files import atomic_write
    from lutbridge.looks.swatch import swatch
    from lutbridge.lut.operations import blend, deviation
    from lutbridge.model import added
    from lutbridge.model.checkpoint import Checkpoint, to_bytes
    from lutbridge.model.registry import name_of

    if output.suffix != ".safetensors":
        raise UsageError(f"{output}: a model file must end in .safetensors")
    refuse_taken(output, None, [look])
    start_path, found = _start(start)
    lut = _lut(look)
    if strength != 1:
        lut = blend(lut, strength)
    made = lut.resize(found.config.grid_size)
    say(f"Order: first {name_of(start_path)}'s correction, then {look.name}.")
    say(f"With grid size {made.grid_size}, the look is {in_words(deviation(made.apply, lut.apply))}.")
    say(f"After a correction of {EXAMPLE_STOPS:g} EV, both in one LUT are {in_words(_composed(made, lut))}.")
    history = {
        "command": f"lutbridge style {look.name} --start {name_of(start_path)}",
        added.DATA: f"the look of {look.name}, after {name_of(start_path)}",
        added.DATE: date.today().isoformat(),
    } | ({added.MAKER: maker} if maker else {})  # fmt: skip
    model = _checkpoint(found, made, history, swatch(made.lattice), Checkpoint)
    atomic_write(output, to_bytes(model), replace=False)
    say(f"Next: lutbridge models add {as_typed(output)} --name {as_typed(output.stem)}")
    put(str(output))
    return 0


def _start(start):
    """The file and content of the model to correct with."""
    from lutbridge.model.checkpoint import read
    from lutbridge.model.registry import find_model

    path = find_model(start)
    found = read(path)
    if not getattr(found.config, "has_mask", False):
        raise UsageError(
            f"{start} cannot be the base of a style, because it does not separate person and background; choose "
            f"another --start, such as {DEFAULT_MODEL}"
        )
    return path, found


def _lut(look):
    """The look as a plain LUT on [0, 1]."""
    from lutbridge.cli.luts import load

    if look.suffix.lower() == ".dtstyle":
        from lutbridge.looks.darktable_style import lut_of_style, read_style

        style = read_style(look)
        if style.left_out:
            say(f"Left out, since a LUT holds colours only: {', '.join(style.left_out)}")
        return lut_of_style(style)
    return load(look).lut.bake()


def _composed(made, lut):
    """How far the look, put on the lattice of a correction, is from one after the other."""
    import numpy as np

    from lutbridge.color.srgb import eotf_srgb, inverse_eotf_srgb
    from lutbridge.lut.lut3d import Lut3D
    from lutbridge.lut.operations import deviation

    points = eotf_srgb(Lut3D.identity(made.grid_size).lattice) * np.float32(2**EXAMPLE_STOPS)
    correction = Lut3D(inverse_eotf_srgb(points.clip(0, 1)))
    both = Lut3D(made.apply(correction.lattice))
    return deviation(both.apply, lambda rgb: lut.apply(correction.apply(rgb)))


def _checkpoint(found, made, history, picture, kind):
    from dataclasses import replace

    import numpy as np

    tensors = {name: tensor for name, tensor in found.tensors.items() if name != "style"}
    tensors["style"] = np.ascontiguousarray(np.moveaxis(made.lattice, -1, 0), np.float32)
    return kind(replace(found.config, style=True), tensors, history, picture)


@click.command()
@click.argument("look", type=FILE, metavar="LUT|.xmp|.dtstyle")
@click.option(
    "--start",
    default=DEFAULT_MODEL,
    show_default=True,
    metavar="NAME|FILE",
    help="Model that corrects each photo before the look.",
)
@click.option("--strength", type=click.FloatRange(0, 1), default=1.0, show_default=True, help="Strength of the look.")
@click.option("--maker", default="", help="Maker's name, for others you share it with. Default: none.")
@click.option("-o", "--output", type=FILE, required=True, metavar="FILE", help="Output .safetensors file.")
def command(**arguments) -> int:
    """Make a style from a look you already use.

    The style first corrects each photo and then applies the look. The look is a LUT for sRGB in any format that
    `lutbridge lut` reads; a Lightroom profile with a table (.xmp; presets made of sliders have none); or a darktable
    style (.dtstyle; needs darktable installed).
    """
    return style(**arguments)
