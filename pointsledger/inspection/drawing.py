"""Drawing (抽签): among whom a draw of call-backs is, and whom it comes upon, worked out from the journal alone.

Among whom: the households that were enrolled within the head's records, or those of them whose points moved in a
period. Both grow with the journal and never shrink, so that for each household the record in which it came in is
enough: a draw from 200 records is among those that came in by record 200, however long the book is by now.
"""

from __future__ import annotations

from collections.abc import Mapping

from pointsledger.decisions.enrolling import BRING_IN, HOUSEHOLD, brought_in
from pointsledger.rules import chart, draw
from pointsledger.rules.draw import Draw
from pointsledger.storage.transaction import Transaction
from pointsledger.values.calendar import months_in
from pointsledger.values.rows import Close


class Drawing:
    """The draws of one book; what was worked out for one is kept for the next."""

    def __init__(self, transaction: Transaction) -> None:
        """Draw from the book of ``transaction``."""
        self._transaction = transaction
        self._came_in: dict[str, Mapping[str, int]] = {}
        self._drawn: dict[Draw, frozenset[str]] = {}

    def among(self, period: str, size: int) -> set[str]:
        """Return the accounts that a draw from ``size`` records is among: all (no period), or those that moved."""
        if period not in self._came_in:
            self._came_in[period] = self._moved(period) if period else self._enrolled()
        return {account for account, seq in self._came_in[period].items() if seq <= size}

    def drawn(self, named: Draw) -> frozenset[str]:
        """Return the accounts that a draw comes upon."""
        if named not in self._drawn:
            root, among = self._transaction.root_at(named.size), self.among(named.period, named.size)
            self._drawn[named] = frozenset(draw.drawn(root, named.number, among, named.count))
        return self._drawn[named]

    def _enrolled(self) -> Mapping[str, int]:
        return {
            account: record.seq
            for record in self._transaction.records(kinds=BRING_IN)
            for role, account in brought_in(record)
            if role == HOUSEHOLD
        }

    def _moved(self, period: str) -> Mapping[str, int]:
        """Return the accounts whose points moved in a period, each with the first record in which they did."""
        transaction, months = self._transaction, months_in(period)
        state = transaction.state
        # What is brought forward counts in the first month, though it be recorded before that has begun.
        after = (
            0
            if state.settings.first_period in months
            else transaction.first_recorded_on(state.calendar.bounds(period)[0]) - 1
        )
        close = state.get(Close, (months[-1],))
        found: dict[str, int] = {}
        for record in transaction.records(after=after, until=close.seq if close else None):
            if record.period in months:
                sides = (side for entry in record.entries for side in (entry.source, entry.target))
                for account in filter(chart.holds_points, sides):
                    found.setdefault(account, record.seq)
        return found
