"""The spill: rows that a replay has done with, put aside on the disk, so that more years take no more memory.

A replay that held every lot and every exchange ever would need a gigabyte for a million records. Those that are used up
are seldom asked for again, by a refund or a reversal: they go to a temporary database of SQLite's own, which lives in
memory while it is small and in a file without a name when it is not.
"""

from __future__ import annotations

import marshal
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

from pointsledger.decisions.editions import AnyRow
from pointsledger.values import rows


class Spill:
    """Rows of any kind, by their key without the village."""

    def __init__(self) -> None:
        """Have put nothing aside."""
        self._database: sqlite3.Connection | None = None
        self._kinds: set[type] = set()

    def put(self, kind: type[AnyRow], found: Iterable[AnyRow]) -> None:
        """Put rows aside, in the place of those with the same key."""
        if self._database is None:
            self._database = sqlite3.connect("", isolation_level=None)  # no name: SQLite removes it by itself
            self._database.execute("PRAGMA journal_mode = OFF")
            self._database.execute("PRAGMA cache_size = -16384")
        if kind not in self._kinds:
            self._kinds.add(kind)
            keys = ", ".join(_keys(kind))
            self._database.execute(f"CREATE TABLE {kind.__name__} ({keys}, held, PRIMARY KEY ({keys})) WITHOUT ROWID")
        marks = ", ".join("?" * (len(_keys(kind)) + 1))
        values = ((*row[1 : rows.KEY_COLUMNS[kind]], marshal.dumps(tuple(row))) for row in found)
        self._database.execute("BEGIN")
        self._database.executemany(f"INSERT OR REPLACE INTO {kind.__name__} VALUES ({marks})", values)  # noqa: S608 - a class of ours
        self._database.execute("COMMIT")

    def get(self, kind: type[AnyRow], key: tuple[Any, ...]) -> AnyRow | None:
        """Return the row of that key, if it was put aside."""
        if self._database is None or kind not in self._kinds:
            return None
        where = " AND ".join(f"{name} = ?" for name in _keys(kind))
        found = self._database.execute(f"SELECT held FROM {kind.__name__} WHERE {where}", key).fetchone()  # noqa: S608 - as above
        return None if found is None else kind(*marshal.loads(found[0]))  # noqa: S302 - what we put there

    def every(self, kind: type[AnyRow]) -> Iterator[AnyRow]:
        """Return every row of a kind that was put aside."""
        if self._database is not None and kind in self._kinds:
            for (held,) in self._database.execute(f"SELECT held FROM {kind.__name__}"):  # noqa: S608 - as above
                yield kind(*marshal.loads(held))  # noqa: S302 - as above

    def close(self) -> None:
        """Let go of it all."""
        if self._database is not None:
            self._database.close()
        self._database = None
        self._kinds.clear()


def _keys(kind: type) -> list[str]:
    return [f"key_{place}" for place in range(1, rows.KEY_COLUMNS[kind])]
