"""Shelving: goods that are on a shelf already: moved to another shop, written off, counted.

What is reserved is promised to somebody, and none of it is moved or written off. The soonest best-before goes first, as
it does over the counter. A transfer keeps the cost and the best-before date of each lot, a line for each; so the goods
of a village are worth the same wherever they lie.

Worked example (S-38): 97 soaps are on the shelf and 95 are counted: 2 are written off, with a reason. What a count
finds beyond the book comes in as ``found``, at no cost, since nobody paid for it twice.
"""

from __future__ import annotations

from typing import Any

from pointsledger.decisions.drafts import day_of, draft, parts, today
from pointsledger.decisions.ordering import pieces_for, shop_in
from pointsledger.decisions.shops import shop_on
from pointsledger.decisions.state import State
from pointsledger.decisions.stocking import known_good
from pointsledger.errors import CountBelowReserved, InvalidSetting, NothingCounted, ReasonRequired
from pointsledger.rules import chart, lots
from pointsledger.rules.lots import NEVER
from pointsledger.values.records import Command, Entry, Record
from pointsledger.values.rows import Lot

TRANSFER = "transfer-stock"
WRITE_OFF = "write-off"
STOCKTAKE = "stocktake"


def decide_transfer(state: State, command: Command) -> Record:
    """Move pieces of an item from one shop's shelf to another's.

    Raises:
        UnknownItem, NotStocked, RuleSilent: if there is no such item.
        InvalidSetting: if both are one shop.
        UnknownShop: if the price list has none that could get them; one that gives them may have left it.
        OutOfStock: if the shelf has not so many that are promised to nobody.
        FutureDate, BeforeFirstPeriod: about the day.

    """
    said: Any = command.said
    on = day_of(state, command)
    if said["from_shop"] == said["to_shop"]:
        raise InvalidSetting(name="to_shop", value=said["to_shop"], allowed="another shop", allowed_zh="另一个超市")
    unit = chart.item_unit(known_good(state, said["item"], on))
    source, target = chart.shelf(said["from_shop"]), chart.shelf(shop_on(state, said["to_shop"], on).code)
    taken = pieces_for(state, said["from_shop"], said)
    decided = {
        "prices": len(state.price_lists()),
        "lots": [part for line, own in enumerate(taken, start=1) for part in parts(line, [own])],
        "brought": [[line, *_attributes(state, own)] for line, own in enumerate(taken, start=1)],
        "on_shelf": state.balance(source, unit).balance - said["pieces"],
    }
    entries = [Entry(source, target, unit, part) for *_, part in taken]
    return draft(state, command, on=on, decided=decided, entries=entries)


def decide_write_off(state: State, command: Command) -> Record:
    """Take pieces of an item off a shelf that are spoiled, broken or gone.

    Raises:
        UnknownItem, NotStocked, RuleSilent: if there is no such item.
        OutOfStock: if the shelf has not so many that are promised to nobody.
        FutureDate, BeforeFirstPeriod: about the day.

    """
    said: Any = command.said
    on, shop = day_of(state, command), shop_in(said)
    unit = chart.item_unit(known_good(state, said["item"], on))
    decided = {
        "prices": len(state.price_lists()),
        "lots": parts(1, pieces_for(state, shop, said)),
        "on_shelf": state.balance(chart.shelf(shop), unit).balance - said["pieces"],
    }
    entries = [Entry(chart.shelf(shop), chart.WRITTEN_OFF, unit, said["pieces"])]
    return draft(state, command, on=on, decided=decided, entries=entries)


def decide_stocktake(state: State, command: Command) -> Record:
    """Bring the book to what was counted on a shelf, and keep what it said before.

    Raises:
        NothingCounted: without an item.
        UnknownItem, NotStocked, RuleSilent: if there is no such item.
        ReasonRequired: if a count differs from the book and no reason is given.
        CountBelowReserved: if fewer were counted than are reserved.
        UnknownShop: if goods were found where there is no shop.

    """
    said: Any = command.said
    on, shop = today(state, command), shop_in(said)
    if not said["counts"]:
        raise NothingCounted
    booked: list[Any] = []
    drawn: list[Any] = []
    entries: list[Entry] = []
    for count in said["counts"]:
        item, counted = known_good(state, count["item"], on), count["pieces"]
        unit, shelf = chart.item_unit(item), chart.shelf(shop)
        kept = state.balance(shelf, unit)
        booked.append([item, kept.balance])
        if counted < kept.held:
            redemptions = ", ".join(str(seq) for seq in _reserving(state, shop, item))
            raise CountBelowReserved(item=item, counted=counted, reserved=kept.held, redemptions=redemptions)
        if counted != kept.balance and "reason" not in said:
            raise ReasonRequired(item=item, booked=kept.balance, counted=counted)
        if counted < kept.balance:
            entries.append(Entry(shelf, chart.WRITTEN_OFF, unit, kept.balance - counted))
            taken, _ = lots.take(state.lots(shelf, unit), kept.balance - counted)
            drawn += parts(len(entries), taken)
        elif counted > kept.balance:
            if not kept.balance:  # a shop that has left the price list is still counted, and none is invented
                shop_on(state, shop, on)
            entries.append(Entry(chart.FOUND, shelf, unit, counted - kept.balance))
    decided = {"prices": len(state.price_lists()), "booked": booked, "lots": drawn}
    return draft(state, command, on=on, decided=decided, entries=entries)


def _attributes(state: State, part: lots.Part) -> tuple[str, int]:
    """Return the best-before date, empty without one, and the cost of the lot that a part is of."""
    lot = state.get(Lot, part[:2])
    if lot is None:
        message = f"there is no lot {part[0]}/{part[1]}"
        raise LookupError(message)
    return lot.expires_on or "", lot.unit_cost_fen


def _reserving(state: State, shop: str, item: str) -> list[int]:
    """Return the reservations that hold pieces of an item in a shop."""
    standing = (one for one in state.overdue(NEVER) if one.shop == shop)
    return sorted(
        one.seq for one in standing if any(line["item"] == item for line in state.record(one.seq).decided["items"])
    )
