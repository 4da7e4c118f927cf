"""Tells the user when kernels are compiled."""

from contextlib import AbstractContextManager

from lutbridge.cli.output import say


def announced() -> AbstractContextManager[None]:
    """Within this context, the first compilation prints a message."""
    from lutbridge.lut.compiled import announced

    return announced(lambda: say("compiling for this processor (once, takes a few seconds)"))


def compile_kernels() -> int:
    """Compiles every kernel that any command may need, and says which while it does; returns how many."""
    from lutbridge.warm_up import warm_up

    return warm_up(
        lambda name, done, count: say(f"compiling for this processor (once): {name} ({done + 1} of {count})")
    )
