"""Stocking (入库): goods that come onto a shelf, a lot an intake, each with its cost and best-before date.

What is bought from a fund is paid in the same record, out of the fund's oldest money, so that every piece can be
followed to who gave the money for it. An invoice or gift number is used once an item: the same invoice entered twice is
the commonest way in which goods come to be on paper that nobody has seen.

Worked example (S-38): 100 soaps at 2.50 yuan from a fund of 1,000.00: the fund has 750.00, the shelf 100 worth 250.00.
"""

from __future__ import annotations

from typing import Any

from pointsledger.decisions.drafts import day_of, draft
from pointsledger.decisions.funding import counted_spending, spend
from pointsledger.decisions.opening import first_day
from pointsledger.decisions.shops import shop_on
from pointsledger.decisions.state import State
from pointsledger.errors import CostRequired, InvoiceUsed, NotStocked, UnknownItem
from pointsledger.rules import chart
from pointsledger.rules.catalog import Item
from pointsledger.rules.funds import PURCHASES
from pointsledger.values.records import Command, Entry, Record
from pointsledger.values.rows import Invoice

INTAKE = "intake"

BOUGHT = "bought"
DONATED = "donated"
SOURCES = {BOUGHT: chart.SUPPLIER, DONATED: chart.DONOR}


def decide_intake(state: State, command: Command) -> Record:
    """Take pieces of an item onto a shelf, and pay them from a fund if one is named.

    Raises:
        UnknownItem: if the price list of that day has no such item.
        NotStocked: if the item is a service.
        UnknownShop: if that price list has no such shop.
        InvoiceUsed: if the item came in under that number before.
        UnknownFund, FundShort, CostRequired: if the fund cannot pay.

    """
    said: Any = command.said
    on = day_of(state, command)
    decided, entries = _shelved(state, said, on, SOURCES[said["source"]])
    shop_on(state, said.get("shop", chart.MAIN), on)
    used = state.get(Invoice, (said["invoice"], said["item"])) if "invoice" in said else None
    if used is not None and not used.reversed_by:
        raise InvoiceUsed(item=said["item"], invoice=used.number, seq=used.seq)
    if "fund" in said:
        if "unit_cost_fen" not in said:
            raise CostRequired(fund=said["fund"])
        cost = said["pieces"] * said["unit_cost_fen"]
        decided |= spend(state, said["fund"], cost, on, use=PURCHASES, line=2)
        entries.append(Entry(chart.fund(said["fund"]), chart.SUPPLIER, chart.FEN, cost))
    return draft(state, command, on=on, decided=decided, entries=entries)


def apply_intake(state: State, record: Record) -> list[tuple[object, ...]]:
    """Note that the number of an invoice or gift is used, and what was spent of a fund."""
    said = record.said
    rows: list[tuple[object, ...]] = [*counted_spending(state, record)]
    if "invoice" in said:
        rows.append(Invoice(state.village, said["invoice"], said["item"], record.seq))
    return rows


def decide_opening_stock(state: State, command: Command) -> Record:
    """Bring pieces onto the shelf that the paper book held when this one began.

    Raises: as ``decide_intake``.

    """
    on = first_day(state)
    decided, entries = _shelved(state, command.said, on, chart.OPENING)
    shop_on(state, str(command.said.get("shop", chart.MAIN)), on)
    return draft(state, command, on=on, decided=decided, entries=entries)


def _shelved(state: State, said: Any, on: str, source: str) -> tuple[dict[str, Any], list[Entry]]:  # noqa: ANN401 - a body's said
    version, item = priced(state, said["item"], on)
    if not item.stocked:
        raise NotStocked(item=item.code)
    unit, shelf = chart.item_unit(item.code), chart.shelf(said.get("shop", chart.MAIN))
    on_shelf = state.balance(shelf, unit).balance + said["pieces"]
    return {"prices": version, "on_shelf": on_shelf}, [Entry(source, shelf, unit, said["pieces"])]


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


def known_good(state: State, item: str, on: str) -> str:
    """Return an item that any price list has as goods: what lies on a shelf may have left the list of the day.

    Raises:
        UnknownItem, NotStocked, RuleSilent: if none has.

    """
    lists = state.price_lists()
    if not any(item in prices.items and prices.items[item].stocked for prices in lists):
        _, found = priced(state, item, on)
        raise NotStocked(item=found.code)
    return item
