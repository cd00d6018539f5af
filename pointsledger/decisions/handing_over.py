"""Goods that were handed over on paper, typed at night: a fact, which is recorded whatever the rules say (S-40, S-50).

It is judged by the lots and the price of the day on which it happened. What the household lacked becomes arrears. What
was not on the shelf must have come from somewhere: it is taken in as ``unexplained`` and goes out at once. Either makes
the redemption irregular, which the audit lists; nothing of it is refused.

Worked example (S-50): a lot of 40 had its last day on 31 December; on 2 January a redemption of 30 of 30 December is
typed. The lapse is undone, 30 are redeemed, and 10 lapse again.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

from pointsledger.decisions.drafts import day_of, draft, parts, today
from pointsledger.decisions.ordering import order_of, shop_in
from pointsledger.decisions.shops import shop_on
from pointsledger.decisions.state import State
from pointsledger.rules import chart, lots
from pointsledger.values.records import POINTS, Command, Entry, Record
from pointsledger.values.rows import Lot


def decide_handed_over(state: State, command: Command) -> Record:
    """Record what was handed over on the day ``said["on"]``.

    Raises:
        NothingChosen: without an item.
        UnknownAccount, UnknownItem, UnknownShop, RuleSilent: if the act names what is not there.
        FutureDate, BeforeFirstPeriod: about the day.

    """
    said: Any = command.said
    account, shop = state.account(said["account"]).account, shop_in(said)
    on, now = day_of(state, command), today(state, command)
    shop_on(state, shop, on)
    order = order_of(state, said["items"], on)
    taken, arrears = lots.take(_lots_of_the_day(state, account, on, now), order.points)
    entries = [Entry(account, chart.REDEEMED, POINTS, order.points)]
    drawn = parts(1, taken)
    unexplained: list[Any] = []
    for item in order.goods:
        drawn += _handed_out(state, shop, item, entries, unexplained)
    held = state.balance(account, POINTS)
    decided = {
        "prices": order.prices,
        "items": order.items,
        "points": order.points,
        "group": state.grouping(account, on),
        "lots": drawn,
        "arrears": [[1, arrears]] if arrears else None,
        "unexplained": unexplained,
        "balance": held.balance - order.points - _over(state, account, now, taken),
    }
    return draft(state, command, on=on, decided=decided, entries=entries)


def _lots_of_the_day(state: State, account: str, on: str, now: str) -> Any:  # noqa: ANN401 - an iterator of lots
    """Yield what could be spent on the day: first what was there then, then what has come since."""
    there = (lot for lot in state.lots(account, POINTS) if not lot.floor and lot.earned_on <= on)
    of_the_day = [lot for lot in there if _was_there(state, lot, on)]
    known = {(lot.seq, lot.line) for lot in of_the_day}
    since = (lot for lot in state.lots_to_spend(account, now) if (lot.seq, lot.line) not in known)
    return chain(of_the_day, since)


def _was_there(state: State, lot: Lot, on: str) -> bool:
    """Tell whether a lot could be spent on a day; what a close has cleared since could be until its own last."""
    return lot.expires_on is None or lot.expires_on >= on or not lots.is_over(lot, on, state.settings.closed_through)


def _handed_out(
    state: State, shop: str, item: dict[str, Any], entries: list[Entry], unexplained: list[Any]
) -> list[Any]:
    """Add the lines of an item to ``entries``; return what they draw on, and note what nobody had taken in."""
    shelf, unit, pieces = chart.shelf(shop), chart.item_unit(item["item"]), item["pieces"]
    taken, missing = lots.take(state.lots(shelf, unit), pieces)
    if missing:
        entries.append(Entry(chart.UNEXPLAINED, shelf, unit, missing))
        taken.append((state.size + 1, len(entries), missing))
        unexplained.append([item["item"], missing])
    entries.append(Entry(shelf, chart.HANDED_OVER, unit, pieces))
    return parts(len(entries), taken)


def _over(state: State, account: str, now: str, taken: list[lots.Part]) -> int:
    """Return what is left in lots that nobody can spend any more: it lapses with the next act."""
    used = {(seq, line): part for seq, line, part in taken}
    return sum(lot.free - used.get((lot.seq, lot.line), 0) for lot in state.lots_over(account, now))
