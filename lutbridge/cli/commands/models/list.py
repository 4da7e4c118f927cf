"""`lutbridge models list`: lists all models."""

import click

from lutbridge.cli.options import JSON
from lutbridge.cli.output import put_json, put_table


def models(as_json: bool) -> int:
    """Lists the shipped models and the added ones; returns the exit code."""
    from lutbridge.model.registry import added_models, builtin_models

    if as_json:
        for model in builtin_models():
            put_json({"name": model.name, "path": str(model.path), "sha256": model.sha256, "summary": model.summary})
        for name, path in added_models().items():
            put_json({"name": name, "path": str(path), "sha256": None, "summary": _summary(path)})
    else:
        rows = [(model.name, model.summary) for model in builtin_models()]
        put_table(rows + [(name, _summary(path)) for name, path in added_models().items()])
    return 0


def _summary(path):
    from lutbridge.model.added import summary, usable

    found = usable(path)
    return summary(found.history) if found else "damaged, or made by another version of lutbridge"


@click.command()
@JSON
def command(**arguments) -> int:
    """List the shipped models and your own."""
    return models(**arguments)
