"""The roll: which villages have a book in a database, where there may be thousands of them.

One village is asked for by its own key. The others are looked at only to list them, page by page, or to name a few in
an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from pointsledger.errors import UnknownVillage, VillageRequired
from pointsledger.storage import schema
from pointsledger.storage.dialect import Dialect
from pointsledger.storage.stumbles import Stumbles
from pointsledger.storage.tables import Journal, Village
from pointsledger.storage.transaction import Transaction

VILLAGES_AT_ONCE = 1_000

NAMED = 20
"""How many villages an error names."""


class Roll:
    """The villages that have a book in the database of a connection."""

    def __init__(self, connection: Connection, dialect: Dialect, place: str) -> None:
        """Look at what ``connection`` sees; ``place`` is what people call it."""
        self.connection: Connection = connection
        self.dialect: Dialect = dialect
        self.place: str = place

    def table(self) -> str:
        """Return the table that says which villages there are: the journal, or where it is gone what is said of them.

        A village has a book when it has records, whatever else has rows.
        """
        table = Journal if schema.holds_journal(self.connection) else Village
        return str(table.__tablename__)

    def villages(self, *, after: str | None = None, limit: int | None = None) -> list[str]:
        """Return their codes in order, or a page of them: those behind ``after``, at most ``limit``."""
        return schema.villages(self.connection, self.dialect, self.table(), after=after, limit=limit)

    def chosen(self, asked: str | None) -> str:
        """Return the village asked for, or the only one there is.

        Raises:
            UnknownVillage: if it has no book here.
            VillageRequired: if there are several and none was asked for.

        """
        if asked is not None:
            self.check(asked)
            return asked
        known = self.villages(limit=NAMED + 1)
        if not known:
            raise self.unknown(village="")
        if len(known) > 1:
            raise VillageRequired(place=self.place, known=_named(known))
        return known[0]

    def check(self, village: str) -> None:
        """See that a village has a book.

        Raises:
            UnknownVillage: if it has none.

        """
        if not schema.has_village(self.connection, self.dialect, self.table(), village):
            raise self.unknown(village)

    def unknown(self, village: str) -> UnknownVillage:
        """Return the error that a village has no book here, which names those that have."""
        known = self.villages(limit=NAMED + 1)
        return UnknownVillage(place=self.place, village=village, known=_named(known) or "none")


class Rounds:
    """One connection on which one village after another is read, each in a short transaction that sees one moment."""

    def __init__(self, roll: Roll) -> None:
        """Read on the connection of ``roll``, which is in no transaction."""
        self._roll = roll

    @contextmanager
    def reading(self, village: str) -> Iterator[Transaction]:
        """Open a transaction on the book of ``village``.

        Raises:
            UnknownVillage: if it has none here.

        """
        roll = self._roll
        with roll.dialect.translated(roll.place), Stumbles(roll.place), roll.connection.begin():
            transaction = Transaction(roll.connection, village, roll.dialect)
            try:
                if not transaction.state.size:
                    roll.check(village)
                yield transaction
            finally:
                transaction.end()

    def villages(self, after: str | None) -> Iterator[str]:
        """Yield the codes of the villages behind ``after``, or of all, in their order; they are read page by page."""
        while True:
            with self._roll.dialect.translated(self._roll.place), self._roll.connection.begin():
                page = self._roll.villages(after=after, limit=VILLAGES_AT_ONCE)
            yield from page
            if len(page) < VILLAGES_AT_ONCE:
                return
            after = page[-1]


def _named(known: list[str]) -> str:
    """Return the first of some codes as an error names them."""
    return ", ".join(known[:NAMED]) + (", …" if len(known) > NAMED else "")
