"""How this package compiles its kernels with Numba."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from numba import njit

COMPILED = {"nogil": True, "fastmath": {"contract"}, "error_model": "numpy"}


def kept(*callees: ModuleType) -> Callable[[Callable], Callable]:
    """Compile a function, and keep the result on disk: beside its file, else in the user's cache folder, else not.

    Args:
        callees: other modules whose compiled functions it calls. Numba looks at the date of the function's own file
            only, and would go on with what it kept when one of these has changed.
    """

    def compile_(function: Callable) -> Callable:
        try:
            dispatcher = njit(cache=True, **COMPILED)(function)
        except RuntimeError:  # neither folder can be written
            return njit(**COMPILED)(function)
        files = [Path(file) for file in (function.__code__.co_filename, *(module.__file__ for module in callees))]
        dispatcher._cache._cache_file._source_stamp = tuple(
            (file.stat().st_mtime, file.stat().st_size) for file in files
        )
        return dispatcher

    return compile_
