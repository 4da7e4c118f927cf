"""Records the work on each photo in a hidden SQLite file beside the results, which do not depend on it.

A run locks the file until it ends, however it ends. Each photo is recorded before its result appears and again once
it is complete, so that after a kill at any moment the next run can tell how far it got. Paths are relative to the
folder, so it can be moved.
"""

import json
import os
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from itertools import chain, count
from pathlib import Path, PurePath
from typing import Any

from lutbridge.batch.planned import PlannedPhoto
from lutbridge.batch.record import Entry, MadeWith, Record, Stamp, Stamps, stamp_or_none
from lutbridge.batch.tables import ForeignFileError, in_memory, with_tables
from lutbridge.errors import SetupError

NAME = ".lutbridge.sqlite"
PUT_ASIDE = ".lutbridge.damaged.sqlite"
LOCK_SECONDS = 1.0  # longer than another program takes for a query
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class Manifest(Record):
    """The record of one results folder; open and locked within its context.

    Args:
        is_read_only: whether to change nothing in the folder and forget new entries at the end.

    Attributes:
        folder: absolute path.
        notice: a sentence that says why a record could not be used, or "".
    """

    def __init__(self, folder: Path, is_read_only: bool = False):
        super().__init__()
        self.folder, self._is_read_only = Path(os.path.abspath(folder)), is_read_only
        self._database: sqlite3.Connection | None = None
        self._lock = threading.RLock()  # photos are recorded from the threads that write them
        self._is_writing = False
        self._settings: dict[str, int] = {}
        self.notice = ""

    def __enter__(self) -> "Manifest":
        """Opens the record if there is one; `begin` creates it.

        Raises:
            SetupError: another run is writing to this folder, or the disk is full.
        """
        if (self.folder / NAME).exists():
            self._open()
        return self

    def __exit__(self, *exception: object) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None

    def _open(self) -> None:
        path = self.folder / NAME
        try:
            if self._is_read_only:
                self._look_at_copy(path)
            else:
                self._database = self._opened(path)
                self.entries = self._read()
        except (sqlite3.DatabaseError, OSError, ValueError, TypeError, KeyError) as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code in _BUSY:
                raise SetupError(
                    f"{self.folder}: another run is writing to this folder; wait for it to finish, or choose another "
                    "folder with -o"
                ) from error
            if code == sqlite3.SQLITE_FULL:
                raise _full(self.folder) from error
            self.__exit__()
            if self._is_read_only:
                self.notice = f"{path}: the record of earlier runs cannot be used; what they made counts as other files"
            elif (
                code in _DAMAGED or not isinstance(error, sqlite3.DatabaseError) or isinstance(error, ForeignFileError)
            ):
                self._put_aside(path)
            else:  # the disk has no file locks, or the record is write-protected or from a later version
                self._do_without(f"the record in {path} cannot be used ({error})")

    def _look_at_copy(self, path: Path) -> None:
        """Reads a copy, because SQLite may have to write: it rolls back a killed run's open transaction."""
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=LOCK_SECONDS)) as file:
            try:
                file.execute("SELECT count(*) FROM sqlite_master")  # fails if another run is writing
            except sqlite3.Error as error:
                if getattr(error, "sqlite_errorcode", 0) & 0xFF in _BUSY:
                    raise
        with tempfile.TemporaryDirectory(prefix="lutbridge-") as folder:
            copy = Path(folder, NAME)
            shutil.copyfile(path, copy)
            with suppress(FileNotFoundError):
                shutil.copyfile(f"{path}-journal", f"{copy}-journal")
            with closing(self._opened(copy)) as self._database:
                self.entries = self._read()
        self._database = None

    def _put_aside(self, path: Path) -> None:
        self._results, self.entries = {}, {}  # drop what was read before the fault
        aside = _free(path.with_name(PUT_ASIDE))
        with suppress(OSError):
            os.replace(path, aside)
            for suffix in ("-journal", "-wal"):
                path.with_name(NAME + suffix).unlink(missing_ok=True)
            self.notice = (
                f"{self.folder}: the record of earlier runs is damaged and was renamed to {aside.name}; the results "
                "are unchanged and now count as existing files"
            )
        if not self.notice:
            self._do_without(f"the record in {path} is damaged")
        else:
            self._open()

    def _do_without(self, why: str) -> None:
        self.notice = f"{why}; this run continues without it, and the next run will not know what was done"
        self._database = in_memory()

    def _opened(self, path: Path) -> sqlite3.Connection:
        database = sqlite3.connect(path, timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            # A rollback journal, not a write-ahead log: it stays one file, and works on network shares.
            database.execute("PRAGMA locking_mode = EXCLUSIVE")
            database.execute("PRAGMA synchronous = FULL")
            database.execute("BEGIN EXCLUSIVE")
            database.execute("COMMIT")
            return with_tables(database)
        except BaseException:
            database.close()
            raise

    def begin(self, todo: Iterable[PlannedPhoto], kept: Iterable[PlannedPhoto], made_with: MadeWith) -> None:
        """Records the photos to do, and updates the entries of those already done. The folder must exist.

        Raises:
            SetupError: another run is writing to this folder, or the disk is full.
        """
        if self._database is None and self._is_read_only:
            self._database = in_memory()
        elif self._database is None:
            self._open()
        self._made_with = made_with
        for planned in kept:
            entry = self.entry(planned.output)
            if entry.state == "started" or _was_only_moved(planned, entry):
                self.done(planned, entry.seconds, entry.figures)
        with self._writing() as database:
            for planned in todo:
                stamp = stamp_or_none(planned.source)
                database.execute(
                    "INSERT OR REPLACE INTO photo VALUES (?, ?, ?, ?, ?, ?, ?, 'started', '', NULL, NULL)",
                    (
                        self._key(planned.output),
                        self._key(planned.source),
                        *_columns(stamp),
                        *self._made_with_columns(database),
                    ),
                )

    def done(
        self, planned: PlannedPhoto, seconds: float, figures: Mapping[str, Any], stamps: Stamps | None = None
    ) -> None:
        """Records that a photo is done.

        Args:
            stamps: of its files, if already taken by their writer; otherwise the files are read.

        Raises:
            SetupError: the disk is full.
        """
        stamps = stamps or Stamps.of(planned)
        with self._writing() as database:
            self._enter(database, planned, stamps.photo, "done", "", seconds, figures)
            database.execute("DELETE FROM result WHERE output = ?", (self._key(planned.output),))
            for path, stamp in stamps.results.items():
                if stamp:
                    self._enter_result(database, path, planned.output, stamp)

    def failed(self, planned: PlannedPhoto, seconds: float, message: str) -> None:
        """Records why a photo failed.

        Raises:
            SetupError: the disk is full.
        """
        with self._writing() as database:
            self._enter(database, planned, stamp_or_none(planned.source), "failed", message, seconds, {})

    def wrote(self, path: Path) -> None:
        """Records a file that belongs to no single photo: the report or a group's LUT."""
        if stamp := stamp_or_none(path, with_digest=True):
            with self._writing() as database:
                self._enter_result(database, path, path, stamp)

    def results(self) -> set[Path]:
        """Absolute paths of all files that earlier runs wrote to this folder."""
        return set(self._results)

    def _enter(self, database, planned, stamp, state, message, seconds, figures) -> None:
        database.execute(
            "INSERT OR REPLACE INTO photo VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(
                    self._key(planned.output),
                    self._key(planned.source),
                    *_columns(stamp),
                    *self._made_with_columns(database),
                ),
                *(state, message, seconds, json.dumps(figures)),
            ),
        )

    def _enter_result(self, database, path: Path, output: Path, stamp: Stamp) -> None:
        row = (self._key(path), self._key(output), *_columns(stamp))
        database.execute("INSERT OR REPLACE INTO result VALUES (?, ?, ?, ?, ?)", row)

    def _made_with_columns(self, database) -> tuple[str, int]:
        text = json.dumps(self._made_with.settings, sort_keys=True)
        if text not in self._settings:
            database.execute("INSERT OR IGNORE INTO settings (json) VALUES (?)", (text,))
            (self._settings[text],) = database.execute("SELECT id FROM settings WHERE json = ?", (text,)).fetchone()
        return self._made_with.model, self._settings[text]

    @contextmanager
    def together(self) -> Iterator[None]:
        """Saves all entries made within this context at its end, all or none, and so waits for the disk only once.

        Raises:
            SetupError: the disk is full.
        """
        with self._writing():
            yield

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction, or part of the one that `together` started."""
        with self._lock:
            if self._is_writing:
                yield self._database
                return
            try:
                self._is_writing = True
                self._database.execute("BEGIN")
                yield self._database
                self._database.execute("COMMIT")
            except sqlite3.Error as error:
                with suppress(sqlite3.Error):
                    self._database.execute("ROLLBACK")
                if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL:
                    raise _full(self.folder) from error
                raise SetupError(
                    f"{self.folder / NAME}: progress cannot be saved ({error}); check the disk and run the "
                    "same command again"
                ) from error
            except BaseException:
                with suppress(sqlite3.Error):
                    self._database.execute("ROLLBACK")
                raise
            finally:
                self._is_writing = False

    def _read(self) -> dict[Path, Entry]:
        database = self._database
        settings = {id_: json.loads(text) for id_, text in database.execute("SELECT id, json FROM settings")}
        beside: dict[bytes, dict[Path, Stamp]] = {}
        for path, output, *stamp in database.execute("SELECT * FROM result"):
            self._results[self._path(path)] = Stamp(*stamp)
            beside.setdefault(output, {})[self._path(path)] = Stamp(*stamp)
        return {
            self._path(output): Entry(
                photo=self._path(photo),
                stamp=Stamp(size or 0, mtime_ns or 0, digest or ""),
                made_with=MadeWith(model, settings[id_]),
                state=state,
                message=message or "",
                seconds=seconds or 0.0,
                figures=json.loads(figures or "{}"),
                results=beside.get(output, {}),
            )
            for output, photo, size, mtime_ns, digest, model, id_, state, message, seconds, figures in database.execute(
                "SELECT * FROM photo"
            )
        }

    def _keys(self, planned: PlannedPhoto) -> tuple[bytes, bytes]:
        return self._key(planned.output), self._key(planned.source)

    def _key(self, path: Path) -> bytes:
        """Bytes, because a file name need not be valid Unicode."""
        absolute = os.path.abspath(path)
        try:
            absolute = os.path.relpath(absolute, self.folder)
        except ValueError:  # another drive
            pass
        return PurePath(absolute).as_posix().encode("utf-8", "surrogateescape")

    def _path(self, key: bytes) -> Path:
        return Path(os.path.normpath(self.folder / key.decode("utf-8", "surrogateescape")))


def results_in(folder: Path) -> set[Path]:
    """Absolute paths of the results recorded for a folder; empty if there is no record, or it is in use."""
    folder = Path(os.path.abspath(folder))
    path = folder / NAME
    if not path.exists():
        return set()
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=0)) as database:
            keys = [key for (key,) in database.execute("SELECT path FROM result")]
    except sqlite3.Error:
        return set()
    return {Path(os.path.normpath(folder / key.decode("utf-8", "surrogateescape"))) for key in keys}


def _was_only_moved(planned: PlannedPhoto, entry: Entry) -> bool:
    """Whether only times or places changed; a new entry then saves the next run from comparing contents."""
    files = {planned.source: entry.stamp} | entry.results
    now = {path: stamp_or_none(path) for path in files}
    stands = all(now[path] and now[path].mtime_ns == stamp.mtime_ns for path, stamp in files.items())
    if stands and entry.photo == Path(os.path.abspath(planned.source)):
        return False
    return all(stamp.is_of(path) for path, stamp in entry.results.items())  # an edited result stays marked as edited


def _columns(stamp: Stamp | None) -> tuple[int | None, int | None, str | None]:
    return (stamp.size, stamp.mtime_ns, stamp.digest) if stamp else (None, None, None)


def _free(path: Path) -> Path:
    """The path itself, or the first numbered variant that is free."""
    tries = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in count(2))
    return next(each for each in chain((path,), tries) if not os.path.lexists(each))


def _full(folder: Path) -> SetupError:
    return SetupError(f"{folder}: the disk is full; free some space, then run the same command again")
