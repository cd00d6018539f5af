"""What is due by date and has no record yet, for readings, which go by the date.

Lapses alone are added up by the database. Where a reservation is over, which is seldom, its end is decided here as the
next act would decide it, on a working set that nobody writes, and what follows from it is read there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pointsledger.decisions import reserving
from pointsledger.decisions.kinds import apply
from pointsledger.decisions.lapsing import DueLapse, DueLots, due_lapses
from pointsledger.decisions.state import State
from pointsledger.rules import chart
from pointsledger.rules.lots import floor_of
from pointsledger.storage.transaction import Transaction
from pointsledger.values.calendar import day_before, instant_text
from pointsledger.values.records import POINTS, Command, Record
from pointsledger.values.rows import Balance


class Unrecorded:
    """What is due on a day, of some accounts or all, as if it were recorded now."""

    def __init__(self, transaction: Transaction, day: str, accounts: Sequence[str] | None = None) -> None:
        """Look at the book of ``transaction`` as of a day, for some accounts or all."""
        self._transaction = transaction
        self._day = day
        self._asked = accounts
        over = transaction.state.overdue(day)
        self._over = [one for one in over if accounts is None or one.account in accounts]
        self._accounts = {reserved.account for reserved in self._over}
        self._state, self._ends = self._ended() if self._over else (transaction.state, [])

    def lapses(self) -> Iterator[DueLapse]:
        """Yield what leaves the accounts."""
        yield from self.lapses_of_lots()
        for record in self._ends:
            for entry in record.entries:
                if entry.unit == POINTS and entry.target in {chart.EXPIRED, chart.FORFEITED}:
                    last_day, own = day_before(record.on), (entry.source, entry.amount)
                    yield DueLapse(own[0], last_day, record.on, record.period, record.period, own[1], to=entry.target)

    def lapses_of_lots(self) -> Iterator[DueLapse]:
        """Yield what lapses by itself, and not with the end of a reservation, which ``balance`` knows."""
        state = self._transaction.state
        found = self._due_lots()
        yield from due_lapses(state, (lots for lots in found if lots.account not in self._accounts))
        yield from due_lapses(state, self._freed())

    def balance(self, account: str, balance: Balance) -> Balance:
        """Return what an account holds then, ``balance`` being what is recorded of it."""
        return self._state.balance(account, POINTS) if account in self._accounts else balance

    def released(self, account: str, unit: str) -> int:
        """Return how much of a unit is held by reservations of others that are over, on a shelf or an account."""
        if not self._over:
            return 0
        before, then = (state.balance(account, unit).held for state in (self._transaction.state, self._state))
        return before - then

    def _due_lots(self) -> list[DueLots]:
        if self._asked is None:
            return self._transaction.due_lots(self._day)
        return self._transaction.due_lots_among(self._day, self._asked)

    def _freed(self) -> Iterator[DueLots]:
        """Yield what lapses of the accounts whose reservations are over."""
        for account in sorted(self._accounts):
            for lot in self._state.lots_over(account, self._day):
                yield DueLots(account, str(lot.expires_on), lot.clears_with, lot.free, floor_of(lot))

    def _ended(self) -> tuple[State, list[Record]]:
        """Return a working set in which the reservations have ended, and the records of their ends."""
        state = self._transaction.state.fork()
        at = instant_text(state.calendar.instant(f"{self._day}T12:00"))
        records = []
        for reserved in self._over:
            record = reserving.decide_release(state, reserving.release_of(Command("", 1, "", "", at, {}), reserved))
            for row in apply(state, record):
                state.put(row)
            state.advance(record)
            records.append(record)
        return state, records
