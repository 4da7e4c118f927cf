"""Prints constraints for the oldest versions that pyproject.toml allows of what lutbridge imports, a line each.

What is left to choose, the test programs and what the dependencies need themselves, is for pip.
"""

import re
import tomllib
from pathlib import Path

BOUND = re.compile(r"([\w-]+)\s*>=\s*([\w.]+)")


def lowest(requirements: list[str]) -> list[str]:
    """`numpy>=1.26,<3` as `numpy==1.26`; whatever has no lower bound fails."""
    bounds = [BOUND.match(requirement) for requirement in requirements]
    return [f"{bound[1]}=={bound[2]}" for bound in bounds]


if __name__ == "__main__":
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    print("\n".join(lowest([*project["dependencies"], *extras["raw"], *extras["heif"]])))
