"""What -o means: a folder for the results, or a file for the result of a single photo."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click
from click.core import ParameterSource

from lutbridge.errors import UsageError
from lutbridge.image.suffixes import AVIF_SUFFIXES, HEIF_SUFFIXES, RAW_SUFFIXES

PHOTO_KINDS = {
    ".jpg": "jpeg", ".jpeg": "jpeg", ".jpe": "jpeg", ".png": "png", ".tif": "tiff", ".tiff": "tiff", ".webp": "webp"
}  # fmt: skip
LUT_KINDS = {
    ".cube": "cube", ".xmp": "xmp", ".png": "hald", ".3dl": "3dl", ".spi3d": "spi3d", ".clf": "clf", ".csp": "csp"
}  # fmt: skip
# Extensions that no folder's name ends in on purpose, though we do not write them.
_OTHER_KINDS = {
    *PHOTO_KINDS, *LUT_KINDS, *RAW_SUFFIXES, *HEIF_SUFFIXES, *AVIF_SUFFIXES, ".gif", ".bmp", ".jp2", ".jxl", ".psd",
    ".html",
}  # fmt: skip


@dataclass(frozen=True)
class Destination:
    """Where results go.

    Attributes:
        folder: of the results.
        file: the name of the one result, or None.
        kind: the format of the file's suffix, or None.
    """

    folder: Path
    file: str | None = None
    kind: str | None = None


def destination_from(options: Mapping, kinds: Mapping[str, str]) -> Destination:
    """What -o means.

    Args:
        options: of `photos_and_output`.
        kinds: suffix → format, of the command's output.

    Raises:
        UsageError: it names a file, and something else that was said goes against that.
    """
    output, suffix = options["output"], options["output"].suffix.lower()
    if output.is_dir() or (suffix not in kinds and suffix not in _OTHER_KINDS):
        return Destination(output)
    if suffix not in kinds:
        raise UsageError(
            f"-o {output}: this command does not write {suffix}; name a folder, or a file in {_listed(kinds)}"
        )
    photos = options["photos"]
    if len(photos) > 1:
        raise UsageError(
            f"-o {output}: one file cannot hold the results of {len(photos)} photos or folders; name a folder"
        )
    if Path(photos[0]).is_dir():
        raise UsageError(f"-o {output}: one file cannot hold the results of the folder {photos[0]}; name a folder")
    if options["name"] is not None and _counts("name"):
        raise UsageError(f"-o {output} already names the result; leave out --name, or name a folder with -o")
    option = "format_" if "format_" in options else "format_name"
    if options[option] not in (None, kinds[suffix]) and _counts(option):
        wished = options[option]
        raise UsageError(
            f"-o {output}: the extension means {kinds[suffix]}, but --format says {wished}; leave out --format"
        )
    return Destination(output.parent, output.name, kinds[suffix])


def _counts(parameter: str) -> bool:
    """Whether a given setting contradicts -o; a config file's setting gives way to -o on the command line."""
    source = click.get_current_context().get_parameter_source
    if source(parameter) is ParameterSource.DEFAULT_MAP:
        return source("output") is not ParameterSource.COMMANDLINE
    return source(parameter) is not ParameterSource.DEFAULT


def _listed(kinds: Mapping[str, str]) -> str:
    return " ".join(kinds)
