"""The processes that train one network together, as torchrun starts them; or a single process."""

import os
from dataclasses import dataclass
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import nn

from lutbridge.errors import SetupError

# How long the others wait while the first reduces a data set of full-size photos or judges. One that ends with an error
# does not keep them: torchrun ends all.
PATIENCE = timedelta(days=7)


@dataclass(frozen=True)
class Processes:
    """This process among those that share a run.

    Each draws its own part of every batch; gradients are averaged, so that all hold the same weights at every step.

    Attributes:
        rank: of this process; 0 writes files and talks.
        world: how many there are.
        device: "cpu", or "cuda:<index>" with a GPU for each process of a machine.
    """

    rank: int = 0
    world: int = 1
    device: str = "cpu"

    def average(self, network: nn.Module) -> None:
        """Replace every gradient by its mean over the processes."""
        if self.world == 1:
            return
        gradients = [p.grad for p in network.parameters() if p.grad is not None]
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        dist.all_reduce(flat)
        parts = flat.div_(self.world).split([gradient.numel() for gradient in gradients])
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view_as(gradient))

    def share(self, network: nn.Module) -> None:
        """Give every process the weights and buffers of the first."""
        if self.world > 1:
            for tensor in network.state_dict().values():
                dist.broadcast(tensor, 0)

    def agree(self, value: float) -> float:
        """What the first process has."""
        if self.world == 1:
            return value
        tensor = torch.tensor([value], dtype=torch.float64, device=self.device)
        dist.broadcast(tensor, 0)
        return tensor.item()

    def mean(self, value: torch.Tensor) -> torch.Tensor:
        """The mean over the processes."""
        if self.world > 1:
            dist.all_reduce(value)
        return value / self.world

    def any(self, condition: bool) -> bool:
        """Whether it holds in any process."""
        if self.world == 1:
            return condition
        tensor = torch.tensor([float(condition)], device=self.device)
        dist.all_reduce(tensor, dist.ReduceOp.MAX)
        return bool(tensor.item())

    def wait(self) -> None:
        """Until all are here."""
        if self.world > 1:
            dist.barrier()


def alone(device: str) -> Processes:
    """The one process there is.

    Args:
        device: "cpu", "cuda", or "auto" for CUDA if there is one.
    Raises:
        SetupError: there is no CUDA.
    """
    there = torch.cuda.is_available()
    if device == "cuda" and not there:
        raise SetupError("no CUDA device is usable here; use --device cpu, or install torch's CUDA build and a driver")
    return Processes(device="cuda:0" if there and device != "cpu" else "cpu")


def join(device: str) -> Processes:
    """Join the processes that torchrun's environment variables name, if there are any.

    Args:
        device: as for `alone`. CUDA talks by NCCL, the CPU by gloo.
    Raises:
        SetupError: there is no CUDA.
    """
    single = alone(device)
    if "WORLD_SIZE" not in os.environ or int(os.environ["WORLD_SIZE"]) == 1:
        return single
    cuda = single.device != "cpu"
    own = f"cuda:{os.environ['LOCAL_RANK']}" if cuda else "cpu"
    if cuda:
        torch.cuda.set_device(own)
    dist.init_process_group("nccl" if cuda else "gloo", timeout=PATIENCE)
    return Processes(dist.get_rank(), dist.get_world_size(), own)


def leave(processes: Processes) -> None:
    """The end of `join`."""
    if processes.world > 1:
        dist.destroy_process_group()
