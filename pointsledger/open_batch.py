"""An open batch: many acts on a book in one transaction, all of them or none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pointsledger.book import Book
from pointsledger.errors import BatchEnded, ClockBehind, InputError, RefusedError
from pointsledger.posting import Posting
from pointsledger.storage.store import Store
from pointsledger.storage.stumbles import Stumbles
from pointsledger.storage.transaction import Transaction
from pointsledger.values.calendar import Clock


class OpenBatch(Book):
    """An open transaction on a book; see ``Ledger.batch``. What it returns is provisional until the block ends."""

    def __init__(self, posting: Posting, village: str, by: str | None, store: Store, clock: Clock) -> None:
        """Post into ``posting``; ``by`` records each act that names nobody else."""
        self._open: Posting = posting
        self._village: str = village
        self._store: Store = store
        self._clock: Clock = clock
        posting.default_by = by
        posting.provisional = True

    @property
    def village(self) -> str:
        """The village's code."""
        return self._village

    def _provisional(self) -> bool:
        return self._open.transaction.posted

    @contextmanager
    def _working(self) -> Iterator[Transaction]:
        """Give the transaction for one act or question; where anything but a refusal ends it, nothing more can be done.

        Nobody knows then what is left of the transaction, and a COMMIT of it would say that all is well: PostgreSQL
        takes everything back instead, and SQLite may have done so before.
        """
        transaction = self._open.transaction
        if transaction.ended:
            raise BatchEnded
        transaction.check()
        try:
            with self._store.translated(), Stumbles(self._store.place):
                yield transaction
        except (RefusedError, InputError, ClockBehind):  # which come before anything is changed
            raise
        except BaseException as error:  # a time limit of the host's, too, may strike between record and balance
            transaction.failure = error
            raise

    @contextmanager
    def _posting(self) -> Iterator[Posting]:
        with self._working():
            yield self._open

    def _balance(self, code: str) -> tuple[Any, ...] | None:
        with self._reading() as transaction:
            return transaction.balance(code, self._today(transaction.state))

    @contextmanager
    def _reading(self) -> Iterator[Transaction]:
        with self._working() as transaction:
            transaction.flush()
            yield transaction
