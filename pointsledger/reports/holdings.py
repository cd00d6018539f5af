"""Holdings: what a book is asked about goods and money, and whether points, goods and money tie out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from contextlib import AbstractContextManager
from decimal import Decimal

from pointsledger.decisions.funding import spent_in
from pointsledger.decisions.shops import shop_ever
from pointsledger.decisions.state import State
from pointsledger.errors import RuleSilent
from pointsledger.reports.books import Books
from pointsledger.reports.money import FundLine, FundsHeld, LiabilityShown
from pointsledger.reports.periods import months_asked
from pointsledger.reports.register import parse_text
from pointsledger.reports.stock import Stock, StockLine
from pointsledger.reports.tie_out import item_names, tie_out
from pointsledger.reports.unrecorded import Unrecorded
from pointsledger.rules import chart
from pointsledger.rules.funds import Fund
from pointsledger.rules.liability import COST_DECIMALS, WHOLE_PERCENT
from pointsledger.storage import holdings
from pointsledger.storage.transaction import Transaction
from pointsledger.values.calendar import Clock, instant_text, months_in
from pointsledger.values.points import FEN_DECIMALS, number_text, unscaled


class Holdings(ABC):
    """What can be asked about goods and money."""

    _clock: Clock

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Transaction]:
        """Open a transaction that sees one moment of the book."""

    def stock(self, shop: str | None = None) -> Stock:
        """Return what lies on the shelf of a shop, or of all, item by item; it adds up over the shops as well.

        The shop is given by code or name, and may have left the price list. What a reservation holds that is over is
        free, whether its end was recorded or not.

        Raises:
            UnknownShop: if no price list ever had such a shop.

        """
        with self._reading() as transaction:
            state = transaction.state
            today = _today(self._clock, state)
            due, names = Unrecorded(transaction, today), item_names(state)
            shelf = None if shop is None else chart.shelf(shop_ever(state, parse_text(shop, "shop"), today).code)
            lines = []
            for account, unit, pieces, held, cost, soonest in holdings.stock(
                transaction.connection, transaction.village, shelf
            ):
                item = chart.item_of(unit)
                left = int(held) - due.released(account, unit)
                own = (item, names.get(item, item), int(pieces), int(cost))
                lines.append(StockLine(*own, chart.shop_of(account), left, soonest))
            return Stock(tuple(lines))

    def funds(self, period: str | None = None) -> FundsHeld:
        """Return what each fund had, was given, spent and has left, in a period or ever, and what of a budget is used.

        The funds are those that the rule book of today declares, and any other that ever held money.

        Raises:
            InvalidPeriod: if the period is none.
            BeforeFirstPeriod, FutureDate: if all of it lies before the book, or it has not begun.

        """
        with self._reading() as transaction:
            state = transaction.state
            today = _today(self._clock, state)
            months = None if period is None else months_asked(state, period, today)
            first, last = ("", "9999-12") if months is None else (months[0], months[-1])
            current = state.calendar.month_of(today) if months is None else last
            held = holdings.funds(transaction.connection, transaction.village)
            found = holdings.totals(transaction.connection, transaction.village, list(held), first, last)
            lines = []
            for fund in _funds(state, today, held):
                own = [row for row in found if row[0] == chart.fund(fund.code)]
                opening = sum(int(row[4]) for row in own if row[2] == 0)
                came = sum(int(row[4]) for row in own if row[2] == 1 and row[3] in _INCOMES)
                went = sum(int(row[4]) for row in own if row[2] == 1 and row[3] not in _INCOMES)
                lines.append(_fund_line(state, fund, (opening, came, went), current))
            return FundsHeld(period, tuple(lines))

    def liability(self) -> LiabilityShown:
        """Return what the points outstanding today would cost, against funds and shelves.

        Raises:
            RuleSilent: if the rule book of today does not say what a point costs.

        """
        with self._reading() as transaction:
            state = transaction.state
            today, book = _today(self._clock, state), (transaction.connection, transaction.village)
            _, rules = state.rulebook(today)
            if rules.liability is None:
                raise RuleSilent(
                    document="rule book",
                    document_zh="积分细则",
                    on=today,
                    gap="what a point costs ([liability])",
                    gap_zh="一分值多少元（[liability]）",
                )
            balance, arrears, floor = holdings.outstanding(*book)
            due = Unrecorded(transaction, today)
            lapses = list(due.lapses())
            floor -= sum(lapse.floor for lapse in lapses)
            points = balance + arrears - floor - sum(lapse.points for lapse in lapses)
            places = state.settings.decimals
            cost = rules.liability.fen(points, places)
            money = sum(holdings.funds(*book).values())
            goods = sum(int(row[4]) for row in holdings.stock(*book, None))
            there = money + goods
            return LiabilityShown(
                on=today,
                outstanding=unscaled(points, places),
                floor=unscaled(floor, places),
                arrears=unscaled(arrears, places),
                yuan_per_point=Decimal(number_text(rules.liability.cost, COST_DECIMALS)),
                cost=unscaled(cost, FEN_DECIMALS),
                funds=unscaled(money, FEN_DECIMALS),
                goods=unscaled(goods, FEN_DECIMALS),
                percent=-(-cost * WHOLE_PERCENT // there) if there else None,
                warn_above_percent=rules.liability.warn_above_percent,
                exceeded=rules.liability.exceeds(cost, there),
            )

    def books(self, period: str) -> Books:
        """Return the three books of a period on one page: points, each good and each fund, from opening to closing.

        Raises:
            InvalidPeriod: if there is no such period.
            BeforeFirstPeriod: if all of it lies before the book.

        """
        months_in(period)  # what is no period is refused before anything is read
        with self._reading() as transaction:
            return tie_out(transaction, period, instant_text(self._clock.now()))


_INCOMES = frozenset({"granted", "donated"})


def _today(clock: Clock, state: State) -> str:
    return state.calendar.day_of_instant(instant_text(clock.now()))


def _funds(state: State, today: str, held: Iterable[str]) -> list[Fund]:
    """Return the funds that the rule book of a day declares, and any other that ever held money, as it once stood."""
    try:
        declared = list(state.rulebook(today)[1].funds)
    except RuleSilent:
        declared = []
    known = {fund.code: fund for book in state.rulebooks() for fund in book.funds}
    codes = {fund.code for fund in declared}
    others = sorted(code for code in map(chart.fund_of, held) if code not in codes)
    return [*declared, *(known.get(code) or Fund(code, code, "", ()) for code in others)]


def _fund_line(state: State, fund: Fund, figures: tuple[int, int, int], month: str) -> FundLine:
    opening, came, went, left = (unscaled(figure, FEN_DECIMALS) for figure in (*figures, sum(figures)))
    line = FundLine(fund.code, fund.name, fund.purpose, fund.uses, opening, came, went, left)
    if fund.budget_fen is None or fund.per is None:
        return line
    return FundLine(
        *(fund.code, fund.name, fund.purpose, fund.uses, opening, came, went, left),
        budget=unscaled(fund.budget_fen, FEN_DECIMALS),
        used=unscaled(spent_in(state, fund, month), FEN_DECIMALS),
        span=state.calendar.window(state.calendar.bounds(month)[0], fund.per),
    )
