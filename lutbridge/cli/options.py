"""Arguments and options that the commands share."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lutbridge.cli.settings import MatchSettings, OutputSettings
from lutbridge.errors import UsageError
from lutbridge.model.registry import DEFAULT_MODEL
from lutbridge.strength import Strength

if TYPE_CHECKING:
    from lutbridge.image.target import Target

FILE = click.Path(path_type=Path)


def from_0_to_1(ctx: click.Context, parameter: click.Parameter, value: float | None) -> float | None:
    if value is not None and not 0 <= value <= 1:  # written so that nan fails as well
        raise click.BadParameter(f"{value} is not between 0 and 1", ctx, parameter)
    return value


JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line on stdout.")

IN_THE_OUTPUT_FOLDER = Path("report.html in the output folder")  # what --report without a name means


def _report_file(ctx: click.Context, parameter: click.Parameter, value: Path | None) -> Path | None:
    """Refuses what a report must not replace; a photo or folder that follows --report would be taken for its name."""
    if value not in (None, IN_THE_OUTPUT_FOLDER) and value.suffix.lower() not in (".html", ".htm"):
        raise click.BadParameter(
            f"{value} does not end in .html; to have the report named for you, put --report at the end", ctx, parameter
        )
    return value


_REPORT = (
    click.option(
        "--report",
        type=FILE,
        metavar="[FILE]",
        is_flag=False,
        flag_value=str(IN_THE_OUTPUT_FOLDER),
        callback=_report_file,
        help="Write a page that shows every photo before and after. Default name: report.html in the output folder.",
    ),
    click.option("--open", "open_report", is_flag=True, help="Open the report in the browser when done."),
)
_PHOTOS = (
    click.argument("photos", metavar="PHOTO|FOLDER...", nargs=-1, required=True),
    click.option("-o", "--output", type=FILE, required=True, metavar="DIR", help="Folder to write to."),
)
INPUT_ENCODING = click.option(
    "--input-encoding",
    type=click.Choice(["srgb", "linear"]),
    help="What the numbers of floating-point TIFFs are where they have no colour profile.",
)
STRENGTH = click.option(
    "--strength",
    type=float,
    default=1.0,
    show_default=True,
    callback=from_0_to_1,
    metavar="0..1",
    help="0 leaves the photo untouched.",
)
_PARTS = tuple(
    click.option(
        f"--{part}",
        type=float,
        callback=from_0_to_1,
        metavar="0..1",
        help=f"Strength on {where}; without it, --strength. Needs a model that treats the two apart.",
    )
    for part, where in (("person", "the person"), ("background", "the background"))
)
MASK = click.option(
    "--mask",
    is_flag=True,
    help="Also write where the person is, beside each result: NAME-mask.png, 16-bit grey, white on the person.",
)
EXISTING = click.option(
    "--existing",
    type=click.Choice(["refuse", "skip", "overwrite"]),
    default="refuse",
    show_default=True,
    help="What to do about results that are there already.",
)
_HOW = (
    INPUT_ENCODING,
    click.option(
        "--model", default=DEFAULT_MODEL, show_default=True, metavar="NAME|FILE", help="See `lutbridge models`."
    ),
    STRENGTH,
    *_PARTS,
    click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True),
    EXISTING,
    JSON,
)


_KIND = (
    click.option(
        "--format",
        "format_",
        type=click.Choice(["jpeg", "png", "tiff", "webp"]),
        help="File format of the results; without it, each photo's own.",
    ),
    click.option("--bits", type=click.Choice(["8", "16"]), help="Bits per channel; without it, each photo's own."),
    click.option("--quality", type=click.IntRange(1, 100), metavar="1..100", help="Of JPEG and WebP; without it, 95."),
    click.option(
        "--icc",
        default="keep",
        show_default=True,
        metavar="keep|srgb|FILE",
        help="Colour profile of the results: each photo's own, sRGB, or the one in FILE.",
    ),
)


_GROUPS = (
    click.option(
        "--group",
        "group",
        metavar="folder|time|auto|all|FILE",
        help="Match the takes of a group: of a folder, without a pause between them, that look alike, all, or as FILE "
        "lists them.",
    ),
    click.option("--reference", type=FILE, metavar="PHOTO", help="Match the groups to this photo as it looks now."),
    click.option(
        "--consistency",
        type=float,
        default=1.0,
        show_default=True,
        callback=from_0_to_1,
        metavar="0..1",
        help="How far takes give up their own look for a common one.",
    ),
)


def photos_and_output(command: Callable) -> Callable:
    return _add(command, _PHOTOS)


def how_to_retouch(command: Callable) -> Callable:
    return _add(command, _HOW)


def what_to_write(command: Callable) -> Callable:
    return _add(command, _KIND)


def how_to_match(command: Callable) -> Callable:
    return _add(command, _GROUPS)


def before_and_after(command: Callable) -> Callable:
    return _add(command, _REPORT)


def strength_from(options: Mapping) -> Strength:
    """Of `how_to_retouch`: --person and --background, and --strength where one is not given."""
    person, background = (
        options["strength"] if options[part] is None else options[part] for part in ("person", "background")
    )
    return Strength(person=person, background=background)


def output_from(options: Mapping) -> OutputSettings:
    """What and where to write, of `photos_and_output`, EXISTING and JSON, and of `what_to_write` where that is there.

    Raises:
        UsageError: --icc names no profile that RGB photos can be written in.
    """
    return OutputSettings(
        folder=options["output"],
        existing=options["existing"],
        as_json=options["as_json"],
        report=_report_from(options, options["output"]),
        open_report=options.get("open_report", False),
        target=_target_from(options) if "icc" in options else None,
    )


def _report_from(options: Mapping, folder: Path) -> Path | None:
    """Of `before_and_after`; --open alone asks for a report, too."""
    report = options.get("report")
    if report == IN_THE_OUTPUT_FOLDER or (report is None and options.get("open_report")):
        return folder / "report.html"
    return report


def _target_from(options: Mapping) -> "Target":
    from lutbridge.image.target import Target, profile_for

    return Target(
        format=options["format_"],
        bits=int(options["bits"]) if options["bits"] else None,
        quality=options["quality"],
        icc=profile_for(options["icc"]),
    )


def matching_from(options: Mapping) -> MatchSettings | None:
    """How takes are to be matched, of `how_to_match`; None: they are not.

    Raises:
        UsageError: a reference or a consistency, but nothing to match.
    """
    by, reference, consistency = options["group"], options["reference"], options["consistency"]
    if by is not None:
        return MatchSettings(by=by, reference=reference, consistency=consistency)
    if reference is not None or consistency != 1:
        option = "--consistency" if reference is None else "--reference"
        raise UsageError(f"{option} is about groups; say which photos belong together, for instance --group all")
    return None


def _add(command: Callable, options: tuple) -> Callable:
    for option in reversed(options):
        command = option(command)
    return command
