"""Reads options of render, cube and `lut apply` from a TOML file: --config, or lutbridge.toml beside the photos.

    output = "retouched"       # each command that has it
    strength = 0.8

    [render]                   # render alone
    format = "jpeg"

    [lut.apply]                # lut apply alone
    interp = "trilinear"

A setting has the name of its option. What the file says becomes click's `default_map`, so that the command line wins.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from importlib import import_module
from pathlib import Path

import click
from click.core import ParameterSource

from lutbridge.batch.names import CONFIG
from lutbridge.cli.output import Verbosity, say, verbosity
from lutbridge.cli.streams import STDIO
from lutbridge.errors import RefusedError, UsageError

COMMANDS = ("render", "cube", "lut.apply")  # that take settings from a file
MAY_BE_A_FILE = ("model", "icc", "group")  # a name, or a file if there is one
WRITTEN = ("output", "report")  # files and folders that a command writes
_META = __name__


@dataclass(frozen=True)
class Config:
    """Settings of one command.

    Attributes:
        path: the file.
        is_found: it was found beside the photos, not named.
        settings: option → value, as a person would write both.
        defaults: the same as click's `default_map` has it: parameter → value.
    """

    path: Path
    is_found: bool
    settings: Mapping[str, object]
    defaults: Mapping[str, object]


def configurable(command: Callable) -> Callable:
    """Adds --config and --no-config, and says which file was used."""

    @wraps(command)
    def told(**options: object) -> int:
        context = click.get_current_context()
        if config := context.meta.get(_META):
            _tell(config, context)
        return command(**options)

    for option in _OPTIONS:
        told = option(told)
    return told


def read_config(path: Path, command: str, is_found: bool) -> Config:
    """Reads a file and checks all of it, including other commands' options.

    Raises:
        UsageError: it cannot be read or is no TOML; a setting is unknown, of the wrong kind, or not for a found file.
    """
    known = {name: _options(import_module(f"lutbridge.cli.commands.{name}").command) for name in COMMANDS}
    chosen: dict[str, object] = {}
    content = _content(path)
    tables = dict(_tables(content))
    others = {name: option for options in known.values() for name, option in options.items()}
    for name, value in content.items():
        fitting = _fitting(path, name, value, known, is_found)
        if not fitting:
            _checked(path, name, value, others | known[command], is_found)  # raises with the reason
        if command in fitting:
            chosen[name] = fitting[command]
    for table, settings in tables.items():
        for name, value in settings.items():
            checked = _checked(path, name, value, known[table], is_found, f" of [{table}]")
            if table == command:
                chosen[name] = checked
    return Config(path, is_found, chosen, {known[command][name].name: value for name, value in chosen.items()})


def _tables(content: dict) -> Iterator[tuple[str, dict]]:
    """Takes the tables of commands out of a file's content."""
    for name in COMMANDS:
        *outer, last = name.split(".")
        inside = content
        for part in outer:
            inside = inside.get(part, {}) if isinstance(inside, dict) else {}
        if isinstance(inside, dict) and isinstance(inside.get(last), dict):
            yield name, inside.pop(last)
            if outer and not inside:
                del content[outer[0]]


def find_config(photos: Sequence[str]) -> Path | None:
    """The lutbridge.toml in a folder that was named, or beside a photo that was.

    Raises:
        UsageError: there are several.
    """
    named = [photo for photo in photos if photo and photo != STDIO]
    folders = [Path(photo) if os.path.isdir(photo) else Path(photo).parent for photo in named]
    found = {os.path.realpath(folder / CONFIG): folder / CONFIG for folder in folders if (folder / CONFIG).exists()}
    if len(found) > 1:
        first, second, *_ = found.values()
        raise UsageError(f"{first} and {second} both apply; choose one with --config, or ignore both with --no-config")
    return next(iter(found.values()), None)


def _use(ctx: click.Context, parameter: click.Parameter, path: Path | None) -> None:
    """Puts the settings where click looks for them; called once the photos are known, and before other options are."""
    if ctx.resilient_parsing:
        return
    is_found = path is None
    if is_found:
        path = None if ctx.params.get("no_config") else find_config(ctx.params.get("photos") or ())
    if path is not None:
        config = ctx.meta[_META] = read_config(path, _name(ctx), is_found)
        ctx.default_map = {**(ctx.default_map or {}), **config.defaults}


