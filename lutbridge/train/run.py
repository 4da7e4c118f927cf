"""One training run: batches in, losses, Adam, weights out; resumable to the same numbers."""

import math
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal, Protocol

import torch
from torch import nn

from lutbridge.errors import SetupError
from lutbridge.files import atomic_write, check_regular
from lutbridge.train.config import TrainConfig
from lutbridge.train.lattice import hold_first
from lutbridge.train.log import Log
from lutbridge.train.processes import Processes

End = Literal["done", "stopped", "no gain"]
Losses = Callable[[nn.Module, object], dict[str, torch.Tensor]]

_MOST_STEPS = 10**9  # more than any run takes


class Batches(Protocol):
    """An endless stream with a position that can be saved; a batch moves to a device with `to`."""

    epoch: float

    def draw(self) -> object: ...
    def state_dict(self) -> dict: ...
    def load_state_dict(self, state: dict) -> None: ...


class Judge(Protocol):
    """Weighs a network on photos it does not learn from."""

    def __call__(self, network: nn.Module) -> dict[str, float]:
        """Figures by name; the greater the first, the better."""


class Run:
    """Network, optimiser, average and data of a run, with a step counter; everything a snapshot must hold.

    Attributes:
        step: batches trained on.
        seconds: of training, over all parts of the run.
        best: the first figure of the best judgement, and -inf before the first.
        since_best: judgements since then.
        kept: the step whose weights were kept last, and 0 before.
    """

    def __init__(
        self,
        network: nn.Module,
        losses: Losses,
        batches: Batches,
        config: TrainConfig,
        processes: Processes | None = None,
        judge: Judge | None = None,
    ):
        """
        Args:
            losses: network and batch to the terms of the loss, shares multiplied in.
            judge: decides which weights are kept, if the config's `keep_best` says so; if none does, the last are.
        """
        self.processes = processes or Processes()
        self.network = network.to(self.processes.device)
        self.losses, self.batches, self.config, self.judge = losses, batches, config, judge
        self._judge_decides = judge is not None and config.keep_best
        self.averaged = None
        if config.averaging:
            average = torch.optim.swa_utils.get_ema_multi_avg_fn(config.averaging)
            self.averaged = torch.optim.swa_utils.AveragedModel(network, multi_avg_fn=average)
        if config.fixed_identity:
            hold_first(network.luts)
        self.optimiser = torch.optim.AdamW(_parameter_groups(network, config))
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimiser, self._rate)
        kind = torch.device(self.processes.device).type
        self._scaler = torch.amp.GradScaler(kind, enabled=config.mixed_precision and kind == "cuda")
        self.step, self.seconds, self.best, self.since_best, self.kept = 0, 0.0, -math.inf, 0, 0

    @property
    def result(self) -> nn.Module:
        """The network whose weights are the run's result: the average if there is one."""
        return self.averaged.module if self.averaged else self.network

    @property
    def share(self) -> float:
        """How much of the run is done, [0, 1], if nothing ends it early."""
        config = self.config
        shares = [self.step / config.steps if config.steps else self.batches.epoch / config.epochs]
        if config.minutes:
            shares.append(self.seconds / (60 * config.minutes))
        return min(1.0, max(shares))

    def start_from(self, weights: dict[str, torch.Tensor]) -> None:
        """Take weights for a start."""
        self.network.load_state_dict(weights)
        if self.averaged:
            self.averaged.module.load_state_dict(weights)

    def train(
        self,
        log: Log | None,
        snapshot: Path,
        keep: Callable[[nn.Module], None],
        stop: Callable[[], bool] = lambda: False,
        tell: Callable[[dict], None] = lambda line: None,
        advance: Callable[[int, float], None] = lambda step, share: None,
    ) -> End:
        """Run to the last step, or until stopped, and leave a snapshot in either case.

        Args:
            log: of the first process; the others write none.
            snapshot: a file, rewritten whole; `resume` reads it.
            keep: called with the network when a judgement is the best so far; if none decides, at the end, which
                may be the start of this call, where a stopped run was given an end that it is past.
            stop: asked after each step.
            tell: called with each line of the log.
            advance: called after each step with its number and the share of the run that is done.
        Raises:
            SetupError: the losses are no longer finite.
        """
        self.processes.share(self.network)
        self.network.train()
        before, started = self.seconds, time.monotonic()
        end, sums, count = self._ended(), {}, 0
        if self.step == 0 and self.judge and self.config.judge_start:
            self._tell(self._line({}, 1) | self._judge(keep), log, tell)
        if end:
            self._keep_last(keep, snapshot)
        while end is None:
            for name, value in self._step().items():
                sums[name] = sums.get(name, 0) + value
            self.seconds, count = before + time.monotonic() - started, count + 1
            advance(self.step, self.share)
            judged = self._judge(keep) if self._is_due() else {}
            stopped = self.processes.any(stop())
            end = "stopped" if stopped else self._ended()
            if self.step % self.config.report_every == 0 or judged or end:
                self._tell(self._line(sums, count) | judged, log, tell)
                sums, count = {}, 0
            if end == "done" and not self._judge_decides:
                self._keep(keep)
            if self.step % self.config.snapshot_every == 0 or judged or end:
                self.save(snapshot)
        return end

    def save(self, path: Path) -> None:
        """Write a snapshot atomically."""
        if self.processes.rank:
            return
        state = {
            "step": self.step,
            "seconds": self.seconds,
            "best": self.best,
            "since_best": self.since_best,
            "kept": self.kept,
            "batches": self.batches.state_dict(),
        } | {name: part.state_dict() for name, part in self._parts().items()}
        atomic_write(path, lambda file: torch.save(state, file))

    def resume(self, path: Path) -> None:
        """Go on from a snapshot as if the run had not stopped; the config is this run's own.

        Raises:
            SetupError: the file is damaged, or of another network.
        """
        state = read_snapshot(path, self.processes.device)
        try:
            for name, part in self._parts().items():
                part.load_state_dict(state[name])
            self.batches.load_state_dict(state["batches"])
            self.best, self.since_best, self.kept = state["best"], state["since_best"], state.get("kept", 0)
            self.step, self.seconds = state["step"], state["seconds"]
        except (KeyError, TypeError, ValueError, RuntimeError) as error:
            raise _unusable(path, error) from error

    def _parts(self):
        parts = {"network": self.network, "optimiser": self.optimiser, "schedule": self.schedule}
        return parts | {"scaler": self._scaler} | ({"averaged": self.averaged} if self.averaged else {})

    def _step(self):
        config = self.config
        batch = self.batches.draw().to(self.processes.device)
        # Dropout depends on the step and the process alone, so that no random state has to be kept.
        torch.manual_seed((config.seed * 1_000_003 + self.step) * 1_009 + self.processes.rank)
        losses = self.losses(self.network, batch)
        self.optimiser.zero_grad(set_to_none=True)
        self._scaler.scale(sum(losses.values())).backward()
        self.processes.average(self.network)
        self._scaler.unscale_(self.optimiser)
        if config.clip:
            nn.utils.clip_grad_norm_(self.network.parameters(), config.clip)
        self._scaler.step(self.optimiser)
        self._scaler.update()
        self.schedule.step()
        if self.averaged:
            self.averaged.update_parameters(self.network)
        self.step += 1
        return {name: value.detach() for name, value in losses.items()}

    def _ended(self):
        """Why the run is over, or None; the same in all processes."""
        config, epoch = self.config, self.batches.epoch
        over = self.step >= config.steps if config.steps else epoch >= config.epochs
        over |= 0 < config.minutes * 60 <= self.processes.agree(self.seconds)
        if over:
            return "done"
        return "no gain" if 0 < config.patience <= self.since_best else None

    def _is_due(self):
        """Whether to judge the network now: at intervals, and at the end."""
        if not self.judge:
            return False
        every = self.config.judge_every or max(1, round(self.step / self.batches.epoch))
        return self.step % every == 0 or self._ended() is not None

    def _judge(self, keep):
        figures = {}
        if self.processes.rank == 0:
            network = self.result.eval()
            figures = {f"held-out {name}": value for name, value in self.judge(network).items()}
        score = self.processes.agree(next(iter(figures.values()), 0.0))
        gained = score > self.best + self.config.least_gain
        self.since_best = 0 if gained else self.since_best + 1
        if gained:
            self.best = score
            if self._judge_decides:
                self._keep(keep)
        self.network.train()
        kept = {"best": self.best, "best step": self.kept} if self._judge_decides else {}
        return (figures or {"held-out": score}) | kept

    def _tell(self, line, log, tell):
        if self.processes.rank == 0:
            log.write(line)
            tell(line)

    def _keep(self, keep):
        self.kept = self.step
        if self.processes.rank == 0:
            keep(self.result)

    def _keep_last(self, keep, snapshot):
        """Save the weights of a finished run that was stopped before saving."""
        if self._judge_decides and not self.kept:
            self._judge(keep)
        elif not self._judge_decides and self.kept != self.step:
            self._keep(keep)
        else:
            return
        self.save(snapshot)

    def _line(self, sums, count):
        line = {"step": self.step, "epoch": round(self.batches.epoch, 3), "seconds": round(self.seconds, 1)}
        line |= {name: float(self.processes.mean(value)) / count for name, value in sums.items()}
        if not all(math.isfinite(value) for value in line.values()):
            raise SetupError(
                f"the losses are no longer finite after step {self.step}; start again with a smaller learning rate (lr)"
            )
        return line

    def _rate(self, step):
        """Warm-up, then half a cosine down to a hundredth."""
        config = self.config
        if step < config.warm_up:
            return (step + 1) / config.warm_up
        if not config.decay_steps:
            return 1.0
        progress = min(1, (step - config.warm_up) / max(1, config.decay_steps - config.warm_up))
        return 0.01 + 0.99 * (0.5 + 0.5 * math.cos(progress * math.pi))


