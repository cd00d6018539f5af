"""A book as a host has it that opens a transaction, acts once, and commits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from pointsledger.book import Book
from pointsledger.bound import BoundLedger
from pointsledger.ledger import Ledger
from pointsledger.posting import Posting
from pointsledger.runs import Runs
from pointsledger.sheets.sheet_acts import SheetActs
from pointsledger.storage.hosts import HostSession
from pointsledger.storage.transaction import Transaction
from pointsledger.values.calendar import Clock, SystemClock

Begin = Callable[[], AbstractContextManager[HostSession]]
"""Begins a host's transaction and commits it at the end of its block, as ``sessionmaker(engine).begin`` does."""


class HostedLedger(Book, SheetActs, Runs):
    """A book of which each act and each question is a transaction of a host's own, committed when it has succeeded.

    It has what a ``BoundLedger`` has. Threads may share one, since each call begins a transaction for itself.
    """

    def __init__(self, begin: Begin, *, village: str, by: str | None = None, clock: Clock | None = None) -> None:
        """Act in the transactions that ``begin`` gives; the rest is as in ``Ledger.bind``."""
        self._begin: Begin = begin
        self._village: str = village
        self._by: str | None = by
        self._clock: Clock = clock or SystemClock()

    @property
    def village(self) -> str:
        """The village's code."""
        return self._village

    def __repr__(self) -> str:
        """Say whose book it is."""
        return f"HostedLedger(village={self._village!r})"

    @contextmanager
    def _bound(self) -> Iterator[BoundLedger]:
        with self._begin() as session:
            yield Ledger.bind(session, village=self._village, by=self._by, clock=self._clock)

    def _provisional(self) -> bool:
        return False

    @contextmanager
    def _posting(self, *, keep: bool = True) -> Iterator[Posting]:
        with self._bound() as book, book._posting(keep=keep) as posting:  # noqa: SLF001 - the same face, bound for one act
            yield posting

    @contextmanager
    def _reading(self) -> Iterator[Transaction]:
        with self._bound() as book, book._reading() as transaction:  # noqa: SLF001 - as above
            yield transaction

    def _balance(self, code: str) -> tuple[Any, ...] | None:
        with self._bound() as book:
            return book._balance(code)  # noqa: SLF001 - as above
