"""Records what was done to which photo, in one hidden SQLite file beside the results; the results never need it.

A run holds the file's lock until it ends, whatever ends it. Each photo is entered before its result appears and once
more when it stands, so that after a kill at any moment the next run can tell which of the two happened. Paths are
relative to the folder, which may be moved.
"""

import json
import os
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path, PurePath
from typing import Any, Literal

from lutbridge.batch.planned import PlannedPhoto
from lutbridge.errors import SetupError
from lutbridge.files import digest

NAME = ".lutbridge.sqlite"
PUT_ASIDE = ".lutbridge.damaged.sqlite"
APPLICATION_ID = 0x6C757462  # "lutb", in SQLite's header
LOCK_SECONDS = 1.0  # more than another program takes to look something up
_ALGORITHM = "blake2b"
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)

# Each step brings the file from one version to the next; an empty file has version 0.
STEPS = (
    """
    CREATE TABLE settings (id INTEGER PRIMARY KEY, json TEXT NOT NULL UNIQUE);
    CREATE TABLE photo (
        output BLOB PRIMARY KEY,    -- the result, relative to this folder, with slashes, UTF-8
        photo BLOB NOT NULL,        -- likewise; absolute on another drive
        size INTEGER, mtime_ns INTEGER, digest TEXT,
        model TEXT NOT NULL,        -- digest of the file of the model or LUT
        settings INTEGER NOT NULL REFERENCES settings,
        state TEXT NOT NULL,        -- started, done or failed
        message TEXT, seconds REAL, figures TEXT
    ) WITHOUT ROWID;
    CREATE TABLE result (
        path BLOB PRIMARY KEY,      -- the result, and what stands beside it
        output BLOB NOT NULL, size INTEGER, mtime_ns INTEGER, digest TEXT
    ) WITHOUT ROWID;
    """,
)

State = Literal["started", "done", "failed"]


@dataclass(frozen=True)
class Stamp:
    """What a file was.

    Attributes:
        size: bytes.
        mtime_ns: when it was last changed, ns.
        digest: BLAKE2b of its content, or "" where nobody looked.
    """

    size: int
    mtime_ns: int
    digest: str = ""

    @classmethod
    def of(cls, path: Path, with_digest: bool = True) -> "Stamp":
        """Raises OSError where there is no file that can be read."""
        status = path.stat()
        return cls(status.st_size, status.st_mtime_ns, digest_of(path) if with_digest else "")

    def is_of(self, path: Path, thorough: bool = False) -> bool:
        """Whether the file is what it was: by size and time, or by its content where these differ or `thorough`."""
        try:
            now = Stamp.of(path, with_digest=False)
            if now.size != self.size:
                return False
            if now.mtime_ns == self.mtime_ns and not thorough:
                return True
            return bool(self.digest) and digest_of(path) == self.digest
        except OSError:
            return False


def digest_of(path: Path) -> str:
    """BLAKE2b of a file's content, in hexadecimal."""
    return digest(path, _ALGORITHM)


@dataclass(frozen=True)
class Wish:
    """What results are made with.

    Attributes:
        model: digest of the file of the model or LUT.
        settings: everything else that a result depends on, as JSON has it.
    """

    model: str
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """What is known of one result.

    Attributes:
        photo: what it was made of, absolute.
        stamp: of the photo.
        results: the result and what stands beside it, absolute, as they were written.
        figures: what there was to tell of it, see `remembered`.
    """

    photo: Path
    stamp: Stamp
    wish: Wish
    state: State
    message: str
    seconds: float
    figures: Mapping[str, Any]
    results: Mapping[Path, Stamp] = field(default_factory=dict)


@dataclass(frozen=True)
class Stamps:
    """What the files of a photo that is done are; None for one that is not there."""

    photo: Stamp | None
    results: Mapping[Path, Stamp | None]

    @classmethod
    def of(cls, planned: PlannedPhoto) -> "Stamps":
        """Reads all of them."""
        results = {path: _stamp_or_none(path, with_digest=True) for path in planned.outputs}
        return cls(_stamp_or_none(planned.source, with_digest=True), results)


class Record:
    """What earlier runs did, as it was when this run began.

    Attributes:
        entries: by the result's absolute path.
    """

    def __init__(self, entries: Mapping[Path, Entry] | None = None, results: Mapping[Path, Stamp] | None = None):
        self.entries = dict(entries or {})
        self._results = dict(results or {})

    def entry(self, output: Path) -> Entry | None:
        """What was known of a result when the run began."""
        return self.entries.get(Path(os.path.abspath(output)))

    def made(self, path: Path, thorough: bool = False) -> bool:
        """Whether a run wrote this file and nobody has changed it since: by size and time, or by its content."""
        path = Path(os.path.abspath(path))
        return path in self._results and self._results[path].is_of(path, thorough)

    def about(self, planned: PlannedPhoto) -> "Record":
        """The part of it that is about one photo; it can be sent to another process."""
        paths = [Path(os.path.abspath(path)) for path in planned.outputs]
        return Record(
            {path: self.entries[path] for path in paths if path in self.entries},
            {path: self._results[path] for path in paths if path in self._results},
        )


