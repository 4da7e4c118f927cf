"""The tables of the manifest's SQLite file."""

import sqlite3

APPLICATION_ID = 0x6C757462  # "lutb", in SQLite's header

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
    # Without it, the time to record a photo grew with the number of photos already recorded.
    "CREATE INDEX result_of_output ON result (output);",
)


class ForeignFileError(sqlite3.DatabaseError):
    """A database that is not ours, or a damaged one."""


class NewerError(sqlite3.DatabaseError):
    """A record from a later version of lutbridge."""

    def __str__(self) -> str:
        return "a later version of lutbridge made it"


def in_memory() -> sqlite3.Connection:
    """An empty record in memory."""
    return with_tables(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))


def with_tables(database: sqlite3.Connection) -> sqlite3.Connection:
    """Upgrades the tables to the current version.

    Raises:
        sqlite3.DatabaseError: the file is damaged, not ours, or from a later version.
    """
    (version,) = database.execute("PRAGMA user_version").fetchone()
    (application,) = database.execute("PRAGMA application_id").fetchone()
    (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if version > len(STEPS) and application == APPLICATION_ID:
        raise NewerError
    if (tables or version) and application != APPLICATION_ID:
        raise ForeignFileError
    if database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise ForeignFileError
    if version < len(STEPS):
        steps = "".join(STEPS[version:])
        database.executescript(
            f"BEGIN; {steps} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {len(STEPS)}; COMMIT;"
        )
    return database
