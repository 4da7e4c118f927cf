"""One training run: batches in, the paper's losses, Adam, an average of the weights out; resumable."""

import json
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from lutbridge.color.lab import srgb_to_lab
from lutbridge.data.takes import Batch, Takes, cut_patches
from lutbridge.image.atomic import atomic_write
from lutbridge.lut.lattice import monotonicity, smoothness
from lutbridge.train.losses import edge_supervision, group_style, region_delta_e, region_mse


@dataclass(frozen=True)
class TrainConfig:
    """Optimisation of one run."""

    steps: int = 20_000  # batches
    decay_steps: int = 20_000  # batches after which the rates would have fallen to a hundredth
    lr_luts: float = 1e-3  # Adam's step on the basis LUTs
    lr: float = 7e-4  # Adam's step elsewhere
    warm_up: int = 300  # steps over which both rise from zero
    weight_decay: float = 1e-4  # on the predictor
    lambda_smooth: float = 1e-4  # λ_s, eq. 5
    lambda_monotone: float = 10.0  # λ_m, eq. 5
    lambda_edge: float = 1e-2  # L_edge's share; the paper prints none
    lambda_gam: float = 0.0  # λ_GAM, eq. 7; the paper takes 1e-3
    lambda_delta_e: float = 0.0  # share of `region_delta_e`, per unit of ΔE; 0 is the paper
    person_weight: float = 1.5  # human-region priority; 1 switches it off
    averaging: float = 0.999  # decay of the exponential moving average of the weights that is kept
    seed: int = 1
    report_every: int = 500  # steps between lines in the log
    snapshot_every: int = 1000  # steps


class Run:
    """Network, optimiser, average and data of a run, with a step counter; everything a snapshot must hold."""

    def __init__(self, network: nn.Module, takes: Takes, config: TrainConfig):
        self.network, self.takes, self.config = network, takes, config
        self.averaged = torch.optim.swa_utils.AveragedModel(
            network, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(config.averaging)
        )
        self.optimiser = torch.optim.AdamW([
            {"params": [network.luts], "lr": config.lr_luts, "weight_decay": 0.0},
            {"params": list(network.predictor.parameters()), "lr": config.lr, "weight_decay": config.weight_decay},
            {"params": list(network.local_context.parameters()), "lr": config.lr, "weight_decay": 0.0},
        ])  # fmt: skip
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimiser, self._rate)
        self.step = 0

    def train(self, log: Path, snapshot: Path) -> None:
        """Run to the last step.

        Args:
            log: JSON lines, one per report: step, seconds in this process, and the mean of each loss since the last.
            snapshot: rewritten whole every `snapshot_every` steps; `resume` reads it.
        """
        self.network.train()
        started, since = time.monotonic(), []
        while self.step < self.config.steps:
            since.append(self._step())
            if self.step % self.config.report_every == 0 or self.step == self.config.steps:
                line = {"step": self.step, "seconds": round(time.monotonic() - started, 1)}
                line |= {name: sum(losses[name] for losses in since) / len(since) for name in since[0]}
                with log.open("a") as file:
                    file.write(json.dumps(line) + "\n")
                since = []
            if self.step % self.config.snapshot_every == 0:
                self.save(snapshot)

    def save(self, path: Path) -> None:
        """Write a snapshot, whole or not at all."""
        state = {
            "step": self.step,
            "network": self.network.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "schedule": self.schedule.state_dict(),
            "takes": self.takes.random.get_state(),
            "torch": torch.get_rng_state(),
        }
        atomic_write(path, lambda file: torch.save(state, file))

    def resume(self, path: Path) -> None:
        """Go on from a snapshot as if the run had not stopped; the config is this run's own."""
        state = torch.load(path, weights_only=True)
        self.step = state["step"]
        for part in ("network", "averaged", "optimiser", "schedule"):
            getattr(self, part).load_state_dict(state[part])
        self.takes.random.set_state(state["takes"])
        torch.set_rng_state(state["torch"])

    def _step(self):
        batch = self.takes.draw()
        losses = self._losses(batch)
        self.optimiser.zero_grad(set_to_none=True)
        sum(losses.values()).backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        self.schedule.step()
        self.averaged.update_parameters(self.network)
        self.step += 1
        return {name: value.item() for name, value in losses.items()}

    def _losses(self, batch: Batch):
        """Eq. 7, and our own, on parts of each photo; the predictor sees the whole."""
        config, network = self.config, self.network
        size = network.thumbnail_size
        thumbnail = nn.functional.avg_pool2d(batch.take, batch.take.shape[-1] // size)
        w_image = network.predictor(thumbnail)  # (B, N)

        take, target, mask = self._patches(batch)  # (B, K, C, p, p)
        K = take.shape[1]
        w_pixel, logits = network.local_context.valid(take.flatten(0, 1))
        edge = network.local_context.k // 2
        inner = (..., slice(edge, -edge or None), slice(edge, -edge or None))
        inner_take, target, inner_mask = (t.flatten(0, 1)[inner] for t in (take, target, mask))
        output = network.mix(w_image.repeat_interleave(K, 0), w_pixel, inner_take)
        priority = inner_mask, config.person_weight
        # A synthetic group is takes of one finished photo, whose own mean is that of all its targets.
        target_ab = srgb_to_lab(batch.target.movedim(1, -1))[..., 1:].mean((1, 2))
        spread = output.unflatten(0, (-1, K)).movedim(2, -1).flatten(1, 3)  # (B, P, 3)
        return {
            "mse": region_mse(output, target, *priority),
            "delta_e": config.lambda_delta_e * region_delta_e(output, target, *priority),
            "gam": config.lambda_gam * group_style(spread, target_ab[:, None]),
            "smooth": config.lambda_smooth * smoothness(network.luts, w_image),
            "monotone": config.lambda_monotone * monotonicity(network.luts),
            "edge": config.lambda_edge * edge_supervision(logits, mask.flatten(0, 1)),
        }

    def _patches(self, batch):
        sizes = self.takes.config
        B, _, H, W = batch.take.shape
        K, side = sizes.patches, sizes.patch
        tops = torch.randint(H - side + 1, (B, K), generator=self.takes.random)
        lefts = torch.randint(W - side + 1, (B, K), generator=self.takes.random)
        cut = cut_patches(torch.cat([batch.take, batch.target, batch.mask], 1), tops, lefts, side)
        return cut[:, :, :3], cut[:, :, 3:6], cut[:, :, 6:]

    def _rate(self, step):
        """Warm-up, then half a cosine down to a hundredth."""
        config = self.config
        if step < config.warm_up:
            return (step + 1) / config.warm_up
        progress = min(1, (step - config.warm_up) / max(1, config.decay_steps - config.warm_up))
        return 0.01 + 0.99 * (0.5 + 0.5 * torch.cos(torch.tensor(progress * torch.pi)).item())
