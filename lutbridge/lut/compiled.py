"""How this package compiles its kernels with Numba."""

from collections.abc import Callable

from numba import njit

COMPILED = {"nogil": True, "fastmath": {"contract"}, "error_model": "numpy"}


def kept(function: Callable) -> Callable:
    """Compile, and keep the result on disk: beside the function's file, else in the user's cache folder, else not.

    What the function calls has to stand in the same file, as Numba's cache looks at no other file's date.
    """
    try:
        return njit(cache=True, **COMPILED)(function)
    except RuntimeError:  # neither folder can be written
        return njit(**COMPILED)(function)
