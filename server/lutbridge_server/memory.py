"""What to do where memory runs out: smaller pieces, then the CPU, then a clear refusal."""

import gc
from collections.abc import Callable
from typing import Any

from lutbridge_server.errors import ApiError

_TORCH_ON_CPU = "can't allocate memory"  # torch's CPU allocator raises a plain RuntimeError that says so


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
            if not is_out_of_memory(error):
                raise
        free_memory()  # here, where the exception and the tensors that its traceback holds are gone
    raise ApiError("out_of_memory", "there is not enough memory for this photo", "close other programs")


def is_out_of_memory(error: BaseException) -> bool:
    import torch

    return isinstance(error, MemoryError | torch.OutOfMemoryError) or _TORCH_ON_CPU in str(error)


def free_memory() -> None:
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
