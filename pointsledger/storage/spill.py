"""The spill: rows that a replay has done with, put aside on the disk, so that more years take no more memory.

A replay that held every lot, every exchange and every month's sums would need a gigabyte for a million records. Few of
them are asked for again, by what is spent, a refund or a reversal: they go to a temporary database of SQLite's own,
which lives in memory while it is small and in a file without a name when it is not. Like the ledger's own database it
finds rows by their key or the first part of it, and open lots in the order in which they are consumed.

What somebody forged may be anything, a list where a number belongs. ``takes`` tells what can be put aside.
"""

from __future__ import annotations

import marshal
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pointsledger.decisions.editions import AnyRow
from pointsledger.decisions.lot_index import LotOrder
from pointsledger.rules.lots import NEVER, order_of
from pointsledger.values import rows
from pointsledger.values.records import POINTS

_PLACE = 4
"""Parts of a lot's place in the order of consumption."""
_WHOLE = 1 << 63
"""Whole numbers below it fit a column."""


def _of_lot(lot: rows.Lot) -> tuple[Any, ...]:
    last_day, earned_on, _, _ = order_of(lot)
    return lot.account, lot.unit, last_day, earned_on, lot.remaining, lot.settled


_FOUND_BY: dict[type, Callable[[Any], tuple[Any, ...]]] = {rows.Lot: _of_lot}
"""What rows of a kind are found by beside their key."""
_COLUMNS: dict[type, dict[str, type]] = {
    rows.Lot: {"account": str, "unit": str, "last_day": str, "earned_on": str, "remaining": int, "settled": int}
}
_INDEXES: dict[type, tuple[str, ...]] = {
    rows.Lot: (
        "CREATE INDEX open_lots ON Lot (account, unit, last_day, earned_on, key_1, key_2) WHERE remaining > 0",
        "CREATE INDEX settled_lots ON Lot (account, unit) WHERE settled > 0",
        "CREATE INDEX ending_lots ON Lot (last_day) WHERE remaining > 0 AND unit = 'points'",
    )
}


class Spill:
    """Rows of any kind, by their key without the village."""

    def __init__(self) -> None:
        """Have put nothing aside."""
        self._database: sqlite3.Connection | None = None
        self._kinds: set[type] = set()

    @staticmethod
    def takes(row: AnyRow) -> bool:
        """Tell whether what a row is found by is of such values as its columns hold."""
        kind = type(row)
        found_by = _FOUND_BY[kind](row) if kind in _FOUND_BY else ()
        plain = all(_is_plain(value) for value in (*row[1 : rows.KEY_COLUMNS[kind]], *found_by))
        return plain and all(map(isinstance, found_by, _COLUMNS.get(kind, {}).values()))

    def put(self, kind: type[AnyRow], found: Iterable[AnyRow]) -> None:
        """Put rows aside, in the place of those with the same key."""
        if self._database is None:
            self._database = sqlite3.connect("", isolation_level=None)  # no name: SQLite removes it by itself
            self._database.execute("PRAGMA journal_mode = OFF")
            self._database.execute("PRAGMA cache_size = -16384")
        if kind not in self._kinds:
            self._make(self._database, kind)
        of = _FOUND_BY.get(kind, lambda _: ())
        marks = ", ".join("?" * (len(_keys(kind)) + len(_COLUMNS.get(kind, {})) + 1))
        values = ((*row[1 : rows.KEY_COLUMNS[kind]], *of(row), marshal.dumps(tuple(row))) for row in found)
        self._database.execute("BEGIN")
        self._database.executemany(f"INSERT OR REPLACE INTO {kind.__name__} VALUES ({marks})", values)  # noqa: S608 - a class of ours
        self._database.execute("COMMIT")

    def _make(self, database: sqlite3.Connection, kind: type) -> None:
        self._kinds.add(kind)
        keys = ", ".join(_keys(kind))
        columns = ", ".join((*_keys(kind), *_COLUMNS.get(kind, {}), "held", f"PRIMARY KEY ({keys})"))
        database.execute(f"CREATE TABLE {kind.__name__} ({columns}) WITHOUT ROWID")
        for index in _INDEXES.get(kind, ()):
            database.execute(index)

    def get(self, kind: type[AnyRow], key: tuple[Any, ...]) -> AnyRow | None:
        """Return the row of that key, if it was put aside."""
        return next(self._found(kind, " AND ".join(f"{name} = ?" for name in _keys(kind)), *key), None)

    def family(self, kind: type[AnyRow], key: Any) -> Iterator[AnyRow]:  # noqa: ANN401 - a family's key
        """Yield the rows whose keys begin so."""
        return self._found(kind, "key_1 = ?", key)

    def every(self, kind: type[AnyRow]) -> Iterator[AnyRow]:
        """Yield every row of a kind that was put aside."""
        return self._found(kind, "TRUE")

    def open_lots(self, account: str, unit: str, after: LotOrder, day: str, limit: int) -> Iterator[rows.Lot]:
        """Yield the first lots of an account behind a place in their order, whose last day lies before ``day``."""
        place = (*after, "", 0, 0)[:_PLACE]
        where = "account = ? AND unit = ? AND remaining > 0 AND (last_day, earned_on, key_1, key_2) > (?, ?, ?, ?)"
        ordered = "last_day < ? ORDER BY last_day, earned_on, key_1, key_2 LIMIT ?"
        return self._found(rows.Lot, f"{where} AND {ordered}", account, unit, *place, day, limit)

    def settled_lots(self, account: str, unit: str) -> Iterator[rows.Lot]:
        """Yield the lots of an account that paid something into arrears."""
        return self._found(rows.Lot, "account = ? AND unit = ? AND settled > 0", account, unit)

    def lots_ending(self, until: str) -> Iterator[rows.Lot]:
        """Yield the lots of points that something is left of and whose last day is ``until`` or before."""
        where = f"remaining > 0 AND unit = '{POINTS}' AND last_day <= ? AND last_day <> '{NEVER}'"
        return self._found(rows.Lot, where, until)

    def _found(self, kind: type[AnyRow], where: str, *values: Any) -> Iterator[AnyRow]:  # noqa: ANN401 - SQL's
        if self._database is not None and kind in self._kinds and all(_is_plain(value) for value in values):
            for (held,) in self._database.execute(f"SELECT held FROM {kind.__name__} WHERE {where}", values):  # noqa: S608 - as above
                yield kind(*marshal.loads(held))  # noqa: S302 - what we put there

    def close(self) -> None:
        """Let go of it all."""
        if self._database is not None:
            self._database.close()
        self._database = None
        self._kinds.clear()


def _keys(kind: type) -> list[str]:
    return [f"key_{place}" for place in range(1, rows.KEY_COLUMNS[kind])]


def _is_plain(value: object) -> bool:
    if type(value) is str:
        return value.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in value)
    return type(value) is int and -_WHOLE <= value < _WHOLE
