"""Fragile connections: a driver that counts what is sent, and fails right after the statement that it is told to."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import Engine, event


@dataclass
class Wire:
    """What goes to the database: how many statements, after which one it breaks, and with what error."""

    breaks_after: int = 0
    error: type[BaseException] = KeyboardInterrupt
    sent: int = 0

    def mend(self, breaks_after: int = 0, error: type[BaseException] = KeyboardInterrupt) -> None:
        """Count from the beginning, and break after so many statements, or after none."""
        self.breaks_after, self.error, self.sent = breaks_after, error, 0

    def passed(self) -> None:
        """Count a statement that was sent, and break if it is the one."""
        self.sent += 1
        if self.sent == self.breaks_after:
            message = "the wire broke"
            raise self.error(message)


def fragile(engine: Engine, wire: Wire) -> None:
    """Let every connection that an engine makes from now on go over a wire."""

    class LiteCursor(sqlite3.Cursor):
        def execute(self, *given: Any) -> LiteCursor:  # noqa: ANN401 - the driver's
            super().execute(*given)
            wire.passed()
            return self

        def executemany(self, *given: Any) -> LiteCursor:  # noqa: ANN401 - the driver's
            super().executemany(*given)
            wire.passed()
            return self

    class LiteConnection(sqlite3.Connection):
        def cursor(self, *_: Any) -> LiteCursor:  # type: ignore[override]  # no factory  # noqa: ANN401 - the driver's
            return LiteCursor(self)

    class ServerCursor(psycopg.Cursor[Any]):
        def execute(self, *given: Any, **also: Any) -> ServerCursor:  # noqa: ANN401 - the driver's
            super().execute(*given, **also)
            wire.passed()
            return self

        def executemany(self, *given: Any, **also: Any) -> None:  # noqa: ANN401 - the driver's
            super().executemany(*given, **also)
            wire.passed()

    def connect(_dialect: object, _record: object, _arguments: Sequence[Any], named: dict[str, Any]) -> None:
        if engine.dialect.name == "sqlite":
            named["factory"] = LiteConnection
        else:
            named["cursor_factory"] = ServerCursor

    event.listen(engine, "do_connect", connect)
    event.listen(engine, "commit", lambda _: wire.passed())  # before the COMMIT itself
    engine.dispose()
