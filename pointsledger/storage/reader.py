"""The reader: what a database really holds, for the audit, which must not stumble over what somebody did to it.

Text that is no UTF-8 any more comes as it is, with its bad bytes escaped, and a table that cannot be read is
one exception with its name, never the driver's.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Connection

from pointsledger import caps, rows
from pointsledger.records import Record
from pointsledger.state import AnyRow
from pointsledger.storage import schema, statements
from pointsledger.words import Words


class Unreadable(Exception):  # noqa: N818 - named for the state it reports; it never leaves the audit
    """A table, or the whole file, that the database cannot read."""


class JournalRow(NamedTuple):
    """A row of the journal as it stands, its body as bytes."""

    seq: Any
    kind: Any
    recorded_at: Any
    period: Any
    request_id: Any
    body: bytes
    leaf: Any
    nodes: Any


class Reader:
    """One village's rows, as they stand; also the source of records for the journal's own replay."""

    def __init__(self, connection: Connection, village: str) -> None:
        """Read in the transaction of ``connection``."""
        self._connection = connection
        self._village = village
        self._driver: Any = connection.connection.driver_connection
        self.compared: int = 0
        """How many records' entries were compared: only those are what the records say."""

    @contextmanager
    def escaping(self) -> Iterator[None]:
        """Within the block, text that is no UTF-8 comes with its bad bytes escaped."""
        factory = self._driver.text_factory
        self._driver.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
        try:
            yield
        finally:
            self._driver.text_factory = factory

    def damage(self) -> list[str]:
        """Return what the database itself finds wrong with its file."""
        try:
            found = self._driver.execute("PRAGMA integrity_check").fetchall()
        except sqlite3.Error as error:
            return [str(error)]
        return [str(line) for (line,) in found if line != "ok"]

    def schema_differences(self) -> list[tuple[str, Words]]:
        """Return each table, index or trigger that is not as it belongs."""
        return schema.differences(self._connection)

    def journal(self) -> Iterator[JournalRow]:
        """Return the journal in order."""
        for row in self._rows("points_journal", statements.JOURNAL_BYTES, self._village):
            yield JournalRow(*row)

    def every(self, kind: type[AnyRow]) -> Iterator[AnyRow]:
        """Return every row of a projection, in the order of its key."""
        for row in self._rows(schema.table_name(kind), statements.ALL[kind], self._village):
            yield kind(*row)

    def between(self, kind: type[AnyRow], after: int, until: int) -> Iterator[AnyRow]:
        """Return the rows of records ``after`` < seq <= ``until``."""
        for row in self._rows(schema.table_name(kind), statements.BETWEEN[kind], self._village, after, until):
            yield kind(*row)

    def outside(self, kind: type[AnyRow], size: int) -> Iterator[AnyRow]:
        """Return the rows of records that a book of ``size`` does not have."""
        for row in self._rows(schema.table_name(kind), statements.OUTSIDE[kind], self._village, size):
            yield kind(*row)

    # --- the source of the replay ----------------------------------------------------------------------

    def fetch(self, kind: type[AnyRow], key: tuple[Any, ...]) -> AnyRow | None:  # noqa: ARG002 - a replay starts empty
        """Return nothing: a replay derives every row itself."""
        return None

    def family(self, kind: type[AnyRow], key: Any) -> Iterable[AnyRow]:  # noqa: ARG002, ANN401 - as above
        """Return nothing: a replay derives every row itself."""
        return ()

    def record(self, seq: int) -> Record | None:
        """Return an earlier record of the journal, or None if what stands there is none."""
        for (body,) in self._rows("points_journal", statements.BODY, self._village, seq):
            try:
                return Record.from_body(body.encode("utf-8", "surrogateescape"))
            except ValueError:
                return None
        return None

    def open_lots(self, account: str, unit: str) -> Iterable[rows.Lot]:  # noqa: ARG002 - as above
        """Return nothing: a replay derives every row itself."""
        return ()

    def settled_lots(self, account: str, unit: str) -> Iterable[rows.Lot]:  # noqa: ARG002 - as above
        """Return nothing: a replay derives every row itself."""
        return ()

    def entries_of(self, activity: str) -> Iterable[rows.EntryRow]:
        """Return the entries of an activity that were compared already, and let go."""
        for row in self._rows("points_entry", statements.ENTRIES_OF, self._village, *caps.names_of(activity)):
            if row[1] <= self.compared:
                yield rows.EntryRow(*row)

    def _rows(self, table: str, statement: str, *values: Any) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 - SQL's
        try:
            yield from self._driver.execute(statement, values)
        except sqlite3.Error as error:
            raise Unreadable(table) from error
