"""Hosts: somebody else's engine, connection or session, whose transaction an act joins and never ends.

On a stock SQLite engine the driver begins a transaction only before the first INSERT, UPDATE or DELETE. A host that
opens a savepoint before that, and releases it, has committed: its rollback afterwards takes nothing back. So an
act joins what it can make safe, by sending the BEGIN that was not sent, and refuses the rest. ``prepare`` takes
the whole matter away, at the price that the host's own transactions then begin when they say so.

Source: the documentation of SQLAlchemy on the pysqlite dialect, "Transactions with SQLite and the sqlite3 driver".
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from weakref import WeakSet

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session
from sqlalchemy.pool import SingletonThreadPool, StaticPool

from pointsledger.errors import InvalidSetting, NotALedger, UnsafeTransaction
from pointsledger.storage import schema
from pointsledger.storage.dialect import Dialect
from pointsledger.storage.places import DIALECTS
from pointsledger.storage.registry import PREFIX
from pointsledger.storage.sqlite import driver_of, send_begin
from pointsledger.values.words import Words

HostSession = Session | Connection
"""What a host hands in: a session or a connection, its transaction begun or not."""

_ASYNC_PACKAGE = "sqlalchemy.ext.asyncio"  # not imported: it needs what few hosts have installed
_ASYNC = Words(
    "it is asynchronous; call this inside run_sync, as in await session.run_sync(lambda sync: Ledger.bind(sync, …))",
    "它是异步的；请在 run_sync 中调用，如 await session.run_sync(lambda sync: Ledger.bind(sync, …))",
)

_CHECKED: WeakSet[Engine] = WeakSet()
"""Engines on which the schema was found to be this release's."""


_POSTED: WeakSet[Any] = WeakSet()


class Host:
    """A host's connection, or the connection of its session, and what it takes to write on it safely."""

    def __init__(self, given: Any) -> None:  # noqa: ANN401 - whatever a host hands in is looked at
        """Take what the host gave.

        Raises:
            UnsafeTransaction: for an asynchronous one.
            InvalidSetting: for anything else, or a database that is not known here.

        """
        if type(given).__module__.startswith(_ASYNC_PACKAGE):
            raise UnsafeTransaction(reason=_ASYNC.en, reason_zh=_ASYNC.zh)
        if not isinstance(given, Session | Connection):
            raise InvalidSetting(
                name="session",
                value=type(given).__name__,
                allowed="a Session or a Connection of SQLAlchemy",
                allowed_zh="SQLAlchemy 的 Session 或 Connection",
            )
        self._given: HostSession = given
        with ExitStack() as stack:
            for dialect in DIALECTS.values():  # a session begins its transaction now, and may not get the lock
                stack.enter_context(dialect.translated("the database"))
            name = self.connection().dialect.name
        if name not in DIALECTS:
            raise InvalidSetting(
                name="database", value=name, allowed=", ".join(DIALECTS), allowed_zh="、".join(DIALECTS)
            )
        self.dialect: Dialect = DIALECTS[name]
        self.place: str = self.dialect.place(self.connection().engine.url)

    def connection(self) -> Connection:
        """Return the connection that the host's transaction runs on."""
        return self._given.connection() if isinstance(self._given, Session) else self._given

    @property
    def posted(self) -> WeakSet[Any]:
        """The hosts' transactions in which acts were posted."""
        return _POSTED

    def note(self) -> None:
        """Note that an act was posted in the host's transaction as it is now."""
        _POSTED.add(self.connection().get_transaction())

    def check(self) -> None:
        """See once for each engine that there is a ledger of this release.

        Raises:
            NotALedger, LedgerNewer, LedgerOlder: if there is not.

        """
        connection = self.connection()
        if connection.engine in _CHECKED:
            return
        with self.dialect.translated(self.place):
            found = schema.version(connection, self.dialect)
        if found is None:
            raise NotALedger(place=self.place)
        schema.known(found, self.place)
        _CHECKED.add(connection.engine)

    @contextmanager
    def writing(self, *, keep: bool = True) -> Iterator[Connection]:
        """Open a savepoint on the host's connection in which an act happens wholly or not at all.

        Without ``keep`` it is rolled back in the end: a rehearsal.

        Raises:
            UnsafeTransaction: if nothing would take back what is written when the host rolls back.
            LedgerBusy: if another writer is in the way; the host rolls back and comes again.

        """
        with self.dialect.translated(self.place):
            connection = self.connection()
            if connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT":
                raise UnsafeTransaction(reason=AUTOCOMMIT.en, reason_zh=AUTOCOMMIT.zh)
            nested = connection.in_nested_transaction()
            if not connection.in_transaction():
                connection.begin()  # the driver's cursor, which acts use, would go past the host's own begin
            self.dialect.join(connection, nested=nested and not is_prepared(connection.engine))
            with connection.begin_nested() as savepoint:
                yield connection
                if not keep:
                    savepoint.rollback()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give the host's connection as it is: reading locks nobody out and begins nothing but what the host began."""
        with self.dialect.translated(self.place):
            connection = self.connection()
            if not connection.in_transaction():
                connection.begin()
            yield connection


