"""Redeeming: points and goods exchanged in one record, at the price of that day's price list.

Either all of it happens or none: the points are there, and every piece is on the shelf. What was handed over on paper
has happened, and is recorded as it was: ``handed_over``.
"""

from __future__ import annotations

from typing import Any

from pointsledger.decisions.batch_rows import batched
from pointsledger.decisions.drafts import day_of, draft, today
from pointsledger.decisions.handing_over import decide_handed_over
from pointsledger.decisions.ordering import (
    collected,
    collector_in,
    drawn_on,
    exchange,
    exchanged,
    order_of,
    points_for,
    shop_in,
)
from pointsledger.decisions.permitting import check_permitted
from pointsledger.decisions.state import State
from pointsledger.values.records import POINTS, Command, Record

REDEEM = "redeem"


def decide_redemption(state: State, command: Command) -> Record:
    """Take the points of the items and hand the pieces over.

    Raises:
        NothingChosen: without an item.
        UnknownAccount, UnknownItem, RuleSilent: if the act names what is not there.
        InsufficientPoints: if the account cannot pay.
        OutOfStock: if the shelf lacks a piece.
        BelowMinimum, NotMultiple, RedemptionLimit, ItemLimit, NotRedemptionDay, ShopPaused: as the rules say.
        FutureDate, BeforeFirstPeriod: about the day.

    """
    said: Any = command.said
    if "handed_over" in said:
        return decide_handed_over(state, command)
    account, shop = state.account(said["account"]).account, shop_in(said)
    on = day_of(state, command)
    order, now = order_of(state, said["items"], on), today(state, command)
    collector = collector_in(said)
    check_permitted(state, account, shop=shop, items=order.pieces, points=order.points, day=now, collector=collector)
    points = points_for(state, account, order.points, now)
    decided = {
        "prices": order.prices,
        "items": order.items,
        "points": order.points,
        "group": state.grouping(account, on),
        "lots": drawn_on(state, shop, order, points),
        "balance": state.balance(account, POINTS).balance - order.points,
    }
    return draft(state, command, on=on, decided=decided, entries=exchanged(account, shop, order))


def apply_redemption(state: State, record: Record) -> list[tuple[object, ...]]:
    """Make the rows of the redemption and of its items, count it for allowances, and note the row of a sheet."""
    rows = exchange(state, record, record.said["account"], collected(record) | {"irregular": int(is_irregular(record))})
    if "batch" in record.said:
        rows.extend(batched(state, record))
    return rows


def is_irregular(record: Record) -> bool:
    """Tell whether a record is a redemption of paper for which points or pieces were not there."""
    return record.kind == REDEEM and ("arrears" in record.decided or "unexplained" in record.decided)
