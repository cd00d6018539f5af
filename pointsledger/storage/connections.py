"""Connections: one is kept open for whoever comes next, since taking it from the pool costs as much as an act's reads.

Between two uses it is inside no transaction and holds no lock. There is one for each purpose at most; whoever finds
it taken gets another from the pool. One that its server ended meanwhile is noticed and replaced.

None that is idle goes through a fork of the process. Two processes on one connection to a server mix up its answers;
and SQLite's locks on a file stay with the parent, whose last connection then removes the log that the child writes to.

Source: https://sqlite.org/howtocorrupt.html, "Carrying an open database connection across a fork()".
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from weakref import WeakSet

from sqlalchemy import Connection, Engine
from sqlalchemy.pool import StaticPool

from pointsledger.storage.dialect import Dialect, Purpose

_ALL: WeakSet[Connections] = WeakSet()
_HELD: list[Connections] = []


class Connections:
    """The connections of one store."""

    def __init__(self, engine: Engine, dialect: Dialect) -> None:
        """Lend connections of ``engine``; none is opened yet."""
        self._engine = engine
        self._dialect = dialect
        self._kept: dict[Purpose, Connection] = {}
        self._changing = Lock()
        self._closed = False
        if not isinstance(engine.pool, StaticPool):  # a database in memory lives in its one connection
            _ALL.add(self)

    def let_go(self) -> None:
        """Close those that nobody uses, and hold off everybody until ``go_on``."""
        self._changing.acquire()
        kept, self._kept = self._kept, {}
        for connection in kept.values():
            connection.detach()
            connection.close()
        self._engine.dispose()

    def go_on(self) -> None:
        """Go on after ``let_go``: connections are opened anew."""
        self._changing.release()

    @contextmanager
    def lent(self, purpose: Purpose) -> Iterator[Connection]:
        """Lend a connection, to one thread at a time; what was begun on it is ended when the block ends."""
        connection = self._take(purpose)
        try:
            yield connection
        except BaseException:
            self._give_back(connection)
            raise
        self._keep(purpose, connection)

    def close(self) -> None:
        """Close them, and keep none from now on."""
        with self._changing:
            self._closed = True
            kept, self._kept = self._kept, {}
        for connection in kept.values():
            self._part_with(connection)
        self._engine.dispose()

    def _take(self, purpose: Purpose) -> Connection:
        with self._changing:
            kept = self._kept.pop(purpose, None)
        if kept is not None:
            if self._is_alive(kept):
                return kept
            self._give_back(kept)
        return self._engine.connect().execution_options(**self._dialect.options(purpose))

    def _keep(self, purpose: Purpose, connection: Connection) -> None:
        with self._changing:
            if not self._closed and purpose not in self._kept:
                self._kept[purpose] = connection
                return
        self._part_with(connection)

    def _give_back(self, connection: Connection) -> None:
        """Have the pool roll back what was not committed; on a connection that is gone there is nothing to roll back.

        Trying it would put the driver's second error in the place of the first.
        """
        if not connection.invalidated and not self._is_alive(connection):
            connection.invalidate()
        self._part_with(connection)

    def _part_with(self, connection: Connection) -> None:
        """Give a connection back to its pool, or close it where the pool was disposed of and would keep it open."""
        alone = isinstance(self._engine.pool, StaticPool)  # whose one connection all of them are
        if self._closed and not connection.invalidated and not alone:
            connection.detach()
        connection.close()

    def _is_alive(self, connection: Connection) -> bool:
        return self._dialect.is_alive(connection.connection.driver_connection)


def _before_fork() -> None:
    _HELD[:] = list(_ALL)
    for connections in _HELD:
        connections.let_go()


def _after_fork() -> None:
    while _HELD:
        _HELD.pop().go_on()


if hasattr(os, "register_at_fork"):  # nothing forks on Windows
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork)
