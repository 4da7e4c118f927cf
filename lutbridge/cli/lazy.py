"""A group of commands; imports a command's module only when it is used."""

import importlib
import keyword
from collections.abc import Sequence

import click


class LazyGroup(click.Group):
    """A group whose command NAME is `command` in the module NAME of a package, with _ where the name has -, and
    after a name that is a word of Python's own.

    Args:
        package: dotted name.
        names: the commands, in the order of the help.
    """

    def __init__(self, *arguments, package: str, names: Sequence[str], **options):
        super().__init__(*arguments, **options)
        self._package, self._names = package, tuple(names)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._names:
            return None
        module = cmd_name.replace("-", "_") + "_" * keyword.iskeyword(cmd_name)
        return importlib.import_module(f"{self._package}.{module}").command

    def resolve_command(self, ctx: click.Context, args: list[str]):
        if args[0] not in self._names and not args[0].startswith("-"):
            ctx.fail(f"unknown command {args[0]!r}; {self._did_you_mean(args[0])}")
        return super().resolve_command(ctx, args)

    def _did_you_mean(self, name: str) -> str:
        from difflib import get_close_matches

        near = get_close_matches(name.lower(), self._names, n=1)
        return f"did you mean {near[0]!r}?" if near else f"choose from {', '.join(self._names)}"
