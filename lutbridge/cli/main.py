"""Entry point: the group of lazily loaded commands, and the exit codes."""

import importlib
import sys

import click

from lutbridge import __version__
from lutbridge.cli.failures import guarded

COMMANDS = ("render", "cube", "models", "doctor", "evaluate", "serve")

EPILOG = """\b
Exit codes: 0 all done; 1 some photos failed and the others are done;
2 the command was asked for something it cannot do; 3 the machine or the
installation stands in the way; 70 a bug; 130 interrupted between two photos."""


class LazyGroup(click.Group):
    """Imports a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        return importlib.import_module(f"lutbridge.cli.commands.{cmd_name}").command

    def resolve_command(self, ctx: click.Context, args: list[str]):
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(f"there is no command {args[0]!r}; {_did_you_mean(args[0])}")
        return super().resolve_command(ctx, args)


def _did_you_mean(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name.lower(), COMMANDS, n=1)
    return f"did you mean {near[0]!r}?" if near else f"there are {', '.join(COMMANDS)}"


@click.group(cls=LazyGroup, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def cli() -> None:
    """Retouch portraits with 3D LUTs: photos in, retouched photos or .cube files out."""


def main() -> None:
    """Runs the command line and leaves the process with its exit code."""
    # A file name's odd bytes come out as they are; what an old Windows code page lacks is no reason to stop.
    utf_8 = sys.stdout.encoding.lower() == "utf-8"
    sys.stdout.reconfigure(errors="surrogateescape" if utf_8 else "backslashreplace")
    sys.exit(guarded(lambda: cli.main(prog_name="lutbridge", standalone_mode=False)))
