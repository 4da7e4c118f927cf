"""What to do where memory runs out: smaller pieces, then the CPU, then a clear refusal; and how much is in use."""

from collections.abc import Callable
from typing import Any

from lutbridge import device
from lutbridge.memory import resident_memory
from lutbridge_server.errors import ApiError


def with_less_and_less(retoucher: Any, work: Callable[[Any], Any]) -> tuple[Any, Any]:
    """Tries the work with each of the retoucher's `rungs` until memory is enough.

    Returns:
        What `work(rung)` gave, and the rung that gave it.

    Raises:
        ApiError: memory was not enough on any.
    """
    for rung in retoucher.rungs():
        try:
            return work(rung), rung
        except (MemoryError, RuntimeError) as error:
            if not device.is_out_of_memory(error):
                raise
        device.free_memory()  # only here are the exception, and the tensors in its traceback, gone
    raise ApiError("out_of_memory", "there is not enough memory for this photo", "close other programs")


def bytes_in_use(device_name: str) -> dict[str, int | None]:
    """Memory of this process, None if the system does not tell; on CUDA also the device's, free and in all."""
    found = {"resident_bytes": resident_memory() or None}
    on_device = device.memory(device_name)
    return found if on_device is None else found | dict(zip(_OF_DEVICE, on_device, strict=True))


_OF_DEVICE = ("device_free_bytes", "device_bytes")
