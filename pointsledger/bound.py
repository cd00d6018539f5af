"""A bound ledger: a village's book on a host's own transaction, which only the host ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pointsledger.base_runs import BaseRuns
from pointsledger.book import Book
from pointsledger.posting import Posting
from pointsledger.runs import Runs
from pointsledger.sheets.sheet_acts import SheetActs
from pointsledger.storage.hosts import Host
from pointsledger.storage.roll import Roll
from pointsledger.storage.stumbles import Stumbles
from pointsledger.storage.transaction import Transaction
from pointsledger.values.calendar import Clock


class BoundLedger(Book, SheetActs, Runs, BaseRuns):
    """The book of one village on the connection of a host; see ``Ledger.bind``.

    Each act, a whole sheet too, looks at the connection, takes the village's lock and happens wholly or not at all.
    Nothing is kept between two calls, so that the host may roll back to a savepoint of its own as it likes.
    """

    def __init__(self, host: Host, village: str, by: str | None, clock: Clock) -> None:
        """Join ``host``; use ``Ledger.bind``."""
        self._host: Host = host
        self._village: str = village
        self._by: str | None = by
        self._clock: Clock = clock

    @property
    def village(self) -> str:
        """The village's code."""
        return self._village

    def __repr__(self) -> str:
        """Say whose book it is and where."""
        return f"BoundLedger({self._host.place!r}, village={self._village!r})"

    def _provisional(self) -> bool:
        return self._host.connection().get_transaction() in self._host.posted

    @contextmanager
    def _posting(self, *, keep: bool = True) -> Iterator[Posting]:
        with (
            self._host.writing(keep=keep) as connection,
            self._transaction(connection, writes=True) as transaction,
        ):
            posting = Posting(transaction, self._clock)
            posting.default_by = self._by
            posting.provisional = True
            yield posting
            transaction.flush()
        if keep:
            self._host.note()

    @contextmanager
    def _reading(self) -> Iterator[Transaction]:
        with self._host.reading() as connection, self._transaction(connection) as transaction:
            yield transaction

    def _balance(self, code: str) -> tuple[Any, ...] | None:
        with self._reading() as transaction:
            return transaction.balance(code, self._today(transaction.state))

    @contextmanager
    def _transaction(self, connection: Any, *, writes: bool = False) -> Iterator[Transaction]:  # noqa: ANN401 - SQLAlchemy's
        with Stumbles(self._host.place):
            transaction = Transaction(connection, self._village, self._host.dialect, writes=writes)
            try:
                if not transaction.state.size:
                    raise Roll(connection, self._host.dialect, self._host.place).unknown(self._village)
                yield transaction
            finally:
                transaction.end()
