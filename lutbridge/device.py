"""Chooses the device: a GPU with CUDA if there is one and torch is installed; otherwise the CPU.

torch is only imported if a driver is found, as that takes two seconds.
"""

import ctypes
import gc
import sys
from functools import cache

from lutbridge import extras
from lutbridge.errors import SetupError

DRIVERS = ("libcuda.so.1", "nvcuda.dll", "libamdhip64.so")  # if none of these loads, torch has no CUDA
_TORCH_ON_CPU = "can't allocate memory"  # torch's CPU allocator raises a plain RuntimeError that says so


def choose(device: str) -> str:
    """The device to use.

    Args:
        device: "cpu", "cuda", or "auto" for CUDA if there is one.
    Returns:
        "cpu" or "cuda".
    Raises:
        SetupError: "cuda", and torch is not installed or finds no CUDA.
    """
    if device == "cuda":
        extras.require("gpu", "--device cuda")
        if not has_cuda():
            raise SetupError(
                "no CUDA device is usable here; use --device cpu, or install torch's CUDA build and a driver"
            )
    return "cuda" if device != "cpu" and has_cuda() else "cpu"


def has_cuda() -> bool:
    """Whether photos can be rendered by CUDA."""
    if not (_has_driver() and extras.has("gpu")):
        return False
    import torch

    return torch.cuda.is_available()


def reason(device: str) -> str:
    """Why it is this device, "cpu" or "cuda", for a person."""
    if device.startswith("cuda"):
        import torch

        return torch.cuda.get_device_name()
    if has_cuda():
        return "asked for"
    if not _has_driver():
        return "no CUDA driver was found"
    if not extras.has("gpu"):
        return f"to use the graphics card, {extras.remedy('gpu')}"
    return "torch finds no CUDA device"


def memory(device: str) -> tuple[int, int] | None:
    """Free bytes of a CUDA device and all it has; None for the CPU."""
    if not device.startswith("cuda"):
        return None
    import torch

    return torch.cuda.mem_get_info()


def is_out_of_memory(error: BaseException) -> bool:
    """Whether the system or the device ran out of memory."""
    torch = sys.modules.get("torch")  # only a loaded torch can have raised the error
    if torch is not None and isinstance(error, torch.OutOfMemoryError):
        return True
    return isinstance(error, MemoryError) or _TORCH_ON_CPU in str(error)


def free_memory() -> None:
    """Frees memory that is no longer in use."""
    gc.collect()
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()


@cache
def _has_driver():
    for driver in DRIVERS:
        try:
            ctypes.CDLL(driver)
        except OSError:
            continue
        return True
    return False
