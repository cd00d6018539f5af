"""Redeeming: points and goods exchanged in one record, at the price of that day's price list.

Either all of it happens or none: the points are there, and every piece is on the shelf.
"""

from __future__ import annotations

from typing import Any

from pointsledger.decisions.drafts import day_of, draft, parts, shown, today
from pointsledger.decisions.permitting import check_permitted, counted_redemption, counting_day, pieces_of
from pointsledger.decisions.state import State
from pointsledger.decisions.stocking import priced
from pointsledger.errors import InsufficientPoints, NothingChosen, OutOfStock
from pointsledger.rules import chart, lots
from pointsledger.values.records import POINTS, Command, Entry, Record
from pointsledger.values.rows import Redemption, RedemptionLine


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
    account = state.account(said["account"]).account
    on = day_of(state, command)
    if not said["items"]:
        raise NothingChosen
    items: list[dict[str, Any]] = []
    version = 0
    for line in said["items"]:
        version, item = priced(state, line["item"], on)
        items.append({"item": item.code, "pieces": line["pieces"], "points": item.points, "stocked": int(item.stocked)})
    total = sum(chosen["pieces"] * chosen["points"] for chosen in items)
    check_permitted(
        state,
        account,
        shop=chart.MAIN,
        items={chosen["item"]: chosen["pieces"] for chosen in items},
        points=total,
        day=today(state, command),
    )
    held = state.balance(account, POINTS)
    available = lots.available(held)
    if total > available:
        raise InsufficientPoints(account=account, available=shown(state, available), required=shown(state, total))
    taken, short = lots.take(state.lots_to_spend(account, today(state, command)), total)
    if short:  # of what is there something is over, and its lapse was not recorded first
        raise InsufficientPoints(account=account, available=shown(state, total - short), required=shown(state, total))
    entries = [Entry(account, chart.REDEEMED, POINTS, total)]
    drawn = parts(1, taken)
    for chosen in items:
        if chosen["stocked"]:
            drawn += _issued(state, chosen, len(entries) + 1)
            entries.append(Entry(chart.SHELF, chart.HANDED_OVER, chart.item_unit(chosen["item"]), chosen["pieces"]))
    decided = {
        "prices": version,
        "items": items,
        "points": total,
        "group": state.grouping(account, on),
        "lots": drawn,
        "balance": held.balance - total,
    }
    return draft(state, command, on=on, decided=decided, entries=entries)


def apply_redemption(state: State, record: Record) -> list[tuple[object, ...]]:
    """Make the rows of the redemption and of its items, and count it for allowances."""
    account, points = record.said["account"], record.decided["points"]
    redemption = Redemption(
        state.village,
        record.seq,
        record.said["account"],
        record.on,
        record.period,
        record.decided["points"],
        record.by,
        0,
    )
    return [
        redemption,
        *counted_redemption(state, account, pieces_of(record), points, counting_day(state, record), sign=1),
        *(
            RedemptionLine(state.village, record.seq, item["item"], item["pieces"], item["points"])
            for item in record.decided["items"]
        ),
    ]


def _issued(state: State, item: dict[str, Any], line: int) -> list[Any]:
    """Return the lots of the shelf that the pieces of an item come from, soonest best-before first."""
    unit = chart.item_unit(item["item"])
    on_shelf = state.balance(chart.SHELF, unit).balance
    if item["pieces"] > on_shelf:
        raise OutOfStock(item=item["item"], available=on_shelf, required=item["pieces"])
    taken, _ = lots.take(state.lots(chart.SHELF, unit), item["pieces"])
    return parts(line, taken)
