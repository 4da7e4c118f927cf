"""Every compiled kernel of a photo's road beside its plain form: their difference, ns a pixel, and the ratio.

    python benchmarks/kernels.py [--runs 5] [--only NAME] [--json FILE]

One thread. Kernel and plain form take turns, by processor time; a ratio is taken within a turn. A kernel that differs
by more than it may ends the run with 1. Plain forms are in numpy and torch. The solvers of LUT fit and inversion have
none: tests/lut holds them to what they solve.
"""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from turns import finish, machine, make_photo, parser, rates, ratio, show, spread, use_threads

from lutbridge.color.codes import to_float
from lutbridge.image.thumbnail import area_thumbnail
from lutbridge.lut.basis_lookup import lattice_gradient, look_up_basis
from lutbridge.lut.lattice import identity_lattice
from lutbridge.lut.lookup import INTERPOLATIONS, look_up, pad
from lutbridge.model.checkpoint import load_network
from lutbridge.model.registry import builtin_models
from lutbridge.render import reference
from lutbridge.render.cpu import Renderer
from lutbridge.strength import FULL
from lutbridge.train.lookup import interpolate_in_torch

ROUNDED = 0.5  # of a code: what rounding may add
PLAIN_ROWS = 64  # that a plain form of a render works on


@dataclass(frozen=True)
class Check:
    """A kernel, and the plain form it has to equal.

    Attributes:
        kernel, plain: each gives what it made of the same input.
        pixels, plain_pixels: how many each of them works on.
        most: by how much the first `plain_pixels` results may differ.
        unit: of the difference.
    """

    kernel: Callable
    plain: Callable
    pixels: int
    plain_pixels: int
    most: float
    unit: str = "of 1"


def checks(photo: np.ndarray) -> dict[str, Check]:
    """By name; `photo` is (H, W, 3) uint8."""
    found = {}
    for model in builtin_models():
        found |= renders(model, photo)
    return found | one_lut(photo) | basis_luts(photo) | thumbnail(photo)


def renders(model, photo):
    network = load_network(model.path)
    look = network.look(area_thumbnail(photo, network.thumbnail_size))
    # Unrestrained weights of its own size: a look that changes nothing would show nothing.
    look = look.with_weights(np.random.default_rng(0).normal(0.2, 0.2, len(look.w_image)))
    renderer, height = Renderer(network, look), len(photo)
    found = {}
    for kind, codes in {"8 bit": photo, "16 bit": photo.astype(np.uint16) * np.uint16(257)}.items():
        top = np.iinfo(codes.dtype).max

        def kernel(codes=codes):
            out = np.empty_like(codes)
            renderer.codes(codes, 0, out, 0, height, FULL)
            return out[:PLAIN_ROWS]

        def plain(codes=codes, top=top):
            edge = network.edge
            rows = to_float(codes[: PLAIN_ROWS + edge])
            around = np.pad(rows, ((edge, 0), (edge, edge), (0, 0)), mode="edge")
            weights = network.pixel_weights(look, around, 0, height)
            mixed = reference.modulate(network, weights, rows[:PLAIN_ROWS])
            return np.einsum("hwkc,k->hwc", mixed, look.w_image).clip(0, 1) * np.float64(top)

        pixels = photo.shape[0] * photo.shape[1]
        plain_pixels = PLAIN_ROWS * photo.shape[1]
        found[f"{model.name}, {kind}"] = Check(kernel, plain, pixels, plain_pixels, ROUNDED + 7e-6 * top, "codes")
    return found


def one_lut(photo):
    lattice = identity_lattice(33) ** np.float32(0.9)
    points, rgb = pad(lattice), to_float(photo)
    planes, some = np.ascontiguousarray(np.moveaxis(lattice, -1, 0)), rgb[:PLAIN_ROWS]
    return {
        f"one LUT, {interpolation}, float": Check(
            lambda i=interpolation: look_up(points, 33, rgb, i)[0][:PLAIN_ROWS],
            lambda i=interpolation: in_torch(planes, some.reshape(-1, 3), i).reshape(some.shape),
            rgb[..., 0].size,
            some[..., 0].size,
            1e-5,
        )
        for interpolation in INTERPOLATIONS
    }


def basis_luts(photo):
    random = np.random.default_rng(0)
    lattices = random.random((15, 33, 33, 33), np.float32)
    rgb = to_float(photo[:256]).reshape(-1, 3)
    gradient = random.random((len(rgb), 15), np.float32)
    some = rgb[: 2**14]

    largest = np.abs(lattice_gradient(gradient, rgb, 33, "tetrahedral", threads=1)).max()

    def gradient_in_torch():
        lattice = torch.from_numpy(lattices).requires_grad_()
        looked_up = interpolate_in_torch(lattice, torch.from_numpy(rgb), "tetrahedral")
        looked_up.backward(torch.from_numpy(gradient))
        return lattice.grad.numpy() / largest

    return {
        "5 basis LUTs, tetrahedral": Check(
            lambda: look_up_basis(lattices, rgb, threads=1)[: len(some)],
            lambda: in_torch(lattices, some, "tetrahedral"),
            len(rgb),
            len(some),
            1e-5,
        ),
        "gradient of 5 basis LUTs": Check(
            lambda: lattice_gradient(gradient, rgb, 33, "tetrahedral", threads=1) / largest,
            gradient_in_torch,
            len(rgb),
            len(rgb),
            1e-4,
            "of the largest",
        ),
    }


def in_torch(lattices, rgb, interpolation):
    """Lattices (C, M, M, M) at colours (P, 3): (P, C)."""
    with torch.inference_mode():
        return interpolate_in_torch(torch.from_numpy(lattices), torch.from_numpy(rgb), interpolation).numpy()


def thumbnail(photo):
    height, width = (side // 128 for side in photo.shape[:2])
    whole = photo[: height * 128, : width * 128]  # whole pixels in each cell
    pixels = whole[..., 0].size
    return {
        "thumbnail of 128 px": Check(
            lambda: area_thumbnail(whole, 128),
            lambda: whole.reshape(128, height, 128, width, 3).mean((1, 3)) / 255,
            pixels,
            pixels,
            1e-5,
        )
    }


def main() -> None:
    options = parser(__doc__, 5)
    options.add_argument("--megapixels", type=float, default=2)
    options.add_argument("--only", default="", help="part of a kernel's name")
    options = options.parse_args()
    use_threads(1)
    results = {"machine": machine(options, ("numba", "numpy")), "kernels": {}}
    print("| kernel | apart at most | may be | ns a pixel | times as fast as its plain form |\n|---|---|---|---|---|")
    apart = []
    for name, check in checks(make_photo(options.megapixels)).items():
        if options.only not in name:
            continue
        error = float(np.abs(check.kernel().astype(float) - check.plain()).max())
        work = {"kernel": check.pixels, "plain": check.plain_pixels}
        found = rates({"kernel": check.kernel, "plain": check.plain}, work, options.runs, (time.process_time,))
        took, times = spread([1e9 / rate for rate in found["kernel"]]), ratio(found, "kernel", "plain")
        results["kernels"][name] = {"error": error, "most": check.most, "ns": took, "over_plain": times}
        print(f"| {name} | {error:.2g} {check.unit} | {check.most:.2g} | {show(took)} | {show(times, 1)} |", flush=True)
        if error > check.most:
            apart.append(name)
    finish(results, options)
    if apart:
        sys.exit(f"further from the plain form than they may be: {', '.join(apart)}")


if __name__ == "__main__":
    main()
