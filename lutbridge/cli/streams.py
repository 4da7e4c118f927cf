"""Photos from stdin and results to stdout, for commands that work on files: through a temporary folder of their own."""

import io
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, redirect_stdout
from pathlib import Path
from typing import BinaryIO

from lutbridge.cli.output import called, put_bytes
from lutbridge.errors import UsageError

STDIO = "-"


@contextmanager
def spooled(path: Path) -> Iterator[Path]:
    """The file itself; for -, a temporary one with the content of stdin."""
    if str(path) != STDIO:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="lutbridge-") as folder:
        file = Path(folder) / "stdin"
        with file.open("wb") as out:
            shutil.copyfileobj(stdin(), out)
        with called(file, "stdin"):
            yield file


def stdin() -> BinaryIO:
    """What comes in; raises UsageError if this was started without it."""
    if sys.stdin is None:
        raise UsageError("-: there is no stdin here; name a file")
    return sys.stdin.buffer


@contextmanager
def all_spooled(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """`spooled` for several files, of which one at most is -."""
    with ExitStack() as stack:
        yield [stack.enter_context(spooled(path)) for path in paths]


def through_files(
    photos: Sequence[str],
    output: Path,
    as_json: bool,
    work: Callable[[list[str], Path], int],
    more: Mapping[str, object],
) -> int:
    """Runs work(photos, folder), which writes one result for each photo, with - for stdin and stdout.

    Args:
        more: options that have something else than the result written, or nothing, with their values.
    Returns:
        Its exit code; the result goes to stdout where that is 0.
    Raises:
        UsageError: stdout would have to take more than the result of one photo.
    """
    to_stdout = str(output) == STDIO
    if STDIO in photos and len(photos) > 1:
        raise UsageError("only one photo can come from stdin (-); pass it alone")
    if to_stdout and (len(photos) != 1 or Path(photos[0]).is_dir()):
        raise UsageError("stdout can take only one photo; name a folder with -o for several")
    if to_stdout and as_json:
        raise UsageError("--json and -o - both write to stdout; write to a folder with -o")
    unfit = next((option for option, value in more.items() if value), None)
    if to_stdout and unfit:
        raise UsageError(f"{unfit} does not go with -o -, which takes the result alone; name a folder with -o")
    with spooled(Path(photos[0])) as first:
        files = [str(first), *photos[1:]]
        if not to_stdout:
            return work(files, output)
        with tempfile.TemporaryDirectory(prefix="lutbridge-") as folder:
            with redirect_stdout(io.StringIO()), called(folder, "stdout"):
                code = work(files, Path(folder))
            if code == 0:
                (result,) = (file for file in Path(folder).iterdir() if not file.name.startswith("."))
                put_bytes(result.read_bytes())
            return code