AUTOCOMMIT = Words(
    "it commits every statement by itself; use a connection without autocommit",
    "它会自动提交每条语句；请使用不自动提交的连接",
)


def prepare(engine: Any) -> None:  # noqa: ANN401 - an Engine, or an AsyncEngine, which needs an extra to be named
    """Make a host's SQLite engine begin its transactions when it says so; other databases do already.

    From then on SQLAlchemy's ``begin`` sends a plain BEGIN, and BEGIN IMMEDIATE on connections with the execution
    option ``points_writes``, which then hold the write lock from their first statement. That holds for the host's
    own tables too. An asynchronous engine is as good. Calling it twice does nothing more. Connections that are in
    use change when they are next taken.

    Raises:
        InvalidSetting: for anything but an engine.

    """
    plain = getattr(engine, "sync_engine", engine)
    if not isinstance(plain, Engine):
        raise InvalidSetting(
            name="engine",
            value=type(engine).__name__,
            allowed="an Engine of SQLAlchemy",
            allowed_zh="SQLAlchemy 的 Engine",
        )
    if plain.dialect.name != "sqlite" or is_prepared(plain):
        return
    # At every checkout: SQLAlchemy's own AUTOCOMMIT option puts the driver's mode back when it is done.
    event.listen(plain, "checkout", _plain)
    event.listen(plain, "begin", _begin)
    if not isinstance(plain.pool, SingletonThreadPool | StaticPool):  # a database in memory lives in its pool
        plain.dispose()


def is_prepared(engine: Engine) -> bool:
    """Tell whether ``prepare`` was called for an engine, or is not needed."""
    return engine.dialect.name != "sqlite" or event.contains(engine, "begin", _begin)


def include_object(
    found: Any,  # noqa: ANN401 - whatever Alembic looks at
    name: str | None,
    type_: str,
    reflected: bool,  # noqa: FBT001, ARG001 - Alembic's signature
    compare_to: Any,  # noqa: ANN401, ARG001 - as above
) -> bool:
    """Tell Alembic to leave this library's tables alone; give it to ``context.configure(include_object=…)``."""
    table = name if type_ == "table" else getattr(getattr(found, "table", None), "name", None)
    return not str(table or "").startswith(PREFIX)


def _plain(connection: Any, _record: object, _proxy: object) -> None:  # noqa: ANN401 - a driver's connection
    driver = driver_of(connection)
    legacy = getattr(sqlite3, "LEGACY_TRANSACTION_CONTROL", -1)
    if getattr(driver, "autocommit", legacy) != legacy:  # Python 3.12 and later can be told otherwise
        driver.autocommit = legacy
    if connection.isolation_level is not None:
        connection.isolation_level = None


def _begin(connection: Connection) -> None:
    # SQLAlchemy says "begin" under AUTOCOMMIT too; and a host may send its BEGIN itself.
    alone = connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT"
    if not alone and not driver_of(connection.connection).in_transaction:
        send_begin(connection)
