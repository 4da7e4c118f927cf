"""A lookup as training does it, forward and backward, in five LUTs of 33: beside torch's grid_sample.

    python benchmarks/training.py [--threads 2] [--runs 9] [--json FILE]

grid_sample is trilinear. Both look up all five LUTs at once, and the gradient is of the LUTs alone.
"""

import torch
import torch.nn.functional as F
from turns import finish, machine, parser, rates, ratio, show, spread, use_threads

from lutbridge.train.lookup import interpolate, interpolate_in_torch

N, M = 5, 33
# Pixels of a step: of patches of the shipped model's recipe; of four crops of 224 × 224; of a photo of one megapixel.
PIXELS = (12_288, 200_704, 1_000_000)


def by_grid_sample(luts, colours):
    grid = (colours * 2 - 1).flip(1).view(1, -1, 1, 1, 3)
    return F.grid_sample(luts[None], grid, align_corners=True)[0, :, :, 0, 0]


def compare(pixels, runs):
    luts, colours = torch.rand(3 * N, M, M, M, requires_grad=True), torch.rand(pixels, 3)
    gradient = torch.rand(pixels, 3 * N)
    as_planes = gradient.T.contiguous()

    def step(look_up, ahead):
        luts.grad = None
        look_up().backward(ahead)
        return luts.grad

    competitors = {
        "compiled, tetrahedral": lambda: step(lambda: interpolate(luts, colours, "tetrahedral"), gradient),
        "compiled, trilinear": lambda: step(lambda: interpolate(luts, colours, "trilinear"), gradient),
        "plain torch, tetrahedral": lambda: step(lambda: interpolate_in_torch(luts, colours), gradient),
        "grid_sample, trilinear": lambda: step(lambda: by_grid_sample(luts, colours), as_planes),
    }
    ours, theirs = competitors["compiled, trilinear"](), competitors["grid_sample, trilinear"]()
    assert torch.allclose(ours, theirs, rtol=1e-4, atol=1e-5), "the two disagree"
    found = rates(competitors, dict.fromkeys(competitors, pixels / 1e6), runs)
    return {
        "mp_per_s": {name: spread(values) for name, values in found.items()},
        "over_grid_sample": {name: ratio(found, name, "grid_sample, trilinear") for name in found},
    }


def main() -> None:
    options = parser(__doc__, 9).parse_args()
    use_threads(options.threads)
    results = {"machine": machine(options, ("torch", "numba"))}
    results["pixels"] = {str(pixels): compare(pixels, options.runs) for pixels in PIXELS}
    print("| pixels | lookup, forward and backward | MP/s | times grid_sample's rate |\n|---|---|---|---|")
    for pixels, found in results["pixels"].items():
        for name, rate in found["mp_per_s"].items():
            print(f"| {int(pixels):,} | {name} | {show(rate)} | {show(found['over_grid_sample'][name], 1)} |")
    finish(results, options)


if __name__ == "__main__":
    main()
