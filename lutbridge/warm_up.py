"""Every kernel, compiled before a photo waits for it. What is compiled is kept, so that it is done once.

`lutbridge doctor`, `lutbridge plugin install` and a helper's start call this; no command compiles anything afterwards.
A kernel is compiled for each kind of array it is called with, so it is listed once for each kind.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from lutbridge.image.photo import Container, Photo
from lutbridge.image.thumbnail import area_thumbnail
from lutbridge.lut.basis_lookup import lattice_gradient, look_up_basis
from lutbridge.lut.fit import fit_lattice
from lutbridge.lut.inversion import invert
from lutbridge.lut.lattice import identity_lattice
from lutbridge.lut.lookup import look_up, pad
from lutbridge.lut.lut3d import Lut3D
from lutbridge.lut.numba_internals import when_compiling
from lutbridge.model.checkpoint import load_network
from lutbridge.model.registry import builtin_models
from lutbridge.render.cpu import Renderer
from lutbridge.strength import FULL

PIXELS = {"8 bit": np.uint8, "16 bit": np.uint16, "float": np.float32}
SIDE = 8  # px, of the pictures used


def warm_up(say: Callable[[str, int, int], None] = lambda name, done, count: None) -> int:
    """Compile what has not been compiled on this machine yet; takes half a minute the first time, then half a second.

    Args:
        say: called before a kernel is compiled, with its name, how many are done, and how many there are.
    Returns:
        how many kernels had to be compiled.
    """
    tasks = kernels()
    compiled = []
    for done, (name, run) in enumerate(tasks.items()):

        def compiling(name=name, done=done):  # Numba reports each function that a kernel is made of
            if name not in compiled:
                compiled.append(name)
                say(name, done, len(tasks))

        with when_compiling(compiling):
            run()
    return len(compiled)


def render_once(retoucher: Any) -> None:
    """Have a `Retoucher` render a small picture, so that its device and kernels are ready for the first photo."""
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)  # one colour would not be rendered
    retoucher.render(Photo(Path("noise"), noise, None, Container("png")), strength=FULL)


def kernels() -> dict[str, Callable]:
    """By name, a function that runs each kernel; those that a first photo needs come first."""
    tasks = {}
    for model in builtin_models():
        renders = _Renders(model.path)
        tasks |= {f"{model.name}, {kind}": lambda r=renders, t=dtype: r.run(t) for kind, dtype in PIXELS.items()}
    tasks |= {f"thumbnail, {kind}": lambda t=dtype: _average(t) for kind, dtype in PIXELS.items() if kind != "float"}
    tasks["LUT fit"] = _fit
    tasks |= {f"one LUT, {kind}": lambda t=dtype: _look_up(t) for kind, dtype in PIXELS.items()}
    return tasks | {"basis LUTs": _look_up_basis, "LUT inversion": _invert}


class _Renders:
    """Renders by one model, which is loaded for the first of them."""

    def __init__(self, path):
        self._path, self._renderer = path, None

    def run(self, dtype):
        if self._renderer is None:
            network = load_network(self._path)
            grey = np.full((network.thumbnail_size, network.thumbnail_size, 3), 0.5, np.float32)
            self._renderer = Renderer(network, network.look(grey))
        rows = np.zeros((SIDE, SIDE, 3), dtype)
        if dtype == np.float32:
            self._renderer.strip(rows, 0, SIDE, 0, SIDE)
        else:
            self._renderer.codes(rows, 0, np.empty_like(rows), 0, SIDE, FULL)


def _average(dtype):
    area_thumbnail(np.zeros((SIDE, SIDE, 3), dtype), SIDE // 2)


def _fit():
    colours = np.random.default_rng(0).random((64, 3), np.float32)
    fit_lattice(colours, colours**2, identity_lattice(5))


def _look_up(dtype):
    look_up(pad(identity_lattice(2)), 2, np.zeros((SIDE, SIDE, 3), dtype))


def _look_up_basis():
    lattices, colours = np.zeros((3, 2, 2, 2), np.float32), np.zeros((SIDE, 3), np.float32)
    lattice_gradient(look_up_basis(lattices, colours), colours, 2, "tetrahedral")


def _invert():
    flat = 0.25 + 0.5 * identity_lattice(3)  # reaches half the range, so that the rest has to be searched for
    invert(Lut3D(flat))
