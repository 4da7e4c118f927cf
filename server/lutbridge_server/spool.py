"""A private folder for photos that came in and results that wait to be fetched; nothing in it outlives the helper."""

import secrets
import shutil
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from lutbridge_server.errors import ApiError
from lutbridge_server.state import make_private

_CHUNK = 2**20


class Spool:
    """Files under random names in `folder`, which is emptied first: what lies there is of a helper that was killed."""

    def __init__(self, folder: Path):
        shutil.rmtree(folder, ignore_errors=True)
        self.folder = make_private(folder)

    def new(self) -> Path:
        """A path where nothing stands."""
        return self.folder / secrets.token_hex(8)

    def keep(self, stream: BinaryIO) -> Path:
        """A file with the stream's bytes.

        Raises:
            ApiError: the disk is full.
        """
        path = self.new()
        try:
            with open(path, "xb") as file:
                shutil.copyfileobj(stream, file, _CHUNK)
        except OSError as error:
            self.drop(path)
            raise no_space() from error
        return path

    def drop(self, path: Path) -> None:
        with suppress(OSError):
            path.unlink()

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def no_space() -> ApiError:
    return ApiError("no_space", "the temporary folder is full", "free some space on the disk")
