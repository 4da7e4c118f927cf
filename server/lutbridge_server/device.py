"""What the helper computes on, and how much memory is in use."""

import os


def device_reason(device: str) -> str:
    """Why it is this device, for a person."""
    import torch

    if device.startswith("cuda"):
        return torch.cuda.get_device_name()
    return "asked for" if torch.cuda.is_available() else "torch finds no CUDA device"


def resident_bytes() -> int | None:
    """Memory of this process, where the system tells (Linux)."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return None


def device_bytes(device: str) -> dict[str, int]:
    """Free and total memory of a CUDA device; nothing for the CPU."""
    if not device.startswith("cuda"):
        return {}
    import torch

    free, total = torch.cuda.mem_get_info()
    return {"device_free_bytes": free, "device_bytes": total}
