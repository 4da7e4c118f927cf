"""Tensors out of a PyTorch file of unknown origin: nothing but tensors, read in a process of its own.

Such a file is a pickle, and a pickle can hold a program. torch's weights-only reader runs none; the process, held to an
amount of memory and a time, is for what that reader might overlook. It is no sandbox: it may do what its user may.
"""

import multiprocessing
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import torch
from safetensors.torch import load, save

from lutbridge.errors import ReadError, SetupError
from lutbridge.files import end_with_parent, read_ordinary
from lutbridge.memory import limit_memory

MOST_BYTES = 512 * 2**20  # a file larger than this is no model of the layouts we know
MOST_TENSORS = 2000
DEEPEST = 4  # dictionaries within dictionaries
_DAMAGED = "is damaged, or no PyTorch file", "download it again"
_STRANGE = "holds tensors that are too large, or stored in a way of their own", "the file is not sound"
_CODE = "holds more than tensors, which could be a program, and is not read", "get it from where it was published"


@dataclass(frozen=True)
class UnpickleLimits:
    """What reading one file may take."""

    seconds: float = 120.0
    memory: int = 4 << 30  # bytes more than the process with torch loaded


def read_tensors(paths: Sequence[Path], limits: UnpickleLimits = UnpickleLimits()) -> list[dict[str, torch.Tensor]]:
    """For each PyTorch file all its tensors, under the names that lead to them, joined by dots.

    Args:
        limits: for all files together.
    Raises:
        ReadError: no such file; damaged; holding anything but tensors in dictionaries; or more than the limits allow.
    """
    for path in paths:
        _refuse_unreadable(path)
    context = multiprocessing.get_context("spawn")  # a fork would copy other threads' locks
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_send_tensors, args=(theirs, list(paths), limits.memory), daemon=True)
    try:
        with theirs:
            process.start()
    except OSError as error:
        ours.close()
        raise SetupError(
            f"no process can be started to read {paths[0]} ({error.strerror}); close other programs"
        ) from error
    try:
        return [load(_received(ours, path, limits.seconds)) for path in paths]
    finally:
        process.kill()
        process.join()
        ours.close()


def _refuse_unreadable(path):
    try:
        size = path.stat().st_size
        read_ordinary(path, 1)
    except OSError as error:
        raise ReadError(path, f"cannot be read ({error.strerror})", "check the path") from error
    if size > MOST_BYTES:
        raise ReadError(path, f"{size / 2**20:.0f} MB is too large for a model of these layouts")


def _received(connection, path, seconds):
    """One file's tensors as the bytes of a safetensors file."""
    try:
        if not connection.poll(seconds):
            raise ReadError(path, f"reading it took more than {seconds:g} seconds", "the file is not sound")
        kind, *content = connection.recv()
    except (EOFError, OSError) as error:  # the process has gone, and with it the other end
        raise ReadError(path, "reading it crashed, or took too much memory", "the file is not sound") from error
    if kind == "fault":
        raise ReadError(path, *content)
    return content[0]


def _send_tensors(connection: Connection, paths: Sequence[Path], memory: int) -> None:
    """The process: for each file sends its tensors, or what is wrong with it, and ends."""
    end_with_parent()
    limit_memory(memory)
    warnings.simplefilter("ignore")  # torch's opinion of the file is reported below, in a sentence
    for path in paths:
        try:
            tensors = {name: value.contiguous().clone() for name, value in _flat(_weights(_load(path)))}
            connection.send(("tensors", save(tensors)))
        except ReadError as error:
            connection.send(("fault", error.fault, error.remedy))
        except (RuntimeError, ValueError, MemoryError):
            connection.send(("fault", *_STRANGE))


def _load(path):
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a damaged file can raise anything
        raise ReadError(path, *(_CODE if "global" in str(error).lower() else _DAMAGED)) from error


def _weights(content):
    """Of what training frameworks save (the optimiser, versions, the date), the weights."""
    weights = content.get("state_dict") if isinstance(content, dict) else None
    return weights if isinstance(weights, dict) else content


def _flat(content: object, name: str = "", depth: int = 0) -> Iterator[tuple[str, torch.Tensor]]:
    if isinstance(content, torch.Tensor):
        yield name, content
    elif isinstance(content, dict) and depth < DEEPEST and len(content) <= MOST_TENSORS:
        for key, value in content.items():
            yield from _flat(value, f"{name}.{key}" if name else str(key), depth + 1)
    else:
        raise ReadError("", f"{name or 'its content'} is no tensor", "expected a state dictionary")
