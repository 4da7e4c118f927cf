"""What training costs: a lookup, forward and backward, beside torch's grid_sample; and a whole step of portrait-v2.

    python benchmarks/training.py [--threads 2] [--runs 9] [--json FILE]

grid_sample is trilinear. Both look up five LUTs of 33 at once, and the gradient is of the LUTs alone. A step is a batch
of the recipe, its losses and their gradients, and the optimiser; beside it stand the same in plain torch, on the same
few pixels of each photo, and the straightforward form: every pixel of the photos, through grid_sample. Steps are on one
thread, as the processor's time would count threads that wait.
"""

import time
from unittest.mock import patch

import numpy as np
import torch
import torch.nn.functional as F
from turns import finish, machine, make_photo, parser, rates, ratio, show, spread, use_threads

from lutbridge.train import systems
from lutbridge.train.data.portraits import Portrait
from lutbridge.train.data.takes import Takes
from lutbridge.train.lattice import monotonicity, smoothness
from lutbridge.train.lookup import interpolate, interpolate_in_torch
from lutbridge.train.networks.build import build
from lutbridge.train.networks.network import Prediction
from lutbridge.train.objective import objective
from lutbridge.train.portrait import RECIPES
from lutbridge.train.region_losses import thumbnail_mask

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


class Step:
    """Steps of portrait-v2 on portraits that are one photo."""

    def __init__(self):
        torch.manual_seed(0)
        recipe, system = RECIPES["portrait-v2"], systems.load("portrait-v2")
        photo = make_photo(0.1)
        mask = np.zeros(photo.shape[:2], bool)
        mask[50:, 100:250] = True
        portraits = [Portrait(str(turn), np.roll(photo, turn, 1), mask) for turn in range(recipe.takes.batch)]
        self.config, self.takes = system.losses, Takes(portraits, recipe.takes, recipe.errors, 0)
        self.network = build(system.model).train()
        self.losses = recipe.losses(self.takes, self.config)
        self.optimiser = torch.optim.AdamW(self.network.parameters(), lr=1e-3)

    def run(self, losses) -> None:
        self.optimiser.zero_grad()
        total(losses(self.network, self.takes.draw())).backward()
        self.optimiser.step()

    def in_plain_torch(self, network, batch):
        with patch("lutbridge.train.networks.network.interpolate", interpolate_in_torch):
            return self.losses(network, batch)

    def straightforward(self, network, batch):
        """The losses on every pixel."""
        weights, logits = network.predictor(batch.take)
        w_image, w_pixel = weights.flatten(1), network.weigh_regions(thumbnail_mask(logits))
        B, _, H, W = batch.take.shape
        colours = batch.take.movedim(1, -1).reshape(-1, 3)
        looked_up = by_grid_sample(network.luts.flatten(0, 1), colours).view(-1, 3, B, H, W)
        mixed = (w_image[..., None, None] * w_pixel).unflatten(1, (-1, len(looked_up))).sum(1)
        output = torch.einsum("bnhw,ncbhw->bchw", mixed, looked_up)
        prediction = Prediction(output, w_image, w_pixel, None, network.luts, logits)
        masks = {"known": batch.known, "whole_mask": batch.mask}
        return objective(prediction, batch.target, batch.mask, self.config, source=batch.take, **masks)

    def compare(self, runs):
        batch, state = self.takes.draw(), self.takes.state_dict()
        found = []
        for losses in (self.losses, self.in_plain_torch):
            self.takes.load_state_dict(state)
            torch.manual_seed(0)
            found.append(total(losses(self.network, batch)))
        assert torch.allclose(*found, rtol=1e-4), "the two disagree"
        competitors = {
            "a step": lambda: self.run(self.losses),
            "plain torch, the same pixels": lambda: self.run(self.in_plain_torch),
            "straightforward": lambda: self.run(self.straightforward),
        }
        clocks = (time.perf_counter, time.process_time)
        by_clock = rates(competitors, dict.fromkeys(competitors, 1), runs, clocks)
        return {
            "steps_per_s": {name: spread(values) for name, values in by_clock[0].items()},
            "times_as_fast_as": {
                clock: {name: ratio(rate, "a step", name) for name in rate}
                for clock, rate in zip(("wall", "processor"), by_clock, strict=True)
            },
            "parts_ms": self.parts(runs),
        }

    def parts(self, runs):
        """Each forward and backward."""
        batch, network = self.takes.draw(), self.network
        predictor, luts = network.predictor, network.luts
        with torch.no_grad():
            seen, logits = predictor.see(batch.take)
        pixels, w_image = batch.take[:, :, :1].repeat(1, 1, 1, 4)[..., :448], torch.rand(len(seen), 2 * len(luts))
        w_pixel = network.weigh_regions(torch.rand(len(seen), 1, 1, 448))
        parts = {
            "draw and degrade the photos": self.takes.draw,
            "encoder and mask": lambda: sum(map(torch.sum, predictor.see(batch.take))).backward(),
            "statistics and head": lambda: predictor.decide(batch.take, seen, logits.sigmoid()).sum().backward(),
            "lookup and mixing": lambda: network.mix(w_image, w_pixel, pixels).sum().backward(),
            "smooth and rising LUTs": lambda: (smoothness(luts, w_image) + monotonicity(luts)).backward(),
            "optimiser": self.optimiser.step,
        }
        found = rates(parts, dict.fromkeys(parts, 1), runs, (time.perf_counter, time.process_time))[1]
        return {name: spread(1000 / np.array(values)) for name, values in found.items()}


def total(terms):
    return sum(terms.values())


def main() -> None:
    options = parser(__doc__, 9).parse_args()
    use_threads(options.threads)
    results = {"machine": machine(options, ("torch", "numba"))}
    results["pixels"] = {str(pixels): compare(pixels, options.runs) for pixels in PIXELS}
    use_threads(1)
    results["step"] = Step().compare(options.runs)
    print("| pixels | lookup, forward and backward | MP/s | times grid_sample's rate |\n|---|---|---|---|")
    for pixels, found in results["pixels"].items():
        for name, rate in found["mp_per_s"].items():
            print(f"| {int(pixels):,} | {name} | {show(rate)} | {show(found['over_grid_sample'][name], 1)} |")
    step = results["step"]
    print(
        "\n| a step of portrait-v2 | steps a second | ours is … times as fast | by processor time |\n|---|---|---|---|"
    )
    for name, rate in step["steps_per_s"].items():
        wall, processor = (show(step["times_as_fast_as"][clock][name]) for clock in ("wall", "processor"))
        print(f"| {name} | {show(rate)} | {wall} | {processor} |")
    print("\n| part of a step | ms of the processor |\n|---|---|")
    for name, milliseconds in step["parts_ms"].items():
        print(f"| {name} | {show(milliseconds, 0)} |")
    finish(results, options)


if __name__ == "__main__":
    main()
