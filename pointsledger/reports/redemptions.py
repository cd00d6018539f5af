"""Redemptions: what was exchanged or reserved, what became of it, who collected it, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pointsledger.decisions.enrolling import OPERATOR
from pointsledger.decisions.reserving import FORFEITED, end_of
from pointsledger.decisions.shops import shop_ever
from pointsledger.decisions.state import State
from pointsledger.errors import InvalidNumber, InvalidSetting, UnknownItem, UnknownOperator
from pointsledger.questions import PAGE, Questions, household_of
from pointsledger.reports.periods import months_asked
from pointsledger.reports.readings import ItemTotal, RedeemedItem, RedemptionMade, RedemptionTotals
from pointsledger.reports.register import parse_code, parse_text
from pointsledger.reports.tie_out import item_names
from pointsledger.storage import redemption_queries as queries
from pointsledger.storage.redemption_queries import STATES, Asked, Found
from pointsledger.storage.transaction import Transaction
from pointsledger.values.calendar import Day
from pointsledger.values.points import LAST_NUMBER, record_number, unscaled
from pointsledger.values.vocabulary import STATES_IN_WORDS

_STATES_ZH = "、".join(f"{state}（{words.zh}）" for state, words in STATES_IN_WORDS.items())


class Redeemed(Questions):
    """What is asked of a book about the shop."""

    def redemptions(
        self,
        period: str | None = None,
        *,
        on: Day | None = None,
        household: str | None = None,
        item: str | None = None,
        shop: str | None = None,
        by: str | None = None,
        collector: str | None = None,
        state: str | None = None,
        after: int = 0,
        limit: int = PAGE,
    ) -> tuple[RedemptionMade, ...]:
        """Return a page of the redemptions of a period, or ever, in the order in which they were recorded.

        What is given besides keeps to those with it: ``on`` is the day on which it was handed over, or of a
        reservation that was not, reserved; ``item`` and ``shop`` by code or name, even those that the price list has
        no more; ``by`` is who recorded, ``collector`` a member by code or name, or the name of anybody else; ``state``
        is one that a ``RedemptionMade`` may be in. ``after`` is the number of the last one of the page before.

        Raises:
            UnknownAccount, UnknownItem, UnknownShop, UnknownOperator, InvalidPeriod, InvalidDate: if what is named is
                none.
            BeforeFirstPeriod, FutureDate: if all of the period lies before the book, or it has not begun.
            InvalidSetting, InvalidNumber: for another state, and for a page that there cannot be.

        """
        if record_number(after, "after") < 0:
            raise InvalidNumber(name="after", value=after)
        if type(limit) is not int or not 1 <= limit <= PAGE:
            raise InvalidSetting(name="limit", value=limit, allowed=f"1 to {PAGE}", allowed_zh=f"1 至 {PAGE}")
        with self._reading() as transaction:
            asked = self._asked(
                transaction,
                period,
                on=on,
                household=household,
                item=item,
                shop=shop,
                by=by,
                collector=collector,
                state=state,
            )
            last = min(after, LAST_NUMBER)  # there is none behind it
            found = queries.page(transaction.connection, self.village, asked, after=last, limit=limit)
            return tuple(_made(transaction.state, found))

    def redemption_totals(
        self,
        period: str | None = None,
        *,
        on: Day | None = None,
        household: str | None = None,
        item: str | None = None,
        shop: str | None = None,
        by: str | None = None,
        collector: str | None = None,
        state: str | None = None,
    ) -> RedemptionTotals:
        """Return what all the redemptions come to that ``redemptions`` would list, page by page.

        Raises: as ``redemptions``.

        """
        with self._reading() as transaction:
            asked = self._asked(
                transaction,
                period,
                on=on,
                household=household,
                item=item,
                shop=shop,
                by=by,
                collector=collector,
                state=state,
            )
            places, names = transaction.state.settings.decimals, item_names(transaction.state)
            count, *points, cash = queries.totals(transaction.connection, self.village, asked)
            spent, refunded, reserved, forfeited = (unscaled(int(amount), places) for amount in points)
            items = tuple(
                ItemTotal(code, names.get(code, code), int(pieces), unscaled(int(worth), places), *map(int, rest))
                for code, pieces, worth, *rest in queries.item_totals(transaction.connection, self.village, asked)
            )
            return RedemptionTotals(int(count), spent, refunded, reserved, forfeited, int(cash), items)

    def _asked(
        self,
        transaction: Transaction,
        period: str | None,
        *,
        on: Day | None,
        household: str | None,
        item: str | None,
        shop: str | None,
        by: str | None,
        collector: str | None,
        state: str | None,
    ) -> Asked:
        """Return what is meant by the words of ``redemptions``.

        Raises: as ``redemptions``.

        """
        if state is not None and state not in STATES:
            raise InvalidSetting(name="state", value=state, allowed=", ".join(STATES), allowed_zh=_STATES_ZH)
        today = self._today(transaction.state)
        months = None if period is None else months_asked(transaction.state, period, today)
        over = transaction.state.overdue(today)
        return Asked(
            today=today,
            forfeiting=tuple(one.seq for one in over if end_of(transaction.state, one.seq) == FORFEITED),
            months=None if months is None else (months[0], months[-1]),
            on=None if on is None else transaction.state.calendar.day(on),
            account=None if household is None else household_of(transaction, household).id,
            item=None if item is None else _item(transaction.state, item, today),
            shop=None if shop is None else shop_ever(transaction.state, parse_text(shop, "shop"), today).code,
            operator=None if by is None else _operator(transaction, by),
            collector=None if collector is None else parse_text(collector, "collector"),
            state=state,
        )


def _operator(transaction: Transaction, code: str) -> str:
    found = transaction.profile(OPERATOR, parse_code(code, "operator"))
    if found is None:
        raise UnknownOperator(operator=code)
    return found.id


def _item(state: State, code_or_name: str, today: str) -> str:
    """Return the code of an item of any price list that there ever was, the latest first.

    Raises:
        UnknownItem: if none has it.

    """
    text = parse_text(code_or_name, "item")
    lists = list(reversed(state.price_lists()))
    for prices in lists:
        found = prices.find(text)
        if found is not None:
            return found.code
    near = lists[0].nearest(text) if lists else None
    raise UnknownItem(
        item=text,
        on=today,
        hint=f" (did you mean {near}?)" if near else "",
        hint_zh=f"（是否指 {near}？）" if near else "",
        allowed=", ".join(f"{code} ({name})" for code, name in sorted(item_names(state).items())),
    )


def _made(state: State, found: Iterable[Found]) -> Iterator[RedemptionMade]:
    places, names = state.settings.decimals, item_names(state)
    gathered: dict[int, list[Found]] = {}
    for one in found:
        gathered.setdefault(one.redemption.seq, []).append(one)
    for lines in gathered.values():
        one, redemption = lines[0], lines[0].redemption
        yield RedemptionMade(
            seq=redemption.seq,
            household=one.household or redemption.account,
            name=one.name or "",
            on=redemption.on_day,
            period=redemption.period,
            points=unscaled(redemption.points, places),
            items=tuple(_item_of(line, names, places) for line in lines),
            by=one.operator or redemption.by_operator,
            reversed_by=redemption.reversed_by,
            state=one.state,
            shop=redemption.shop,
            last_day=redemption.last_day,
            ended_by=redemption.ended_by,
            refunded=unscaled(redemption.refunded, places),
            collector=one.collector or redemption.collector,
            collector_name=one.collector_name or one.stranger or "",
            cash_fen=redemption.cash_fen,
            irregular=bool(redemption.irregular),
        )


def _item_of(line: Found, names: dict[str, str], places: int) -> RedeemedItem:
    name, price = names.get(line.item, line.item), unscaled(line.price, places)
    return RedeemedItem(line.item, name, line.pieces, price, line.refunded, line.returned)
