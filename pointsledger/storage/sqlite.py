"""SQLite: one file, one writer at a time, and a driver that has to be told when a transaction begins.

SQLite's driver starts no transaction for a SELECT, so "read, check, write" of two threads interleave and
points are spent twice. Here the driver starts none at all: SQLAlchemy's ``begin`` sends BEGIN, and BEGIN
IMMEDIATE where the connection asks to write, so that a writer holds the lock from its first read on.

The file itself refuses to change a record, whatever program opens it: no UPDATE, no DELETE, and no INSERT but
of the next position under a request id and rowid that are free. That last guard is what stops ``INSERT OR
REPLACE``, which removes the row in its way without firing a DELETE trigger. Whoever holds the file can drop
a trigger; so the audit compares what is there with what belongs there.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

from pointsledger.errors import (
    DatabaseTooOld,
    DiskFull,
    LedgerBusy,
    NetworkFolder,
    NotALedger,
    PeriodClosed,
    PointsLedgerError,
    ReadOnlyLedger,
    UnsafeTransaction,
)
from pointsledger.storage.dialect import (
    BUSY_SECONDS,
    OVERFLOW,
    WRITES,
    Dialect,
    Purpose,
    RowSet,
    Standing,
    compared,
    damaged,
    made_by,
)
from pointsledger.storage.mounts import network_under
from pointsledger.storage.registry import METADATA
from pointsledger.storage.statements import Statements, Tongue
from pointsledger.storage.views import VIEWS
from pointsledger.values.words import Words

OLDEST = (3, 37)
"""The first SQLite with STRICT tables, without which a column takes whatever it is given."""

PURGE_MILLISECONDS = 1_000
"""How long a purge waits for readers: one that goes on for longer would hold up whoever waits for the receipt."""

ROOM_BYTES = 1 << 20
"""With less than this free, an input or output error is a full disk."""

_NESTED = Words(
    "it is inside a savepoint on an engine that does not begin transactions by itself; "
    "call pointsledger.prepare(engine) once, or act before begin_nested()",
    "它处在保存点之内，而该引擎不会自行开始事务；"
    "请先调用一次 pointsledger.prepare(engine)，或在 begin_nested() 之前操作",
)
_AUTOCOMMIT = Words(
    "the driver commits every statement by itself; call pointsledger.prepare(engine) once, or leave out autocommit",
    "驱动会自动提交每条语句；请先调用一次 pointsledger.prepare(engine)，或不用自动提交",
)
_UNWRITTEN = frozenset({"SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_TRUNCATE"})
_NOT_THERE = ("no such table", "no such column", "has no column named", "cannot modify", "Could not decode to UTF-8")

_UNSTORABLE = ("Error binding parameter", "cannot store ")
"""How the driver begins what it says of a value that it cannot pass on, and SQLite of one of another type."""

_MEANINGS: tuple[tuple[str, type[PointsLedgerError]], ...] = (
    ("SQLITE_BUSY", LedgerBusy),
    ("SQLITE_LOCKED", LedgerBusy),
    ("SQLITE_FULL", DiskFull),
    ("SQLITE_READONLY", ReadOnlyLedger),
    ("SQLITE_CANTOPEN", ReadOnlyLedger),
    ("SQLITE_PERM", ReadOnlyLedger),
)

_CLOSED = "points_journal: the period is closed"
"""What the trigger says that keeps a record out of a closed month; SQLite gives no name of it."""
_DAMAGE = ("SQLITE_CORRUPT", "SQLITE_IOERR", "SQLITE_CONSTRAINT", "SQLITE_NOTADB")


class NoDatabaseError(sqlite3.DatabaseError):
    """What was opened is no database; the same met later, in the middle of work, is damage."""


class Sqlite(Dialect):
    """See the module."""

    name: ClassVar[str] = "sqlite"
    shared: ClassVar[bool] = False
    distant: ClassVar[bool] = False
    sql: ClassVar[Statements] = Statements(Tongue("?", " INDEXED BY {}", "CAST({} AS BLOB)", "", "instr({}, {})"))

    def engine(self, url: URL) -> Engine:
        """Return an engine that begins, and commits to the disk, when it says so.

        Raises:
            DatabaseTooOld: if this Python's SQLite knows no strict tables.
            NetworkFolder: if the file can be written by another machine as well.
            NotALedger: if its name has a NUL in it, which no file's has.

        """
        if "\0" in str(url.database):
            raise NotALedger(place=self.place(url))
        sealed = _is_sealed(url)
        if sqlite3.sqlite_version_info < OLDEST:
            needed = ".".join(map(str, OLDEST))
            raise DatabaseTooOld(software="SQLite", found=sqlite3.sqlite_version, needed=needed)
        system = None if sealed or is_memory(url) else network_under(Path(str(url.database)))
        if system is not None:
            raise NetworkFolder(place=self.place(url), system=system)
        arguments: dict[str, Any] = {"isolation_level": None, "check_same_thread": False, "timeout": BUSY_SECONDS}
        pool: dict[str, Any] = {"poolclass": StaticPool} if is_memory(url) else {"max_overflow": OVERFLOW}
        engine = create_engine(_as_it_lies(url) if sealed else url, connect_args=arguments, **pool)
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", send_begin)
        return engine

    def options(self, purpose: Purpose) -> dict[str, Any]:
        """Ask for the write lock, or for none; outside a transaction SQLite gives each statement one."""
        return {WRITES: purpose is Purpose.WRITING}

    def is_alive(self, driver: Any) -> bool:  # noqa: ANN401, ARG002 - every dialect's signature
        """Say that it can be used: there is no server that could have ended it."""
        return True

    def place(self, url: URL) -> str:
        """Return the file."""
        return url.database or "the database in memory"

    def exists(self, url: URL) -> bool:
        """Tell whether there is a file; opening one that is not there would make it."""
        return is_memory(url) or _is_file(Path(str(url.database)))

    def takes_turns(self, url: URL) -> bool:
        """Tell whether it is in memory, which is one connection for all threads."""
        return is_memory(url)

    def settle(self, engine: Engine, place: str) -> None:  # noqa: ARG002 - every dialect's signature
        """Have the file written through a log (WAL), so that readers and a writer never wait for each other."""
        if not is_memory(engine.url) and "immutable" not in engine.url.query:
            with engine.connect() as connection:
                connection.connection.cursor().execute("PRAGMA journal_mode = WAL")

    def purge(self, engine: Engine) -> bool:
        """Write the file anew and empty its log; tell whether the log could be emptied.

        ``secure_delete`` overwrites what it removes, but neither what was left on pages that were written before, nor
        the copies that moving rows between pages leaves behind. VACUUM takes over nothing but what is there. A reader
        that is inside a transaction keeps the log, and with it the old pages, until it ends.
        """
        connection = engine.raw_connection()  # outside any transaction
        try:
            cursor: Any = connection.cursor()
            cursor.execute("VACUUM")
            if is_memory(engine.url):
                return True
            cursor.execute(f"PRAGMA busy_timeout = {PURGE_MILLISECONDS}")
            try:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                held_up = cursor.fetchone()[0]
            finally:
                cursor.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
                cursor.close()
            return not held_up
        finally:
            connection.close()

    def join(self, connection: Connection, *, nested: bool) -> None:
        """Send the BEGIN that the driver has not sent, or take the lock within what has begun."""
        if nested:
            raise UnsafeTransaction(reason=_NESTED.en, reason_zh=_NESTED.zh)
        dbapi: Any = connection.connection.dbapi_connection
        driver = driver_of(connection.connection)
        cursor: Any = connection.connection.cursor()
        try:
            if driver.in_transaction:
                cursor.execute("UPDATE points_village SET size = size WHERE 0")  # takes the lock, and changes nothing
            elif dbapi.isolation_level is None or getattr(driver, "autocommit", -1) is True:
                raise UnsafeTransaction(reason=_AUTOCOMMIT.en, reason_zh=_AUTOCOMMIT.zh)
            else:
                cursor.execute("BEGIN IMMEDIATE")
            if not driver.in_transaction:
                raise UnsafeTransaction(reason=_AUTOCOMMIT.en, reason_zh=_AUTOCOMMIT.zh)
        finally:
            cursor.close()

    @property
    def faults(self) -> tuple[type[Exception], ...]:
        """The errors of ``sqlite3``."""
        return (sqlite3.Error,)

    def meaning(self, error: object, place: str) -> PointsLedgerError | None:
        """Tell by the name of SQLite's result code."""
        name = getattr(error, "sqlite_errorname", "") or ""
        for start, kind in _MEANINGS:
            if name.startswith(start):
                return kind(place=place)
        if name.startswith("SQLITE_IOERR") and (name in _UNWRITTEN or _is_full(place)):
            return DiskFull(place=place)  # the files beside the book could not be made, or made longer
        if isinstance(error, NoDatabaseError):
            return NotALedger(place=place)
        if _CLOSED in str(error):
            return PeriodClosed(period="its month")
        if name.startswith(_DAMAGE) or any(told in str(error) for told in _NOT_THERE):
            return damaged(Words(str(error), str(error)), place)
        return None

    def is_unstorable(self, error: object) -> bool:
        """Tell by the driver's words: it has the same class for misuse, and no name for what a strict table refuses."""
        return str(error).startswith(_UNSTORABLE)

    def write(self, cursor: Any, sets: Sequence[RowSet]) -> None:  # noqa: ANN401 - the driver's
        """Send the rows one after another, within the process."""
        for statement, rows in sets:
            cursor.executemany(statement, rows)

    def stream(self, connection: Connection, statement: str, values: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
        """Yield the rows as SQLite finds them."""
        driver: Any = connection.connection.driver_connection
        yield from driver.execute(statement, values)

    @contextmanager
    def escaping(self, connection: Connection) -> Iterator[None]:
        """Decode by hand what the driver would stumble over."""
        driver: Any = connection.connection.driver_connection
        factory = driver.text_factory
        driver.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
        try:
            yield
        finally:
            driver.text_factory = factory

    def damage(self, connection: Connection) -> list[str]:
        """Return what ``integrity_check`` says but "ok"."""
        driver: Any = connection.connection.driver_connection
        try:
            found = driver.execute("PRAGMA integrity_check").fetchall()
        except sqlite3.Error as error:
            return [str(error)]
        return [str(line) for (line,) in found if line != "ok"]

    def hold(self, connection: Connection) -> None:
        """Do nothing: a transaction that writes has the file to itself."""

    def run(self, connection: Connection, statement: str) -> None:
        """Run it, with its white space as the comparison of ``differences`` has it."""
        connection.exec_driver_sql(" ".join(statement.split()))

    def standing(self, connection: Connection) -> list[Standing]:
        """Return it from SQLite's own list, with the text that made it."""
        ours = {*METADATA.tables, *VIEWS}
        found = connection.exec_driver_sql("SELECT name, tbl_name, type, sql FROM sqlite_master WHERE sql IS NOT NULL")
        # SQLite keeps a table's name as somebody spelt it, and takes every spelling for the same table.
        return [Standing(*row) for row in found.all() if row[1].lower() in ours or row[0].lower() in ours]

    def drop_projection(self, connection: Connection, table: str) -> None:
        """Drop whatever bears the name, however it is spelt."""
        found = connection.exec_driver_sql("SELECT type, name FROM sqlite_master WHERE lower(name) = ?", (table,)).all()
        for what, name in found:
            if what in {"table", "view"}:
                connection.exec_driver_sql(f'DROP {what} "{name}"')

    def drop_guard(self, connection: Connection, guard: Standing) -> None:
        """Drop a trigger."""
        connection.exec_driver_sql(f'DROP TRIGGER "{guard.name}"')

    def differences(self, connection: Connection, version: int) -> list[tuple[str, Words]]:
        """Compare the texts that made each object."""
        expected = {made_by(statement): " ".join(statement.split()) for statement in self.script(version)}
        found = {one.name: " ".join(str(one.made).split()) for one in self.standing(connection)}
        return compared(expected, found)


def is_memory(url: URL) -> bool:
    """Tell whether ``url`` is a database that lives in memory alone."""
    return url.database in {None, "", ":memory:"}


def _is_file(path: Path) -> bool:
    """Tell whether there is a file; a name that no file can have, being too long or with a NUL, is of none."""
    try:
        return path.is_file()
    except (OSError, ValueError):  # elsewhere the system, or Python, refuses such a name before it looks
        return False


def _is_sealed(url: URL) -> bool:
    """Tell whether a file lies where nobody can write, such as on a disc, with no log of its own beside it."""
    path = Path(str(url.database))
    if is_memory(url) or not _is_file(path) or path.with_name(path.name + "-wal").exists():
        return False
    return not os.access(path.parent, os.W_OK) and not os.access(path, os.W_OK)


def _as_it_lies(url: URL) -> URL:
    """Return the URL by which SQLite reads a file and makes none beside it."""
    name = f"file:{quote(str(Path(str(url.database)).resolve()))}"
    return URL.create("sqlite", database=name, query={"mode": "ro", "immutable": "1", "uri": "true"})


def _set_up(connection: sqlite3.Connection, _: object) -> None:
    try:
        connection.execute("PRAGMA schema_version")  # the first look into the file
    except sqlite3.DatabaseError as error:
        connection.close()
        if error.sqlite_errorname == "SQLITE_NOTADB":
            raise NoDatabaseError(*error.args) from error
        raise
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA recursive_triggers = ON")


def driver_of(connection: Any) -> Any:  # noqa: ANN401 - a driver's connection
    """Return the connection of ``sqlite3``, which an asynchronous driver has inside."""
    driver = getattr(connection, "driver_connection", connection)
    return getattr(driver, "_conn", driver)


def send_begin(connection: Connection) -> None:
    """Send the BEGIN that the driver leaves out, for writing where the connection asks for it."""
    # Straight to the driver: SQLAlchemy's own path for a statement costs as much as all the others of a posting.
    cursor = connection.connection.cursor()
    cursor.execute("BEGIN IMMEDIATE" if connection.get_execution_options().get(WRITES) else "BEGIN")
    cursor.close()


def _is_full(place: str) -> bool:
    """Tell whether the disk under a file has no room worth speaking of."""
    try:
        return shutil.disk_usage(Path(place).parent).free < ROOM_BYTES
    except OSError:
        return False
