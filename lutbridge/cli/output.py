"""Words for people go to stderr, data for programs to stdout; --quiet and --verbose decide how many words."""

import errno
import json
import os
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import IntEnum

import click

from lutbridge.errors import SetupError


class Verbosity(IntEnum):
    """How much a command says."""

    QUIET = 0  # only what went wrong
    NORMAL = 1
    VERBOSE = 2


# Of this process and not of click's context, which threads do not see.
_verbosity = Verbosity.NORMAL

# Temporary files, by the names under which messages speak of them.
_names: dict[str, str] = {}

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def printable(text: str) -> str:
    """Text without characters that could upset a terminal: control and format characters, lone surrogates."""
    return "".join(
        character.encode("unicode_escape").decode() if _is_control(character) else character for character in text
    )


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


@contextmanager
def speaking(wanted: Verbosity) -> Iterator[None]:
    """Within this context, commands say this much."""
    global _verbosity
    before, _verbosity = _verbosity, wanted
    try:
        yield
    finally:
        _verbosity = before


def verbosity() -> Verbosity:
    return _verbosity


@contextmanager
def called(path: str | os.PathLike, name: str) -> Iterator[None]:
    """Within this context, messages call a temporary file or folder by this name."""
    _names[str(path)] = name
    try:
        yield
    finally:
        del _names[str(path)]


def _renamed(text: str) -> str:
    for path, name in _names.items():
        text = text.replace(path, name)
    return text


def warn(text: str) -> None:
    """What went wrong: a message that --quiet does not silence, on stderr; its line breaks stay."""
    text = _renamed(text)
    click.echo("\n".join(map(printable, text.split("\n"))), err=True)


def say(text: str) -> None:
    """A message that --quiet silences."""
    if _verbosity > Verbosity.QUIET:
        warn(text)


def detail(text: str) -> None:
    """A message that only --verbose asks for."""
    if _verbosity >= Verbosity.VERBOSE:
        warn(text)


def put(text: str) -> None:
    """A line of data on stdout, exactly as given.

    If the reader has gone, as with `| head`, the rest is dropped: the files matter, not the lines.

    Raises:
        SetupError: it cannot be written, for instance because the disk is full.
    """
    _put(lambda: click.echo(text))


def put_bytes(data: bytes) -> None:
    """A file on stdout, byte for byte; as `put` if the reader has gone."""
    sys.stdout.flush()

    def write() -> None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()

    _put(write)


def _put(write: Callable[[], None]) -> None:
    try:
        write()
    except BrokenPipeError:
        _drop_stdout()
    except OSError as error:
        _drop_stdout()
        reason = "the disk is full" if error.errno in _FULL else f"it cannot be written ({error.strerror or error})"
        raise SetupError(f"standard output: {reason}; redirect it elsewhere") from error


def _drop_stdout() -> None:
    """Discards further output, and what is left in the buffer for the flush at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def put_json(value: Mapping) -> None:
    """One object on one line of stdout."""
    put(_renamed(json.dumps(value)))


def put_table(rows: Sequence[Sequence[str]], line: Callable[[str], None] = put) -> None:
    """Rows of text in columns two spaces apart, on stdout, or wherever `line` puts them."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
