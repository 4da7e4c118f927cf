"""Records which version of the code made a run."""

import subprocess
from pathlib import Path


def commit() -> str:
    """The commit of the code, marked if it has changed since; "unknown" for an installed package."""
    try:
        git = subprocess.run(
            ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, cwd=Path(__file__).parent
        )
    except OSError:
        return "unknown"
    return git.stdout.strip() or "unknown"
