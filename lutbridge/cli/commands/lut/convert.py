"""`lutbridge lut convert`: LUT files in another format."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from lutbridge.cli.lut_output import OPTIONAL_SIZE, LutOutput, check_output, file_options, save
from lutbridge.cli.luts import STDIO, each, format_named, format_of, refuse_stdin_twice, refuse_taken
from lutbridge.cli.options import FILE
from lutbridge.errors import UsageError


def convert(files: Sequence[Path], format_name: str | None, size: int | None, output: LutOutput, **options) -> int:
    """Writes each LUT in the requested format; returns the exit code.

    Args:
        format_name: for output into a folder; without one, the output file's suffix sets it.
        options: of the format, None if nothing was said.
    """
    from lutbridge.batch.run import prepare_folder

    options = {name: value for name, value in options.items() if value is not None}
    refuse_stdin_twice(files)
    if output.path == STDIO:
        return _to_stdout(files, replace(output, format_name=format_name), size, options)
    targets = {files[0]: output.path} if format_name is None else _in_folder(files, format_name, output)
    if len(targets) != len(files):
        raise UsageError(f"{output.path}: one file cannot hold {len(files)} LUTs; name a folder, and a --format")
    for target in targets.values():
        _refuse_options(format_of(target), target, options)
        refuse_taken(target, output.existing, files)

    def one(file):
        target = output.path if format_name is None else targets[file.path]
        save(file.lut, file.lut.apply, replace(output, path=target), size, **options)

    if format_name is not None:
        prepare_folder(output.path, "--output")
    return each(files, one, output.as_json)


def _to_stdout(files, output, size, options):
    check_output(output, files)
    if len(files) > 1:
        raise UsageError(f"stdout cannot hold {len(files)} LUTs; name a folder with -o, and a --format")
    _refuse_options(output.format, output.name, options)
    return each(files, lambda file: save(file.lut, file.lut.apply, output, size, **options))


def _in_folder(files, format_name, output):
    from lutbridge.lut.formats import FORMATS

    format_named(format_name)
    if output.path.exists() and not output.path.is_dir():
        raise UsageError(f"{output.path}: with --format the output is a folder, and this is a file")
    if STDIO in files:
        raise UsageError("a LUT from stdin has no name for a file in a folder; name the file with -o")
    names = [file.stem + FORMATS[format_name].suffixes[0] for file in files]
    for file, name in zip(files, names, strict=True):
        if names.count(name) > 1:
            raise UsageError(f"{file}: it is not the only one that would become {name}; convert it by itself")
    return dict(zip(files, (output.path / name for name in names), strict=True))


def _refuse_options(format_, target, options):
    for name in options:
        if name not in format_.options:
            raise UsageError(f"--{name} is not for {format_.name} files, and {target} is to be one")


@click.command()
@click.argument("files", metavar="FILE...", type=FILE, nargs=-1, required=True)
@click.option(
    "--format",
    "format_name",
    metavar="NAME",
    help="cube, xmp, hald, 3dl, spi3d, clf or csp; -o is then a folder, or - for stdout.",
)
@click.option("--size", **OPTIONAL_SIZE)
@click.option(
    "--gamut",
    type=click.Choice(["extend", "clip"]),
    help="Lightroom: extend the look to colours outside sRGB, or clip them. Default: extend.",
)
@click.option("--bits", type=click.Choice(["8", "16"]), help="HaldCLUT: bits per channel. Default: 16.")
@file_options
def command(files, format_name, size, gamut, bits, **output) -> int:
    """Convert LUTs to another format.

    For instance to a Lightroom profile, or a HaldCLUT for RawTherapee. The extension of the output selects the format:
    .cube .xmp .png .3dl .spi3d .clf .csp. Reports the error that resizing and rounding add.
    """
    return convert(files, format_name, size, LutOutput.of(output), gamut=gamut, bits=int(bits) if bits else None)
