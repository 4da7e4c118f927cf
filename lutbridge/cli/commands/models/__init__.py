"""`lutbridge models`: one file for each of its commands."""

import click

from lutbridge.cli.lazy import LazyGroup
from lutbridge.cli.options import JSON

COMMANDS = ("list", "show", "add", "remove", "export", "import")


@click.group(cls=LazyGroup, package=__name__, names=COMMANDS, invoke_without_command=True)
@JSON
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> int | None:
    """List models, and add or share your own styles.

    You can use an added model by its name in every command, on the helper's page and in the plug-ins.
    """
    if ctx.invoked_subcommand is None:
        from lutbridge.cli.commands.models.list import models

        return models(as_json)
    return None
