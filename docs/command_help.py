"""The page of all commands, made from their own help: see `site_hooks.py`."""

import html
import re
from collections.abc import Iterator

import click

from lutbridge.cli.main import cli


def commands() -> str:
    """A page with the help of every command."""
    context = click.Context(cli, info_name="lutbridge")
    parts = ["# Commands\n\nEvery command and its options, as `--help` prints them.\n"]
    parts += [_section(command) for command in _walk(context)]
    return "\n".join(parts)


def _walk(context: click.Context) -> Iterator[click.Context]:
    for name in context.command.list_commands(context):
        command = context.command.get_command(context, name)
        child = click.Context(command, info_name=name, parent=context)
        yield child
        if isinstance(command, click.Group):
            yield from _walk(child)


def _section(context: click.Context) -> str:
    command = context.command
    usage = command.get_usage(context).removeprefix("Usage: ")
    text = re.sub(r"\n *", "\n", (command.help or "").replace("\b\n", "")).strip()
    records = [parameter.get_help_record(context) for parameter in command.params]
    explained = [(name, words) for name, words in filter(None, records) if words]
    rows = "".join(f"| <code>{_cell(name)}</code> | {_cell(words)} |\n" for name, words in explained)
    table = f"| option | what it does |\n|---|---|\n{rows}" if rows else ""
    return f"## {context.command_path}\n\n    {usage}\n\n{text}\n\n{table}"


def _cell(text: str) -> str:
    return html.escape(" ".join(text.split()), quote=False).replace("|", "&#124;")
