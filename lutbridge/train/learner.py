"""Builds the network, losses and validation of a run from its task."""

from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import nn

from lutbridge.errors import LutbridgeError, SetupError
from lutbridge.files import atomic_write
from lutbridge.model.config import config_from_dict
from lutbridge.train.crop_losses import CropLosses
from lutbridge.train.data.pairs import Pair
from lutbridge.train.held_out import HeldOut
from lutbridge.train.networks import checkpoint
from lutbridge.train.networks.build import build
from lutbridge.train.networks.regions import RegionLUT
from lutbridge.train.run import Judge, Losses
from lutbridge.train.style import StyleLosses, fit_style, small_pictures, with_style
from lutbridge.train.style_judge import StyleJudge
from lutbridge.train.task import TrainTask

START = "start.safetensors"  # the model whose correction a style keeps, in the run's folder


@dataclass(frozen=True)
class Distances:
    """PSNR, dB, and mean ΔE*ab to the finished photos, on held-out ones: (PSNR, ΔE) each.

    Attributes:
        untouched, start: of the untouched photos, and of the start model's results.
        fitted: of the start model's corrections through the first, fitted style; None if a run goes on.
    """

    untouched: tuple[float, float]
    start: tuple[float, float]
    fitted: tuple[float, float] | None


@dataclass(frozen=True)
class Learner:
    """The parts of a run; without a judge if nothing is held out, and without distances if none are wanted."""

    network: nn.Module
    losses: Losses
    judge: Judge | None
    distances: Distances | None = None


def learner(task: TrainTask, folder: Path, pairs: list[Pair], held: list[Pair], goes_on: bool) -> Learner:
    """Put a run together.

    Args:
        folder: the run's. The start of a style is kept there, so that a resumed run needs nothing else.
        goes_on: the weights come from a snapshot.
    """
    if task.is_style:
        return _style(task, folder, pairs, held, goes_on)
    if task.start and not goes_on:
        network = task.checkpoint_to_start_from().network
    else:
        torch.manual_seed(task.training_config.seed)
        network = build(config_from_dict(task.model))
    losses = CropLosses(task.loss_config, task.training_config.mixed_precision)
    return Learner(network, losses, HeldOut(held) if held else None)


def _style(task, folder, pairs, held, goes_on):
    start = kept_start(folder, task)
    judge = StyleJudge(start, small_pictures(held, start.thumbnail_size), task.look_only) if held else None
    style = None if goes_on else fit_style(start, small_pictures(pairs, start.thumbnail_size))
    network = with_style(start, style)
    distances = None
    if judge:
        fitted = None
        if not goes_on:
            figures = judge(network)
            fitted = figures["PSNR"], figures["ΔE"]
        distances = Distances(judge.untouched, judge.start, fitted)
    return Learner(network, StyleLosses(start, task.loss_config, task.look_only), judge, distances)


def start_of(folder: Path, task: TrainTask) -> nn.Module | None:
    """The model that a run started from; None for a fresh network, or if the model is gone."""
    if task.is_style:
        return kept_start(folder, task)
    try:
        return task.checkpoint_to_start_from().network if task.start else None
    except LutbridgeError:
        return None


def kept_start(folder: Path, task: TrainTask) -> RegionLUT:
    """The start model of a style's run, from its folder; copied there first if missing.

    Raises:
        SetupError: it is damaged, or of another kind.
    """
    path = folder / START
    if not path.is_file():
        atomic_write(path, checkpoint.to_bytes(task.checkpoint_to_start_from()))
    found = checkpoint.read(path)
    if replace(found.config, style=True) != config_from_dict(task.model):
        raise SetupError(f"{path}: not the model that this run started from; start the run again in another folder")
    return found.network
