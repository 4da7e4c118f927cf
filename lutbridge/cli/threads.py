"""Threads other than those of the fused kernel."""

import os


def one_thread_each() -> None:
    """Has numpy and torch calculate in the thread that asks; to be called before either is imported, as they look then.

    The kernel has its own threads. numpy and torch do many small steps besides, whose threads wait for each
    other: on a busy machine that took a LUT five times as long.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")
