"""`lutbridge lut verify`: rebuilds a LUT from its photo and compares the two."""

from pathlib import Path

import click

from lutbridge.cli.luts import CODES, load
from lutbridge.cli.options import FILE, JSON
from lutbridge.cli.output import put_json, put_table
from lutbridge.cli.threads import one_thread_each
from lutbridge.errors import PhotoError, ReadError


def verify(file: Path, photo: Path, model: str | None, as_json: bool) -> int:
    """Makes the LUT again by what its file says, and compares; returns the exit code, 1 where something differs."""
    from lutbridge.files import digest
    from lutbridge.lut.provenance import parse

    found = load(file)
    said = parse(found.comments)
    if said is None:
        raise ReadError(
            file, "it does not record what it was made from", "only a .cube, .xmp or .png of `lutbridge cube` does"
        )
    retoucher, made, loss = _again(said, photo, model, found.format)
    again = found.format.codec.decode(found.format.to_bytes(made)).lut
    facts = {
        "file": str(file),
        "photo": {"same": digest(photo) == said.photo_sha256, "named": said.photo},
        "model": {"same": retoucher.digest == said.model_sha256, "named": said.model},
        "version": said.version,
        "difference": _difference(found.lut, again),
        "loss": {"said": said.loss, "found": loss},
    }
    facts["identical"] = facts["difference"] == 0
    if as_json:
        put_json(facts)
    else:
        put_table(_rows(facts, said))
    return 0 if facts["identical"] else PhotoError.exit_code


def _again(said, photo_path, model, format_):
    """The retoucher, the LUT that it makes of the photo, and what that loses."""
    import numpy as np

    from lutbridge.image.read import LOOK_SIDE, read
    from lutbridge.retouch import PART_VIEWS, Retoucher
    from lutbridge.strength import Strength

    retoucher = Retoucher.load(model or said.model)
    photo = read(photo_path, said.encoding or None, LOOK_SIDE if said.is_reduced else None)
    strength = Strength(person=said.person, background=said.background)
    weights = np.array(said.weights, np.float32) if said.weights else None
    lut = retoucher.lut(photo, said.view, said.grid_size, strength, weights)
    if said.view in PART_VIEWS:
        return retoucher, lut, None
    loss = retoucher.loss(photo, lut, strength, weights)
    return retoucher, lut, (round(loss.mean, 3), round(loss.high, 3))


def _difference(lut, again):
    """The largest difference between two lattices, of 1; 1 where their grids differ."""
    return float(abs(lut.lattice - again.lattice).max()) if lut.grid_size == again.grid_size else 1.0


def _rows(facts, said):
    def same(what):
        return (
            "the same" if facts[what]["same"] else f"DIFFERENT from {facts[what]['named']}, which the LUT was made from"
        )

    result = "identical to the last digit" if facts["identical"] else "DIFFERS by up to "
    if not facts["identical"]:
        result += f"{CODES * facts['difference']:.4f} of 255"
    rows = [
        ("photo", same("photo")),
        ("model", f"{said.model}, {same('model')}"),
        (
            "settings",
            f"{said.view}, grid size {said.grid_size}, person {said.person:g}, background {said.background:g}",
        ),
        ("version", said.version),
    ]
    for when, loss in facts["loss"].items():
        if loss:
            rows.append((f"loss {when}", f"ΔE2000 {loss[0]:.3f} on average, {loss[1]:.3f} at the 95th percentile"))
    return [*rows, ("rebuilt", result)]


@click.command()
@click.argument("file", type=FILE)
@click.option("--photo", type=FILE, required=True, metavar="PHOTO", help="Photo the LUT was made from.")
@click.option(
    "--model", metavar="NAME|FILE", help="Model, if it does not ship with lutbridge. Default: the one named in the LUT."
)
@JSON
def command(**arguments) -> int:
    """Rebuild a LUT from its photo and check that it is identical.

    A .cube, .xmp or HaldCLUT of `lutbridge cube` records its model, photo and settings, and its error against the full
    render. Exit code 1: the rebuilt LUT differs.
    """
    one_thread_each()  # as `cube` does, since sums of several threads end in another last digit
    return verify(**arguments)
