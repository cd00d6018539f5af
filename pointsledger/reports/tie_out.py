"""Tying out: how the three books of a period are read, so that a line that does not foot shows it.

What lies between is added up from the totals of each month. The closing is found otherwise: from what is there now,
less what has come and gone since. If totals and balances had gone different ways, they would not meet.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pointsledger.decisions.state import State
from pointsledger.reports.books import (
    FUND_BOOK,
    GOODS_BOOK,
    POINTS_BOOK,
    WORTH_BOOK,
    BookLine,
    Books,
    Bridged,
    Movement,
    over_shops,
)
from pointsledger.reports.tally import AS_CLOSED
from pointsledger.reports.tallying import Asked, tally_of
from pointsledger.reports.unrecorded import Unrecorded
from pointsledger.rules import chart
from pointsledger.rules.bridge import COLUMNS
from pointsledger.storage import holdings, queries
from pointsledger.storage.transaction import Transaction
from pointsledger.values.calendar import month_after, months_in
from pointsledger.values.points import FEN_DECIMALS, unscaled

_LAST_MONTH = "9999-12"
_BEFORE, _WITHIN, _AFTER = range(3)


def tie_out(transaction: Transaction, period: str, now: str) -> Books:
    """Return the books of a period as of the instant ``now``.

    Raises:
        BeforeFirstPeriod: if all of it lies before the book.

    """
    page = _Page(transaction, period)
    points = page.points(now)
    settings = transaction.state.settings
    closed = page.last <= settings.closed_through
    return Books(transaction.village, period, closed, (points, *page.goods(), *page.funds()))


def item_names(state: State) -> dict[str, str]:
    """Return the names of all items that any price list ever had, the latest name winning."""
    return {code: item.name for prices in state.price_lists() for code, item in prices.items.items()}


class _Page:
    """One page of the books."""

    def __init__(self, transaction: Transaction, period: str) -> None:
        """Look at ``period`` in an open transaction."""
        self._transaction = transaction
        self._state = transaction.state
        self._book = (transaction.connection, transaction.village)
        self._period = period
        self.first, self.last = months_in(period)[0], months_in(period)[-1]

    def points(self, now: str) -> BookLine:
        """Return the line of the points of all households."""
        state = self._state
        total = tally_of(self._transaction, Asked(self._period, "village", AS_CLOSED, now)).total
        due = Unrecorded(self._transaction, state.calendar.day_of_instant(now)).lapses()
        balance, *_ = holdings.outstanding(*self._book)
        lapsed = sum(lapse.points for lapse in due if lapse.period <= self.last)
        since = queries.period_totals(*self._book, month_after(self.last), _LAST_MONTH, level="village")
        closing = unscaled(balance - lapsed - sum(int(row[5]) for row in since), state.settings.decimals)
        moved = tuple(Movement(name, getattr(total, name)) for name in COLUMNS if getattr(total, name))
        return BookLine(POINTS_BOOK, "", "", "", total.opening, moved, closing)  # type: ignore[arg-type]  # the village's total has one

    def goods(self) -> Iterator[BookLine]:
        """Yield pieces and worth of each good, shop by shop and then over all of them."""
        kept = {(row[0], row[1]): row for row in holdings.stock(*self._book, None)}
        pieces = {key: (Bridged(), int(row[2])) for key, row in kept.items()}
        self._total(pieces)
        costs = {key: (Bridged(), int(row[4])) for key, row in kept.items()}
        self._value(costs)
        names = item_names(self._state)
        for book, found, decimals in ((GOODS_BOOK, pieces, 0), (WORTH_BOOK, costs, FEN_DECIMALS)):
            shown = {
                (chart.item_of(unit), chart.shop_of(account)): own
                for (account, unit), own in found.items()
                if not own[0].empty
            }
            for (item, shop), (bridged, closing) in sorted(shown.items(), key=lambda one: one[0]):
                yield bridged.line((book, item, names.get(item, item), shop), closing, decimals)
            for item, whole in over_shops({key: bridged for key, (bridged, _) in shown.items()}):
                closing = sum(own[1] for key, own in shown.items() if key[0] == item)
                yield whole.line((book, item, names.get(item, item), ""), closing, decimals)

    def funds(self) -> Iterator[BookLine]:
        """Yield the line of each fund."""
        held = holdings.funds(*self._book)
        found = {(account, chart.FEN): (Bridged(), balance) for account, balance in held.items()}
        self._total(found)
        names = {fund.code: fund.name for book in self._state.rulebooks() for fund in book.funds}
        for (account, _), (bridged, closing) in sorted(found.items(), key=lambda one: one[0]):
            code = chart.fund_of(account)
            if not bridged.empty:
                yield bridged.line((FUND_BOOK, code, names.get(code, code), ""), closing, FEN_DECIMALS)

    def _total(self, found: dict[tuple[str, str], tuple[Bridged, int]]) -> None:
        """Add the months' totals to lines, and take from what is there now what came and went since."""
        accounts = sorted({account for account, _ in found})
        for account, unit, when, heading, amount in holdings.totals(*self._book, accounts, self.first, self.last):
            self._add(found, (account, unit), int(when), heading, int(amount))

    def _value(self, found: dict[tuple[str, str], tuple[Bridged, int]]) -> None:
        """Do the same with what the goods cost; the opening is what is left of the closing."""
        since = self._state.calendar.bounds(self.first)[0]
        accounts = sorted({account for account, _ in found})
        for account, unit, other, later, fen in holdings.worth(*self._book, accounts, since, (self.first, self.last)):
            heading, _ = chart.heading_and_category(other)
            self._add(found, (account, unit), _AFTER if later else _WITHIN, heading, int(fen))
        for bridged, closing in found.values():
            bridged.opening = closing - sum(bridged.within.values())

    @staticmethod
    def _add(found: dict[Any, tuple[Bridged, int]], key: tuple[str, str], when: int, heading: str, amount: int) -> None:
        bridged, closing = found[key]
        if when == _AFTER:
            found[key] = bridged, closing - amount
        else:
            bridged.add(heading, amount, before=when == _BEFORE)
