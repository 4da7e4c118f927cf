"""`lutbridge lut verify`: rebuilds a LUT from its photos and compares the two."""

from collections.abc import Sequence
from pathlib import Path

import click

from lutbridge.cli.clipping import CODES
from lutbridge.cli.luts import load, refuse_stdin_twice
from lutbridge.cli.options import FILE, JSON
from lutbridge.cli.output import put_json, put_table
from lutbridge.cli.streams import all_spooled
from lutbridge.cli.threads import one_thread_each
from lutbridge.errors import PhotoError, ReadError

MOST_NAMED = 5  # photos named in one sentence


def verify(file: Path, photo: Sequence[Path], model: str | None, as_json: bool) -> int:
    """Makes the LUT again by what its file says, and compares; returns the exit code, 1 where something differs."""
    from lutbridge.lut.provenance import parse
    from lutbridge.retouch import Retoucher

    found = load(file)
    said = parse(found.comments)
    if said is None:
        raise ReadError(
            file,
            "it does not record what it was made from",
            "only a .cube, .xmp or .png of `lutbridge cube` or the helper does",
        )
    photos, same = _photos(file, said, photo)
    retoucher = Retoucher.load(model or said.model.name)
    made, loss = (_group_again if said.matching else _again)(said, photos, retoucher)
    again = found.format.codec.decode(found.format.to_bytes(made)).lut
    facts = {
        "file": str(file),
        "photo": {"same": same, "named": said.photos[0].name if not said.matching else f"{len(said.photos)} photos"},
        "model": {"same": retoucher.digest == said.model.sha256, "named": said.model.name},
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


def _photos(file, said, named):
    """The photos to make the LUT from, its reference last if it has one; and whether they are what the LUT says.

    Raises:
        ReadError: one is missing.
    """
    from lutbridge.batch.collect import collect
    from lutbridge.files import digest

    if not said.matching and len(named) == 1 and named[0].is_file():
        return named, digest(named[0]) == said.photos[0].sha256
    found = [photo.source for photo in collect([str(path) for path in named], with_results=True).photos]
    by_digest = {digest(path): path for path in found}
    wanted = said.photos
    if said.matching:
        if said.photo_count > len(said.photos):
            fault = f"it records {len(said.photos)} of its {said.photo_count} photos, so it cannot be made again"
            raise ReadError(file, fault)
        wanted += (said.matching.reference,) if said.matching.reference else ()
    missing = [source.name for source in wanted if source.sha256 not in by_digest]
    if missing:
        names = ", ".join(missing[:MOST_NAMED]) + (" and others" if len(missing) > MOST_NAMED else "")
        remedy = "name all photos or their folder with --photo; each has to be as it was, byte for byte"
        raise ReadError(file, f"{len(missing)} of the {len(wanted)} photos it was made from not found: {names}", remedy)
    return [by_digest[source.sha256] for source in wanted], True


def _read(said, path):
    from lutbridge.image.read import LOOK_SIDE, read

    return read(path, said.encoding or None, LOOK_SIDE if said.is_reduced else None)


def _strength(said):
    from lutbridge.strength import Strength

    return Strength(person=said.person, background=said.background)


def _again(said, photos, retoucher):
    """The LUT of a photo, and what it loses."""
    import numpy as np

    from lutbridge.retouch import PART_VIEWS

    photo, strength = _read(said, photos[0]), _strength(said)
    weights = np.array(said.weights, np.float32) if said.weights else None
    lut = retoucher.lut(photo, said.view, said.grid_size, strength, weights)
    if said.view in PART_VIEWS:
        return lut, None
    loss = retoucher.loss(photo, lut, strength, weights)
    return lut, (round(loss.mean, 3), round(loss.high, 3))


def _group_again(said, photos, retoucher):
    """The LUT of a group, and what it loses on average and on the photo it fits least."""
    from lutbridge.shoot import Matcher, observe, picture_of

    matcher, reference = Matcher(retoucher), None
    takes = [observe(retoucher, _read(said, path)) for path in photos[: len(said.photos)]]
    if said.matching.reference and said.matching.is_retouched:
        followed = observe(retoucher, _read(said, photos[-1]))
        (reference,) = matcher.pictures([followed], [followed.look.w_image])
    elif said.matching.reference:
        reference = picture_of(_read(said, photos[-1]))
    weights = matcher.agree(takes, reference).weights(said.matching.consistency)
    lut, losses = matcher.shared_lut(takes, weights, "", said.grid_size, _strength(said))
    return lut, (round(sum(losses) / len(losses), 3), round(max(losses), 3))


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
        ("photos" if said.matching else "photo", same("photo")),
        ("model", f"{said.model.name}, {same('model')}"),
        (
            "settings",
            f"{said.view}, grid size {said.grid_size}, person {said.person:g}, background {said.background:g}",
        ),
        ("version", said.version),
    ]
    for when, loss in facts["loss"].items():
        if loss:
            second = "for the photo it fits least" if said.matching else "at the 95th percentile"
            rows.append((f"loss {when}", f"ΔE2000 {loss[0]:.3f} on average, {loss[1]:.3f} {second}"))
    return [*rows, ("rebuilt", result)]


@click.command()
@click.argument("file", type=FILE)
@click.option(
    "--photo",
    type=FILE,
    multiple=True,
    required=True,
    metavar="PHOTO|FOLDER",
    help="Photo the LUT was made from; can be repeated. For group.cube all of its photos, or their folder.",
)
@click.option(
    "--model", metavar="NAME|FILE", help="Model, if it does not ship with lutbridge. Default: the one named in the LUT."
)
@JSON
def command(**arguments) -> int:
    """Rebuild a LUT from its photo or photos, and compare the two.

    A .cube, .xmp or HaldCLUT of `lutbridge cube` records its model, photo and settings, and its error against the full
    render. Exit code 1: the rebuilt LUT differs.
    """
    one_thread_each()  # as `cube` does, since sums of several threads end in another last digit
    refuse_stdin_twice([arguments["file"], *arguments["photo"]])
    with all_spooled(arguments["photo"]) as photos:
        return verify(**arguments | {"photo": photos})