def read_snapshot(path: Path, device: str = "cpu", mmap: bool = False) -> dict:
    """What `Run.save` wrote.

    Args:
        mmap: leave the tensors in the file until they are used.
    Raises:
        SetupError: the file is damaged.
    """
    try:
        check_regular(path, "a snapshot")
        _check_sizes(path)
        state = torch.load(path, weights_only=True, map_location=device, mmap=mmap)
        step, seconds = state["step"], state["seconds"]
        if not (type(step) is int and 0 <= step <= _MOST_STEPS and math.isfinite(seconds)):
            raise ValueError("its step or its time is no such number")
        return state
    except Exception as error:  # a damaged file can raise anything
        raise _unusable(path, error) from error


def _check_sizes(path):
    """torch writes its archive uncompressed; one that unpacks to more than the file's size is not torch's."""
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries) or unpacked > path.stat().st_size:
        raise ValueError("it claims more than it holds")


def _unusable(path, error):
    told = str(error).partition("\n")[0][:100] or type(error).__name__
    return SetupError(f"{path}: no snapshot of this run ({told}); start the run again in another folder")


def _parameter_groups(network, config):
    """The basis LUTs, the predictor and the rest, each with its rates; a network without a predictor is all rest."""
    luts, predictor, rest = [], [], []
    for name, parameter in network.named_parameters():
        kind = luts if name == "luts" else predictor if name.startswith("predictor.") else rest
        kind.append(parameter)
    groups = [
        {"params": luts, "lr": config.lr * config.luts_rate, "weight_decay": 0.0},
        {"params": predictor, "lr": config.lr, "weight_decay": config.weight_decay},
        {"params": rest, "lr": config.lr, "weight_decay": 0.0},
    ]
    return [group for group in groups if group["params"]]
