"""Engines: how this library opens a database of its own, and what it makes of a driver's errors.

SQLite's driver starts no transaction for a SELECT, so "read, check, write" of two threads interleave and
points are spent twice. Here the driver starts none at all: SQLAlchemy's ``begin`` sends BEGIN, and BEGIN
IMMEDIATE where the connection asks to write, so that a writer holds the lock from its first read on.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import StaticPool

from pointsledger.errors import (
    DiskFull,
    InvalidSetting,
    LedgerBusy,
    LedgerDamaged,
    NotALedger,
    PointsLedgerError,
    ReadOnlyLedger,
)
from pointsledger.words import Words

BUSY_SECONDS = 5.0
"""How long a writer waits for another one before it gives up with ``LedgerBusy``."""

ROOM_BYTES = 1 << 20
"""With less than this free, an input or output error is a full disk."""

WRITES = "points_writes"
"""The execution option by which a connection asks to hold the write lock from its first statement."""


def url_of(place: str | Path) -> URL:
    """Return the URL of a database given by URL or by the path of an SQLite file.

    Raises:
        InvalidSetting: for a URL of anything but SQLite, the one database of this release.

    """
    try:
        url = make_url(str(place)) if "://" in str(place) else URL.create("sqlite", database=str(place))
        if url.get_backend_name() == "sqlite":
            return url
    except (ArgumentError, NoSuchModuleError) as error:
        raise _refused(str(place)) from error
    raise _refused(url.render_as_string())


def _refused(value: str) -> InvalidSetting:
    return InvalidSetting(
        name="database",
        value=value,
        allowed="a file, or sqlite:///FILE",
        allowed_zh="一个文件，或 sqlite:///文件",
    )


def damaged(reason: Words, place: str) -> LedgerDamaged:
    """Return the error that says what is damaged at ``place``."""
    return LedgerDamaged(place=place, reason=reason.en, reason_zh=reason.zh)


def is_memory(url: URL) -> bool:
    """Tell whether ``url`` is a database that lives in memory alone."""
    return url.database in {None, "", ":memory:"}


def connect(url: URL) -> Engine:
    """Return an engine on which a transaction is what it says, and a commit is on the disk when it returns."""
    arguments: dict[str, Any] = {"isolation_level": None, "check_same_thread": False, "timeout": BUSY_SECONDS}
    if is_memory(url):
        engine = create_engine(url, connect_args=arguments, poolclass=StaticPool)
    else:
        engine = create_engine(url, connect_args=arguments)
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: sqlite3.Connection, _: object) -> None:
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA recursive_triggers = ON")


def _begin(connection: Connection) -> None:
    # Straight to the driver: SQLAlchemy's own path for a statement costs as much as all the others of a posting.
    cursor = connection.connection.cursor()
    cursor.execute("BEGIN IMMEDIATE" if connection.get_execution_options().get(WRITES) else "BEGIN")
    cursor.close()


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Turn a driver's error into one of ours where we know what it means; let the others pass as they are."""
    try:
        yield
    except DBAPIError as error:
        found = _meaning(error.orig, place)
        if found is None:
            raise
        raise found from error
    except sqlite3.Error as error:
        found = _meaning(error, place)
        if found is None:
            raise
        raise found from error


_MEANINGS: tuple[tuple[str, type[PointsLedgerError]], ...] = (
    ("SQLITE_BUSY", LedgerBusy),
    ("SQLITE_LOCKED", LedgerBusy),
    ("SQLITE_FULL", DiskFull),
    ("SQLITE_READONLY", ReadOnlyLedger),
    ("SQLITE_CANTOPEN", ReadOnlyLedger),
    ("SQLITE_PERM", ReadOnlyLedger),
    ("SQLITE_NOTADB", NotALedger),
)


def _meaning(error: object, place: str) -> PointsLedgerError | None:
    name = getattr(error, "sqlite_errorname", "") or ""
    for start, kind in _MEANINGS:
        if name.startswith(start):
            return kind(place=place)
    if name.startswith("SQLITE_IOERR") and _is_full(place):
        return DiskFull(place=place)  # the files beside the book could not even be made
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_IOERR", "SQLITE_CONSTRAINT")) or "no such table" in str(error):
        return damaged(Words(str(error), str(error)), place)
    return None


def _is_full(place: str) -> bool:
    """Tell whether the disk under a file has no room worth speaking of."""
    try:
        return shutil.disk_usage(Path(place).parent).free < ROOM_BYTES
    except OSError:
        return False
