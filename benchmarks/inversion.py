"""Processor time of `lut.inversion.invert`, for LUTs that take none, some or all of the colour away.

    python benchmarks/inversion.py [--grid 33] [--runs 3] [--json FILE]

The LUTs take turns, one turn more warms up. Processor time, so that other work on the machine counts little.
"""

import time

import numpy as np
from turns import finish, machine, parser, rates, show, spread

from lutbridge.lut.inversion import invert
from lutbridge.lut.lut3d import Lut3D


def main() -> None:
    options = parser(__doc__, 3)
    options.add_argument("--grid", type=int, default=33)
    options = options.parse_args()
    tasks = {name: lambda lut=lut: invert(lut) for name, lut in luts(options.grid).items()}
    found = rates(tasks, dict.fromkeys(tasks, 1), options.runs, (time.process_time,))
    seconds = {name: spread(1 / np.array(values)) for name, values in found.items()}
    print(f"| inverted, grid size {options.grid} | seconds of processor time |\n|---|---|")
    for name, values in seconds.items():
        print(f"| {name} | {show(values)} |")
    finish({"machine": machine(options, ("numba", "numpy")), "seconds": seconds}, options)


def luts(grid):
    """LUTs by name."""
    colours = Lut3D.identity(grid).lattice
    grey = (colours @ np.float32([0.2126, 0.7152, 0.0722]))[..., None]
    return {
        "identity": Lut3D(colours),
        "40 % saturation": Lut3D(grey + 0.4 * (colours - grey)),
        "5 % saturation": Lut3D(grey + 0.05 * (colours - grey)),
        "black and white": Lut3D(np.repeat(grey, 3, -1)),
        "duotone": Lut3D(grey * np.float32([0.9, 0.8, 0.6]) + (1 - grey) * np.float32([0.05, 0.1, 0.25])),
        "sepia, curved": Lut3D(grey ** np.float32([0.8, 1.0, 1.3])),
    }


if __name__ == "__main__":
    main()
