"""The reader: what a database really holds, for the audit, which must not stumble over what somebody did to it.

Text that is no UTF-8 any more comes as it is, with its bad bytes escaped, and a table that cannot be read is
one exception with its name, never the driver's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection

from pointsledger.decisions.editions import AnyRow
from pointsledger.decisions.lot_index import LotOrder
from pointsledger.rules import caps
from pointsledger.storage import schema
from pointsledger.storage.dialect import Dialect
from pointsledger.storage.registry import METADATA
from pointsledger.storage.spill import Spill
from pointsledger.storage.statements import JournalRow
from pointsledger.storage.tables import Journal, SchemaVersion, table_name
from pointsledger.values import rows
from pointsledger.values.records import Record
from pointsledger.values.words import Words

JOURNAL = str(Journal.__tablename__)
_NO_DAY = "~"
"""Comes after every day, and after what stands for none."""


class Unreadable(Exception):  # noqa: N818 - named for the state it reports; it never leaves the audit
    """A table, or the whole file, that the database cannot read."""


class Reader:
    """One village's rows, as they stand; also the source of records for the journal's own replay."""

    def __init__(self, connection: Connection, village: str, dialect: Dialect) -> None:
        """Read in the transaction of ``connection``."""
        self._connection = connection
        self._village = village
        self._dialect = dialect
        self._sql = dialect.sql
        self.spill: Spill = Spill()
        """What a replay has put aside."""
        self.compared: int = 0
        """How many records' entries were compared: only those are what the records say."""

    def escaping(self) -> AbstractContextManager[None]:
        """Within the block, text that is no UTF-8 comes with its bad bytes escaped."""
        return self._dialect.escaping(self._connection)

    def damage(self) -> list[str]:
        """Return what the database itself finds wrong with its files."""
        return self._dialect.damage(self._connection)

    def schema_differences(self) -> list[tuple[str, Words]]:
        """Return each table, index or trigger that is not as it belongs."""
        return schema.differences(self._connection, self._dialect)

    def strangers(self) -> list[tuple[str, str]]:
        """Return each table that has rows of a village without a journal, with that village."""
        known = set(schema.villages(self._connection, self._dialect, JOURNAL))
        others = (name for name in METADATA.tables if name not in {JOURNAL, str(SchemaVersion.__tablename__)})
        found = ((name, one) for name in others for one in schema.villages(self._connection, self._dialect, name))
        return [(name, one) for name, one in found if one not in known]

    def journal(self) -> Iterator[JournalRow]:
        """Return the journal in order."""
        for row in self._rows("points_journal", self._sql.journal_bytes, self._village):
            yield JournalRow(*row)

    def journal_raw(self) -> Iterator[tuple[Any, ...]]:
        """Return the journal in order: the columns of ``JournalRow``, each text as the bytes that stand there."""
        return self._rows("points_journal", self._sql.journal_raw, self._village)

    def has_any(self, *kinds: type[Any]) -> bool:
        """Tell whether there is a row of one of these kinds; one that cannot be read is there."""
        try:
            return any(True for kind in kinds for _ in self.every(kind))
        except Unreadable:
            return True

    def every(self, kind: type[AnyRow]) -> Iterator[AnyRow]:
        """Return every row of a projection, in the order of its key."""
        for row in self._rows(table_name(kind), self._sql.every[kind], self._village):
            yield kind(*row)

    def between(self, kind: type[AnyRow], after: int, until: int) -> Iterator[AnyRow]:
        """Return the rows of records ``after`` < seq <= ``until``."""
        for row in self._rows(table_name(kind), self._sql.between[kind], self._village, after, until):
            yield kind(*row)

    def outside(self, kind: type[AnyRow], size: int) -> Iterator[AnyRow]:
        """Return the rows of records that a book of ``size`` does not have."""
        for row in self._rows(table_name(kind), self._sql.outside[kind], self._village, size):
            yield kind(*row)

    # --- the source of the replay ----------------------------------------------------------------------

    # A replay derives every row itself, and starts empty: what it finds here is what it put aside.

    def fetch(self, kind: type[AnyRow], key: tuple[Any, ...]) -> AnyRow | None:
        """Return the row of ``kind`` with that key."""
        return self.spill.get(kind, key)

    def fetch_all(self, kind: type[AnyRow], keys: Sequence[tuple[Any, ...]]) -> Iterable[AnyRow]:
        """Return the rows of ``kind`` that there are with some keys."""
        found = (self.spill.get(kind, key) for key in keys)
        return [row for row in found if row is not None]

    def family(self, kind: type[AnyRow], key: Any) -> Iterable[AnyRow]:  # noqa: ANN401 - a family's key
        """Return the rows of a family."""
        return list(self.spill.family(kind, key))

    def record(self, seq: int) -> Record | None:
        """Return an earlier record of the journal, or None if what stands there is none."""
        for (body,) in self._rows("points_journal", self._sql.body, self._village, seq):
            try:
                return Record.from_body(body.encode("utf-8", "surrogateescape"))
            except ValueError:
                return None
        return None

    def open_lots(self, account: str, unit: str, after: LotOrder, limit: int) -> list[rows.Lot]:
        """Return the first lots of an account that something is left of, behind a place in their order."""
        return list(self.spill.open_lots(account, unit, after, _NO_DAY, limit))

    def ending_lots(self, account: str, unit: str, after: LotOrder, day: str, limit: int) -> list[rows.Lot]:
        """Return the same of those alone whose last day lies before ``day``."""
        return list(self.spill.open_lots(account, unit, after, day, limit))

    def settled_lots(self, account: str, unit: str) -> Iterable[rows.Lot]:
        """Return the lots of an account that paid something into arrears."""
        return list(self.spill.settled_lots(account, unit))

    def lots_ending(self, until: str) -> Iterable[rows.Lot]:
        """Return the lots of points that something is left of and whose last day is ``until`` or before."""
        return list(self.spill.lots_ending(until))

    def reserved(self) -> Iterable[rows.Redemption]:
        """Return nothing: a reservation that stands is never put aside."""
        return ()

    def entries_of(self, activity: str) -> Iterable[rows.EntryRow]:
        """Return the entries of an activity that were compared already, and let go."""
        for row in self._rows("points_entry", self._sql.entries_of, self._village, *caps.names_of(activity)):
            if row[1] <= self.compared:
                yield rows.EntryRow(*row)

    def entries_on(self, account: str) -> Iterable[rows.EntryRow]:
        """Return the entries that an account is a side of, of those that were compared already, and let go."""
        for row in self._rows("points_entry", self._sql.entries_on, *(self._village, account) * 2):
            if row[1] <= self.compared:
                yield rows.EntryRow(*row)

    def _rows(self, table: str, statement: str, *values: Any) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 - SQL's
        try:
            yield from self._dialect.stream(self._connection, statement, values)
        except self._dialect.faults as error:
            raise Unreadable(table) from error
