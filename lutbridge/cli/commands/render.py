"""`lutbridge render`: photos in, retouched photos out."""

from collections.abc import Sequence
from pathlib import Path

import click

from lutbridge.cli.options import FILE, how_to_match, how_to_retouch, matching_from, photos_and_output, what_to_write
from lutbridge.cli.threads import one_thread_each


def render(
    photos: Sequence[str],
    output: Path,
    model: str,
    strength: float,
    device: str,
    existing: str,
    input_encoding: str | None,
    report: Path | None,
    as_json: bool,
    format_: str | None = None,
    bits: str | None = None,
    quality: int | None = None,
    icc: str = "keep",
    group: str | None = None,
    reference: Path | None = None,
    consistency: float = 1.0,
) -> int:
    """Writes a retouched photo for each photo; returns the exit code."""
    one_thread_each()
    from lutbridge.cli.shoot import Shoot, retouch
    from lutbridge.image.target import Target, name_for, profile_for

    target = Target(format_, int(bits) if bits else None, quality, profile_for(icc))

    def work_for(retoucher, photo_count: int):
        from lutbridge.batch.compare import preview_size
        from lutbridge.batch.work import photo_writer

        previews = preview_size(photo_count) if report else None
        return photo_writer(retoucher.render, strength, previews, replace=existing == "overwrite")

    matching = matching_from(group, reference, consistency)
    how = model, strength, device, existing, input_encoding, as_json, report, target, matching
    shoot = Shoot(photos, output, *how, also_read=[Path(model), Path(icc)])
    return retouch(shoot, name_for=lambda source: name_for(source, format_), work_for=work_for)


@click.command()
@photos_and_output
@how_to_match
@how_to_retouch
@what_to_write
@click.option("--report", type=FILE, metavar="FILE", help="Write a page with before and after of every photo.")
def command(**arguments) -> int:
    """Write a retouched copy of every photo.

    Each copy has the format, bit depth, profile and metadata of its photo and the same name, where --format, --bits and
    --icc do not say otherwise; folders are walked and mirrored. Photos are never changed in place.
    """
    return render(**arguments)
