"""Stocking: goods that come onto the shelf, a lot an intake, each with its cost and best-before date."""

from __future__ import annotations

from typing import Any

from pointsledger.decisions.drafts import day_of, draft
from pointsledger.decisions.opening import first_day
from pointsledger.decisions.state import State
from pointsledger.errors import NotStocked, UnknownItem
from pointsledger.rules import chart
from pointsledger.rules.catalog import Item
from pointsledger.values.records import Command, Entry, Record

BOUGHT = "bought"
DONATED = "donated"
SOURCES = {BOUGHT: chart.SUPPLIER, DONATED: chart.DONOR}


def decide_intake(state: State, command: Command) -> Record:
    """Take pieces of an item onto the shelf.

    Raises:
        UnknownItem: if the price list of that day has no such item.
        NotStocked: if the item is a service.

    """
    said: Any = command.said
    return _shelved(state, command, day_of(state, command), SOURCES[said["source"]])


def decide_opening_stock(state: State, command: Command) -> Record:
    """Bring pieces onto the shelf that the paper book held when this one began.

    Raises: as ``decide_intake``.

    """
    return _shelved(state, command, first_day(state), chart.OPENING)


def _shelved(state: State, command: Command, on: str, source: str) -> Record:
    said: Any = command.said
    version, item = priced(state, said["item"], on)
    if not item.stocked:
        raise NotStocked(item=item.code)
    unit = chart.item_unit(item.code)
    on_shelf = state.balance(chart.SHELF, unit).balance + said["pieces"]
    entries = [Entry(source, chart.SHELF, unit, said["pieces"])]
    return draft(state, command, on=on, decided={"prices": version, "on_shelf": on_shelf}, entries=entries)


def priced(state: State, item: str, on: str) -> tuple[int, Item]:
    """Return the version of the price list in force on a day, and its item.

    Raises:
        UnknownItem: if it has no such item.
        RuleSilent: if no price list was adopted.

    """
    version, price_list = state.price_list(on)
    found = price_list.items.get(item)
    if found is None:
        near = price_list.nearest(item)
        raise UnknownItem(
            item=item,
            on=on,
            hint=f" (did you mean {near}?)" if near else "",
            hint_zh=f"（是否指 {near}？）" if near else "",
            allowed=", ".join(f"{code} ({price_list.items[code].name})" for code in sorted(price_list.items)),
        )
    return version, found
