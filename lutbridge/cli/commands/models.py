"""`lutbridge models`: what is built in."""

import click

from lutbridge.cli.options import JSON
from lutbridge.cli.output import put_json, put_table


def models(as_json: bool) -> int:
    """Lists the built-in models; returns the exit code."""
    from lutbridge.model.registry import builtin_models

    found = builtin_models()
    if as_json:
        for model in found:
            put_json({"name": model.name, "path": str(model.path), "sha256": model.sha256, "summary": model.summary})
    else:
        put_table([(model.name, model.summary) for model in found])
    return 0


@click.command()
@JSON
def command(**arguments) -> int:
    """List the built-in models."""
    return models(**arguments)