def _name(context: click.Context) -> str:
    """Of its command, such as "lut.apply"."""
    names = []
    while context.parent:
        names.insert(0, context.info_name)
        context = context.parent
    return ".".join(names)


_OPTIONS = (
    click.option(
        "--config",
        type=click.Path(path_type=Path),
        is_eager=True,
        expose_value=False,
        callback=_use,
        metavar="FILE",
        help=f"Read options from this TOML file. Default: {CONFIG} beside the photos, if it exists.",
    ),
    click.option("--no-config", is_flag=True, is_eager=True, help=f"Ignore {CONFIG} beside the photos."),
)


def _options(command: click.Command) -> dict[str, click.Option]:
    """Setting → option."""
    return {
        long.removeprefix("--"): option
        for option in command.params
        if isinstance(option, click.Option) and option.name not in ("config", "no_config")
        for long in option.opts
        if long.startswith("--")
    }


def _content(path: Path) -> dict:
    import tomllib

    from lutbridge.files import check_regular

    try:
        check_regular(path, "a config file")
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, RefusedError) as error:
        fault = error.fault if isinstance(error, RefusedError) else error.strerror or error
        raise UsageError(f"{path}: {fault}; --config needs a TOML file") from error
    except ValueError as error:  # also of bytes that are no UTF-8
        raise UsageError(
            f"{path}: not valid TOML ({error}); write one setting per line, such as strength = 0.8"
        ) from error


def _fitting(path, name, value, known: Mapping[str, Mapping[str, click.Option]], is_found: bool) -> dict[str, object]:
    """Command → the value, for those that take it: a format of photos is for render, one of LUTs for cube."""
    fitting = {}
    for command, options in known.items():
        with suppress(UsageError):
            fitting[command] = _checked(path, name, value, options, is_found)
    return fitting


def _checked(path, name, value, options: Mapping[str, click.Option], is_found: bool, where: str = "") -> object:
    """A setting as click's `default_map` takes it."""
    if name not in options:
        raise UsageError(f"{path}: unknown setting {name!r}{where}; {_did_you_mean(name, options)}")
    option = options[name]
    if option.is_flag:
        if not isinstance(value, bool):
            raise UsageError(f"{path}: {name} must be true or false, not {value!r}")
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise UsageError(f"{path}: {name} must be text or a number, not {_kind(value)}")
    text = str(value)  # so that it is checked as if it had been typed: 33.5 is no grid size
    try:
        option.type_cast_value(click.get_current_context(), text)
    except click.BadParameter as error:
        raise UsageError(f"{path}: {name}: {error.message}") from error
    if isinstance(option.type, click.Path) or (name in MAY_BE_A_FILE and (path.parent / text).is_file()):
        text = str(path.parent / text)
    if is_found:
        _refuse_reaching_out(path, name, text)
    return text


def _refuse_reaching_out(path: Path, name: str, value: str) -> None:
    """A file that came with somebody else's photos must not write elsewhere or overwrite anything."""
    folder = Path(os.path.realpath(path.parent))
    if name in WRITTEN and not Path(os.path.realpath(value)).is_relative_to(folder):
        fault = f"{name} points outside the photos' folder"
    elif name == "existing" and value == "overwrite":
        fault = "existing = overwrite would replace files"
    else:
        return
    raise UsageError(
        f"{path}: {fault}, which a file found beside the photos may not do; "
        f"use the command line, or name the file with --config"
    )


def _did_you_mean(name: str, known: Mapping) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name.lower().replace("_", "-"), known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"choose from {', '.join(sorted(known))}"


def _kind(value: object) -> str:
    kinds = {bool: "true or false", list: "a list", dict: "a table"}
    return kinds.get(type(value), "a date")


def _tell(config: Config, context: click.Context) -> None:
    if verbosity() is Verbosity.VERBOSE:
        sources = {
            name: context.get_parameter_source(p) for name, p in zip(config.settings, config.defaults, strict=True)
        }
        used = [f"{n} {config.settings[n]}" for n, source in sources.items() if source is ParameterSource.DEFAULT_MAP]
        overruled = [name for name, source in sources.items() if source is ParameterSource.COMMANDLINE]
        on_command_line = f"; overridden on the command line: {', '.join(overruled)}" if overruled else ""
        say(f"settings from {config.path}: {', '.join(used) or 'none'}{on_command_line}")
    elif config.is_found:  # the user may not know about it
        say(f"settings from {config.path}")
