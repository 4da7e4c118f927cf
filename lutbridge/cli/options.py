"""Arguments and options that the commands share."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from lutbridge.cli.output import Verbosity, speaking
from lutbridge.cli.settings import MatchSettings, OutputSettings
from lutbridge.errors import UsageError
from lutbridge.extras import require
from lutbridge.model.registry import DEFAULT_MODEL
from lutbridge.strength import Strength

if TYPE_CHECKING:
    from lutbridge.image.target import Target

FILE = click.Path(path_type=Path)


class _Share(click.ParamType):
    name = "0..1"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        share = click.FLOAT.convert(value, param, ctx)
        if not 0 <= share <= 1:  # written so that nan fails as well
            self.fail(f"{share} is not between 0 and 1", param, ctx)
        return share


SHARE = _Share()


def _set_verbosity(ctx: click.Context, parameter: click.Parameter, is_asked: bool) -> None:
    """Of --quiet and --verbose; the one on the command line wins over the one in a config file."""
    if not is_asked:
        return
    wanted = Verbosity[parameter.name.upper()]
    said = ctx.meta.setdefault(__name__, wanted)
    if said is wanted:
        ctx.with_resource(speaking(wanted))
    elif ctx.get_parameter_source(parameter.name) is ParameterSource.COMMANDLINE:
        raise UsageError("--quiet and --verbose contradict each other; use only one")


_VERBOSITY = (
    click.option(
        "-q",
        "--quiet",
        is_flag=True,
        expose_value=False,
        callback=_set_verbosity,
        help="Show errors only, no progress.",
    ),
    click.option(
        "-v",
        "--verbose",
        is_flag=True,
        expose_value=False,
        callback=_set_verbosity,
        help="Show more detail.",
    ),
)
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON to stdout, one object per line.")

IN_THE_OUTPUT_FOLDER = Path("report.html in the output folder")  # what --report without a name means


def _report_file(ctx: click.Context, parameter: click.Parameter, value: Path | None) -> Path | None:
    """Refuses a report that would replace something, such as a photo or folder that follows --report."""
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
        is_eager=True,  # so that a photo taken for its name is not missed first
        callback=_report_file,
        help="Write a before/after page of all photos. Default name: report.html in the output folder.",
    ),
    click.option("--open", "open_report", is_flag=True, help="Open the report in the browser when done."),
)
_PHOTOS = (
    click.argument(
        "photos", type=click.Path(), metavar="PHOTO|FOLDER...", nargs=-1, required=True, is_eager=True
    ),  # eager: the config file is beside them
    click.option(
        "-o",
        "--output",
        type=FILE,
        required=True,
        metavar="DIR|FILE",
        help="Output folder; for a single photo, also a file, or - for stdout.",
    ),
    click.option(
        "--name",
        metavar="PATTERN",
        help="File names of the results without extension, such as '{stem}-retouched'. Default: the photo's name.",
    ),
    click.option("--dry-run", is_flag=True, help="Show what would be done, but write nothing."),
)
DEVICE = click.option(
    "--device",
    type=click.Choice(["auto", "cpu", "cuda"]),
    default="auto",
    show_default=True,
    help="Compute on the CPU or an NVIDIA GPU; auto picks the GPU if it can be used.",
)
INPUT_ENCODING = click.option(
    "--input-encoding",
    type=click.Choice(["srgb", "linear"]),
    help="Encoding of floating-point TIFFs without a colour profile. Default: such a TIFF is refused.",
)
STRENGTH = click.option(
    "--strength",
    type=SHARE,
    default=1.0,
    show_default=True,
    metavar="0..1",
    help="Strength of the retouch: 0 leaves the photo unchanged, 1 is full strength.",
)
_PARTS = tuple(
    click.option(
        f"--{part}",
        type=SHARE,
        metavar="0..1",
        help=f"Strength on {where}. Default: --strength. Needs a model that separates person and background.",
    )
    for part, where in (("person", "the person"), ("background", "the background"))
)
MASK = click.option(
    "--mask/--no-mask",
    help="Also write a person mask beside each result: NAME-mask.png, 16-bit grey; the person is white.",
)
JOBS = click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    metavar="N",
    help="Photos rendered at the same time on the CPU; each needs memory. Reading and writing always run alongside.",
)
RAY = click.option(
    "--ray",
    metavar="auto|HOST:PORT",
    help="Share the work among the machines of the Ray cluster that this machine is in, or of the one at HOST:PORT.",
)
EXISTING_FILE = click.option(
    "--existing",
    type=click.Choice(["refuse", "overwrite"]),
    default="refuse",
    show_default=True,
    help="What to do if the file already exists.",
)
EXPERT = click.option(
    "--expert",
    type=click.Choice(["a", "b", "c"]),
    default="a",
    show_default=True,
    help="Expert whose edits are the targets.",
)
EXISTING = click.option(
    "--existing",
    type=click.Choice(["refuse", "skip", "overwrite"]),
    default="refuse",
    show_default=True,
    help="What to do with existing files that lutbridge did not write, or that were edited since.",
)
_HOW = (
    INPUT_ENCODING,
    click.option(
        "--model", default=DEFAULT_MODEL, show_default=True, metavar="NAME|FILE", help="Model; see `lutbridge models`."
    ),
    STRENGTH,
    *_PARTS,
    DEVICE,
    JOBS,
    RAY,
    EXISTING,
    JSON,
)


_KIND = (
    click.option(
        "--format",
        "format_",
        type=click.Choice(["jpeg", "png", "tiff", "webp"]),
        help="File format of the results. Default: that of each photo.",
    ),
    click.option("--bits", type=click.Choice(["8", "16"]), help="Bits per channel. Default: as each photo."),
    click.option(
        "--quality", type=click.IntRange(1, 100), metavar="1..100", help="JPEG and WebP quality. Default: 95."
    ),
    click.option(
        "--icc",
        default="keep",
        show_default=True,
        metavar="keep|srgb|FILE",
        help="Colour profile of the results: the photo's own, sRGB, or an ICC file.",
    ),
)


_GROUPS = (
    click.option(
        "--group",
        "group",
        metavar="folder|time|auto|all|FILE",
        help="Match the photos of each group. Group by folder, by pauses in time, by how alike they look (auto), all "
        "together, or as listed in FILE. Default: no matching.",
    ),
    click.option(
        "--reference",
        type=FILE,
        metavar="PHOTO",
        help="Match the groups to this finished photo. Default: to each other.",
    ),
    click.option(
        "--consistency",
        type=SHARE,
        default=1.0,
        show_default=True,
        metavar="0..1",
        help="How closely grouped photos match: 0 each has its own look, 1 as close as possible.",
    ),
)


def how_much_to_say(command: Callable) -> Callable:
    """--quiet and --verbose, of every command that shows progress."""
    return _add(command, _VERBOSITY)


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
    """Of `how_to_retouch`: --person and --background, and --strength if one is not given."""
    person, background = (
        options["strength"] if options[part] is None else options[part] for part in ("person", "background")
    )
    return Strength(person=person, background=background)


def output_from(options: Mapping, kinds: Mapping[str, str]) -> OutputSettings:
    """What and where to write, of `photos_and_output`, EXISTING and JSON, and of `what_to_write` where that is there.

    Args:
        kinds: suffix → format, of the command's output.

    Raises:
        UsageError: --icc names no profile that RGB photos can be written in; -o or --name cannot be used.
    """
    from lutbridge.batch.names import check_pattern
    from lutbridge.cli.destination import destination_from

    if options["name"] is not None:
        check_pattern(options["name"])
    destination = destination_from(options, kinds)
    return OutputSettings(
        folder=destination.folder,
        existing=options["existing"],
        as_json=options["as_json"],
        report=_report_from(options, destination.folder),
        open_report=options.get("open_report", False),
        target=_target_from(options, destination.kind) if "icc" in options else None,
        file=destination.file,
        pattern=options["name"],
    )


def _report_from(options: Mapping, folder: Path) -> Path | None:
    """Of `before_and_after`; --open alone asks for a report, too."""
    report = options.get("report")
    if report == IN_THE_OUTPUT_FOLDER or (report is None and options.get("open_report")):
        return folder / "report.html"
    return report


def _target_from(options: Mapping, format_: str | None) -> "Target":
    from lutbridge.image.target import Target, profile_for

    return Target(
        format=format_ or options["format_"],
        bits=int(options["bits"]) if options["bits"] else None,
        quality=options["quality"],
        icc=profile_for(options["icc"]),
    )


def matching_from(options: Mapping) -> MatchSettings | None:
    """How to match the takes, from `how_to_match`; None: not at all.

    Raises:
        UsageError: a reference or a consistency, but nothing to match.
    """
    by, reference, consistency = options["group"], options["reference"], options["consistency"]
    if by is not None:
        return MatchSettings(by=by, reference=reference, consistency=consistency)
    if reference is not None or consistency != 1:
        option = "--consistency" if reference is None else "--reference"
        raise UsageError(f"{option} works on groups only; add --group, for instance --group all")
    return None


def ray_from(options: Mapping) -> str:
    """The Ray cluster to work on, of RAY; "" for this machine alone.

    Raises:
        UsageError: another option does not work there.
        SetupError: Ray is not installed.
    """
    address = options["ray"] or ""
    if not address:
        return ""
    refused = {
        "--watch": (options.get("watch"), "photos that arrive one by one are retouched on this machine"),
        "--jobs": (options["jobs"] > 1, "each machine takes as many photos at once as `ray start --num-cpus` says"),
        "--device cuda": (options["device"] == "cuda", "it works on the processors of all machines"),
    }
    for option, (is_asked, why) in refused.items():
        if is_asked:
            raise UsageError(f"--ray and {option} do not go together: {why}; leave one of them out")
    if address != "auto" and ("://" in address or not address.rpartition(":")[2].isdecimal()):
        raise UsageError(f"--ray {address}: say auto, or HOST:PORT as `ray start --head` gives it")
    require("ray", "--ray")
    return address


def _add(command: Callable, options: tuple) -> Callable:
    for option in reversed(options):
        command = option(command)
    return command
