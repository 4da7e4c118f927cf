"""Before training: reads every file once, reports faults, reduces large photos and computes means."""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image

from lutbridge.color.codes import to_float
from lutbridge.color.gamut import SRGB
from lutbridge.color.lab import srgb_to_lab
from lutbridge.errors import LutbridgeError, ReadError, UsageError, WriteError
from lutbridge.files import atomic_write
from lutbridge.image.read import read
from lutbridge.train.data.lineup import misalignment
from lutbridge.train.data.pairs import Pair

NOTES = "looked-at.json"


def _lab_ab(rgb):
    return srgb_to_lab(rgb)[..., 1:]


@dataclass(frozen=True)
class Prepared:
    """What can be trained on.

    Attributes:
        pairs: as they were, or with reduced copies in the files' place.
        means_ab: (P, 2) float32, mean a*, b* of their targets.
        faults: one sentence for each pair that cannot be trained on.
    """

    pairs: list[Pair]
    means_ab: np.ndarray
    faults: list[str]


def prepare(
    pairs: Sequence[Pair],
    long_side: int,
    folder: Path,
    to_ab: Callable[[np.ndarray], np.ndarray] = _lab_ab,
    advance: Callable[[], None] = lambda: None,
    stop: Callable[[], bool] = lambda: False,
) -> Prepared:
    """Look at every pair.

    A pair whose files are larger than `long_side`, in another colour space than sRGB, or that need not have one size
    is replaced by one of reduced copies, which are kept in `folder`. What was looked at is noted there, and not read
    again until a file changes.

    Args:
        long_side: px.
        folder: several runs may share it.
        to_ab: (H, W, 3) float32, sRGB-encoded, to (H, W, 2).
        advance: called after each pair.
        stop: asked before each pair, as a large data set takes hours.
    Raises:
        WriteError: the folder cannot be written to.
        KeyboardInterrupt: it was stopped; photos checked so far are noted.
    """
    known = _noted(folder)

    def one(pair):
        if stop():
            return None
        try:
            return _prepared(pair, long_side, folder, to_ab, known)
        except WriteError:
            raise
        except LutbridgeError as error:
            return str(error)
        finally:
            advance()

    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        found = list(pool.map(one, pairs))
    good = [(pair, *result) for pair, result in zip(pairs, found, strict=True) if isinstance(result, tuple)]
    noted = known | {note: (pair != ready, mean) for pair, ready, mean, note in good}
    if noted != known:
        folder.mkdir(parents=True, exist_ok=True)
        atomic_write(folder / NOTES, json.dumps(noted).encode())
    if None in found:
        raise KeyboardInterrupt
    means = np.array([mean for _, _, mean, _ in good], np.float32).reshape(-1, 2)
    return Prepared([ready for _, ready, _, _ in good], means, [fault for fault in found if isinstance(fault, str)])


def _noted(folder):
    """Note → whether a pair has copies, and its target's mean; empty if nothing, or nothing usable, is noted."""
    try:
        return {
            note: (bool(copied), list(mean))
            for note, (copied, mean) in json.loads((folder / NOTES).read_text(encoding="utf-8")).items()
        }
    except (OSError, ValueError, TypeError):
        return {}


def _prepared(pair, long_side, folder, to_ab, known):
    """The pair or its copies, its target's mean, and the note under which both are remembered."""
    before, named = pair.sources[0], pair.target
    fingerprint = _fingerprint(pair, long_side)
    note, copies = f"{fingerprint}-{to_ab.__qualname__}", folder / fingerprint
    if note in known:
        copied, mean = known[note]
        return (_copied(pair, copies) if copied else pair), mean, note
    if not (pair.exact and _as_they_are(pair, long_side)):
        if not copies.is_dir():
            _reduce(pair, long_side, copies)
        pair = _copied(pair, copies)
    source, target, _ = pair.load()
    for version, file in enumerate(pair.sources[1:], 1):  # every file once, to the end
        if read(file).pixels.shape != target.shape:
            pair.load(version)  # has the sentence for it
    why = "" if pair.exact else misalignment(source, target)
    if why:
        raise UsageError(f"{named}: {why}, beside {before.name}")
    return pair, [float(value) for value in to_ab(to_float(target)).mean((0, 1))], note


def _copied(pair, copies):
    mask = None if pair.mask is None else copies / "mask.png"
    versions = tuple(copies / f"source-{version}.tif" for version in range(len(pair.sources)))
    return replace(pair, sources=versions, target=copies / "target.tif", mask=mask)


def _fingerprint(pair, long_side):
    """A name for the copies, which changes if a file does."""
    files = [path for path in (*pair.sources, pair.target, pair.mask) if path]
    try:
        told = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    except OSError as error:
        raise ReadError(error.filename, f"it cannot be read ({error.strerror})") from error
    return hashlib.sha256(repr((told, long_side)).encode()).hexdigest()[:16]


def _as_they_are(pair, long_side):
    """Whether loading the files gives their own codes."""
    photos = [read(path) for path in (pair.sources[0], pair.target)]
    same = photos[0].pixels.shape == photos[1].pixels.shape
    return same and max(photos[0].pixels.shape) <= long_side and all(photo.color is SRGB for photo in photos)


def _reduce(pair, long_side, copies):
    """Writes reduced copies; their folder appears when it is complete."""
    unfinished = copies.with_name(f"{copies.name}.part")
    unfinished.mkdir(parents=True, exist_ok=True)
    for version in range(len(pair.sources)):
        source, target, mask = pair.load(version, long_side)
        _write(unfinished / f"source-{version}.tif", source)
    _write(unfinished / "target.tif", target)
    if pair.mask is not None:
        image = Image.fromarray(mask.astype(np.uint8) * 255)
        atomic_write(unfinished / "mask.png", lambda file: image.save(file, "PNG"))
    unfinished.rename(copies)


def _write(path, codes):
    atomic_write(path, lambda file: tifffile.imwrite(file, codes, photometric="rgb"))