class Manifest(Record):
    """The record of one folder of results; open, and locked, within its context.

    Args:
        is_read_only: it is only looked at: nothing in the folder is changed, and what is entered is forgotten.

    Attributes:
        notice: a sentence about a record that could not be used, or "".
    """

    def __init__(self, folder: Path, is_read_only: bool = False):
        super().__init__()
        self._folder, self._is_read_only = Path(os.path.abspath(folder)), is_read_only
        self._database: sqlite3.Connection | None = None
        self._lock = threading.Lock()  # photos are entered from the thread that writes them
        self._settings: dict[str, int] = {}
        self.notice = ""

    def __enter__(self) -> "Manifest":
        """Opens the record where there is one; `begin` makes it.

        Raises:
            SetupError: another run is writing to this folder, or the disk is full.
        """
        if (self._folder / NAME).exists():
            self._open()
        return self

    def __exit__(self, *exception: object) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None

    def _open(self) -> None:
        path = self._folder / NAME
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
                    f"{self._folder}: another run is writing to this folder; wait for it to finish, or choose another "
                    "folder with -o"
                ) from error
            if code == sqlite3.SQLITE_FULL:
                raise _full(self._folder) from error
            self.__exit__()
            if self._is_read_only:
                self.notice = f"{path}: the record of earlier runs cannot be used; what they made counts as other files"
            elif (
                code in _DAMAGED or not isinstance(error, sqlite3.DatabaseError) or isinstance(error, _ForeignFileError)
            ):
                self._put_aside(path)
            else:  # no locks on this disk, or a record that may not be changed
                self._do_without(f"the record in {path} cannot be used ({error})")

    def _look_at_copy(self, path: Path) -> None:
        """Reads a copy, as SQLite itself may have to write: it takes back what a killed run left half entered."""
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=LOCK_SECONDS)) as file:
            try:
                file.execute("SELECT count(*) FROM sqlite_master")  # says whether another run is writing
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
        self._results, self.entries = {}, {}  # of a record that was read in part
        aside = _free(path.with_name(PUT_ASIDE))
        with suppress(OSError):
            os.replace(path, aside)
            for suffix in ("-journal", "-wal"):
                path.with_name(NAME + suffix).unlink(missing_ok=True)
            self.notice = (
                f"{self._folder}: the record of earlier runs is damaged and was renamed to {aside.name}; the results "
                "are unchanged and now count as existing files"
            )
        if not self.notice:
            self._do_without(f"the record in {path} is damaged")
        else:
            self._open()

    def _do_without(self, why: str) -> None:
        self.notice = f"{why}; this run continues without it, and the next run will not know what was done"
        self._database = _forgetful()

    def _opened(self, path: Path) -> sqlite3.Connection:
        database = sqlite3.connect(path, timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            # A journal that is rolled back, not a log to be merged: one file, also on network shares.
            database.execute("PRAGMA locking_mode = EXCLUSIVE")
            database.execute("PRAGMA synchronous = FULL")
            database.execute("BEGIN EXCLUSIVE")
            database.execute("COMMIT")
            return _made(database)
        except BaseException:
            database.close()
            raise

    def begin(self, todo: Iterable[PlannedPhoto], kept: Iterable[PlannedPhoto], wish: Wish) -> None:
        """Enters what will be made, and what was found to be as it should. The folder is there by now.

        Raises:
            SetupError: as the constructor does.
        """
        if self._database is None and self._is_read_only:
            self._database = _forgetful()
        elif self._database is None:
            self._open()
        self._wish = wish
        for planned in kept:
            entry = self.entry(planned.output)
            if entry.state == "started" or _was_only_moved(planned, entry):
                self.done(planned, entry.seconds, entry.figures)
        with self._writing() as database:
            for planned in todo:
                stamp = _stamp_or_none(planned.source)
                database.execute(
                    "INSERT OR REPLACE INTO photo VALUES (?, ?, ?, ?, ?, ?, ?, 'started', '', NULL, NULL)",
                    (self._key(planned.output), self._key(planned.source), *_columns(stamp), *self._wished(database)),
                )

    def done(
        self, planned: PlannedPhoto, seconds: float, figures: Mapping[str, Any], stamps: Stamps | None = None
    ) -> None:
        """Enters that a photo's results stand there.

        Args:
            stamps: of its files, from whoever wrote them; without them, the files are read.

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
        """Enters why a photo has no result.

        Raises:
            SetupError: the disk is full.
        """
        with self._writing() as database:
            self._enter(database, planned, _stamp_or_none(planned.source), "failed", message, seconds, {})

    def wrote(self, path: Path) -> None:
        """Enters a file that is of no single photo: the report, a group's LUT."""
        if stamp := _stamp_or_none(path, with_digest=True):
            with self._writing() as database:
                self._enter_result(database, path, path, stamp)

    def results(self) -> set[Path]:
        """Absolute paths of everything that runs wrote to this folder."""
        return set(self._results)

    def _enter(self, database, planned, stamp, state, message, seconds, figures) -> None:
        database.execute(
            "INSERT OR REPLACE INTO photo VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(self._key(planned.output), self._key(planned.source), *_columns(stamp), *self._wished(database)),
                *(state, message, seconds, json.dumps(figures)),
            ),
        )

    def _enter_result(self, database, path: Path, output: Path, stamp: Stamp) -> None:
        row = (self._key(path), self._key(output), *_columns(stamp))
        database.execute("INSERT OR REPLACE INTO result VALUES (?, ?, ?, ?, ?)", row)

    def _wished(self, database) -> tuple[str, int]:
        text = json.dumps(self._wish.settings, sort_keys=True)
        if text not in self._settings:
            database.execute("INSERT OR IGNORE INTO settings (json) VALUES (?)", (text,))
            (self._settings[text],) = database.execute("SELECT id FROM settings WHERE json = ?", (text,)).fetchone()
        return self._wish.model, self._settings[text]

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction."""
        with self._lock:
            try:
                self._database.execute("BEGIN")
                yield self._database
                self._database.execute("COMMIT")
            except sqlite3.Error as error:
                with suppress(sqlite3.Error):
                    self._database.execute("ROLLBACK")
                if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL:
                    raise _full(self._folder) from error
                raise SetupError(
                    f"{self._folder / NAME}: progress cannot be saved ({error}); check the disk and run the "
                    "same command again"
                ) from error
            except BaseException:
                with suppress(sqlite3.Error):
                    self._database.execute("ROLLBACK")
                raise

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
                wish=Wish(model, settings[id_]),
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

    def _key(self, path: Path) -> bytes:
        """Bytes, as a file name need not be Unicode."""
        absolute = os.path.abspath(path)
        try:
            absolute = os.path.relpath(absolute, self._folder)
        except ValueError:  # another drive
            pass
        return PurePath(absolute).as_posix().encode("utf-8", "surrogateescape")

    def _path(self, key: bytes) -> Path:
        return Path(os.path.normpath(self._folder / key.decode("utf-8", "surrogateescape")))


def results_in(folder: Path) -> set[Path]:
    """Absolute paths of what the record of a folder calls results; none where there is no record, or it is in use."""
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


class _ForeignFileError(sqlite3.DatabaseError):
    """A database, but not ours."""


class _NewerError(sqlite3.DatabaseError):
    """A record by a later version."""

    def __str__(self) -> str:
        return "a later version of lutbridge made it"


def _forgetful() -> sqlite3.Connection:
    """A record in memory."""
    return _made(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))


def _made(database: sqlite3.Connection) -> sqlite3.Connection:
    """Brings the tables to this version.

    Raises:
        sqlite3.DatabaseError: it is damaged, or of somebody else, or by a later version.
    """
    (version,) = database.execute("PRAGMA user_version").fetchone()
    (application,) = database.execute("PRAGMA application_id").fetchone()
    (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if version > len(STEPS) and application == APPLICATION_ID:
        raise _NewerError
    if (tables or version) and application != APPLICATION_ID:
        raise _ForeignFileError
    if database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise _ForeignFileError
    if version < len(STEPS):
        steps = "".join(STEPS[version:])
        database.executescript(
            f"BEGIN; {steps} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {len(STEPS)}; COMMIT;"
        )
    return database


def _was_only_moved(planned: PlannedPhoto, entry: Entry) -> bool:
    """Whether times or places are others, and contents are not, so that the next run need not look inside again."""
    files = {planned.source: entry.stamp} | entry.results
    now = {path: _stamp_or_none(path) for path in files}
    stands = all(now[path] and now[path].mtime_ns == stamp.mtime_ns for path, stamp in files.items())
    if stands and entry.photo == Path(os.path.abspath(planned.source)):
        return False
    return all(stamp.is_of(path) for path, stamp in entry.results.items())  # one that was edited stays known as that


def _columns(stamp: Stamp | None) -> tuple[int | None, int | None, str | None]:
    return (stamp.size, stamp.mtime_ns, stamp.digest) if stamp else (None, None, None)


def _stamp_or_none(path: Path, with_digest: bool = False) -> Stamp | None:
    try:
        return Stamp.of(path, with_digest)
    except OSError:
        return None


def _free(path: Path) -> Path:
    """The path, or one like it that nothing has yet."""
    tries = (path.with_name(f"{path.stem}-{number}{path.suffix}") for number in count(2))
    return next(each for each in chain((path,), tries) if not os.path.lexists(each))


def _full(folder: Path) -> SetupError:
    return SetupError(f"{folder}: the disk is full; free some space, then run the same command again")
