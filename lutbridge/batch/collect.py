"""Finds the photos named on the command line and in folders, without the results of earlier runs."""

import os
import re
import stat
from collections import Counter
from collections.abc import Collection as AnyCollection
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lutbridge import extras
from lutbridge.batch.manifest import results_in
from lutbridge.batch.names import CONFIG
from lutbridge.errors import UsageError
from lutbridge.image.metadata.mark import MADE_BY_US
from lutbridge.image.results import is_result
from lutbridge.image.suffixes import AVIF_SUFFIXES, HEIF_SUFFIXES, RAW_SUFFIXES

PHOTO_SUFFIXES = frozenset({".jpg", ".jpeg", ".jpe", ".png", ".tif", ".tiff", ".webp", *AVIF_SUFFIXES})
# Suffixes that count as photos only if the extra that reads them is installed.
_OF_EXTRAS = {"raw": RAW_SUFFIXES, "heif": HEIF_SUFFIXES}


def photo_suffixes() -> frozenset[str]:
    """The suffixes of photos to look for in folders, in lower case."""
    return PHOTO_SUFFIXES.union(*(suffixes for extra, suffixes in _OF_EXTRAS.items() if extras.has(extra)))


@dataclass(frozen=True)
class Found:
    """One photo and its subfolder of the output folder."""

    source: Path
    folder: Path  # relative: from the searched folder to the photo; "." for a photo that was named itself


@dataclass(frozen=True)
class Collection:
    photos: tuple[Found, ...]
    notices: tuple[str, ...]  # one sentence for each folder with skipped files and each result that was named


def natural_key(path: Path) -> list:
    """A sort key that puts IMG_2 before IMG_10 and ignores case."""
    return [
        [(0, int(piece), "") if piece.isdecimal() else (1, 0, piece) for piece in re.split(r"(\d+)", part.casefold())]
        for part in path.parts
    ]


def collect(
    arguments: Sequence[str],
    output: Path | None = None,
    results: AnyCollection[Path] = (),
    with_results: bool = False,
) -> Collection:
    """Finds the photos in `arguments`, each once, in the order of the arguments and in natural order within a folder.

    Args:
        arguments: files and folders as the user named them. A file is always taken. A folder is searched recursively,
            skipping hidden entries, `output`, files without a photo's suffix, and lutbridge's own results, which are
            listed in a manifest or marked in their metadata.
        output: the folder for results, if any.
        results: absolute paths of the results listed in an open manifest.
        with_results: whether to include lutbridge's own results.

    Raises:
        UsageError: an argument does not exist, a folder cannot be listed, or there is no photo at all.
    """
    found: dict[str, Found] = {}
    notices: list[str] = []
    for argument in arguments:
        path = _existing(argument)
        if path.is_dir():
            photos, others = _walk(path, output)
            if others:
                notices.append(_left_out(path, others))
            if not with_results:
                photos, made = _without_results(photos, results)
                notices += [_results_left_out(path, made)] if made else []
        else:
            photos = [Found(path, Path())]
            if not with_results and _without_results(photos, results)[1]:
                notices.append(f"{path}: {MADE_BY_US}, as you named it")
        for photo in photos:
            found.setdefault(os.path.abspath(photo.source), photo)
    if not found:
        raise UsageError(f"no photos found in {', '.join(map(str, arguments))}; {_expectation(notices)}")
    return Collection(tuple(found.values()), tuple(notices))


def _existing(argument: str) -> Path:
    if not argument:  # Path("") is the current folder, which is not what an unset shell variable means
        raise UsageError("the name of a photo is empty; name a file or a folder")
    path = Path(argument)
    try:
        path.stat()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}; check the name") from error
    except ValueError as error:  # an embedded null byte
        raise UsageError(f"{argument!r}: not a file name; check the name") from error
    return path


def _walk(folder: Path, output: Path | None) -> tuple[list[Found], Counter]:
    photos: list[Found] = []
    others: Counter = Counter()
    for path in _files(folder, output):
        suffix = path.suffix.lower()
        if suffix in photo_suffixes() and not _is_special(path):
            photos.append(Found(path, path.parent.relative_to(folder)))
        elif path.name != CONFIG:
            others[suffix or "without a suffix"] += 1
    return sorted(photos, key=lambda photo: (natural_key(photo.source), str(photo.source))), others


def _without_results(photos: list[Found], results: AnyCollection[Path]) -> tuple[list[Found], int]:
    """The photos that are not lutbridge's own results, and the number of those that are."""
    recorded = set(results).union(*(results_in(folder) for folder in _with_parents(photos)))
    kept = [
        photo for photo in photos if Path(os.path.abspath(photo.source)) not in recorded and not is_result(photo.source)
    ]
    return kept, len(photos) - len(kept)


def _with_parents(photos: list[Found]) -> set[Path]:
    """The photos' folders and all their parents, as a mirrored folder's manifest is further up."""
    folders = {Path(os.path.abspath(photo.source)).parent for photo in photos}
    return folders.union(*(folder.parents for folder in folders))


def _files(folder: Path, output: Path | None) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise UsageError(
            f"{error.filename}: the folder cannot be read ({error.strerror}); check its permissions or name the photos"
        ) from error

    kept_out = os.path.realpath(output) if output else None
    for parent, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".") and os.path.realpath(os.path.join(parent, name)) != kept_out
        ]
        yield from (Path(parent, name) for name in files if not name.startswith("."))


def _is_special(path: Path) -> bool:
    """True for pipes, sockets and devices; a broken link is kept, so that it is reported by name later."""
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False


def _left_out(folder: Path, others: Counter) -> str:
    kinds = ", ".join(f"{count} {suffix}" for suffix, count in others.most_common(4))
    more = f", {len(others) - 4} other types" if len(others) > 4 else ""
    files = "1 file" if others.total() == 1 else f"{others.total()} files"
    missing = [extra for extra, suffixes in _OF_EXTRAS.items() if suffixes & others.keys() and not extras.has(extra)]
    wanted = "".join(
        f"; to read {' '.join(sorted(_OF_EXTRAS[e] & others.keys()))}, {extras.remedy(e)}" for e in missing
    )
    return f"{folder}: {files} of other types skipped ({kinds}{more}){wanted}"


def _results_left_out(folder: Path, count: int) -> str:
    if count == 1:
        return f"{folder}: skipped 1 result of lutbridge; name it to retouch it again"
    return f"{folder}: skipped {count} results of lutbridge; name them to retouch them again"


def _expectation(notices: Sequence[str]) -> str:
    kinds = " ".join(sorted(photo_suffixes()))
    return "; ".join([*notices, f"lutbridge looks for: {kinds}"])


def photos_in(folder: Path, output: Path | None = None) -> list[Found]:
    """The photos in one folder, by suffix alone and so including lutbridge's own results; see `collect`.

    Raises:
        UsageError: the folder or a subfolder cannot be listed.
    """
    return _walk(folder, output)[0]
