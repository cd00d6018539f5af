"""What somebody wants from the shop: the items at the prices of a day, the points they cost, the pieces they take.

A redemption, a reservation and goods that were handed over on paper ask for the same, and differ in what is there to
pay with. Points are taken from the household's lots in their order, pieces from the shelf's, soonest best-before first.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from pointsledger.decisions.drafts import parts, shown
from pointsledger.decisions.permitting import counted_redemption, counting_day
from pointsledger.decisions.state import State
from pointsledger.decisions.stocking import priced
from pointsledger.errors import AmountTooLarge, InsufficientPoints, NothingChosen, OutOfStock
from pointsledger.rules import chart, lots
from pointsledger.values.points import LARGEST_AMOUNT
from pointsledger.values.records import POINTS, Command, Entry, Record
from pointsledger.values.rows import Redemption, RedemptionLine


class Order(NamedTuple):
    """The items of an exchange, as records write them, their price list's version, and the points of them all."""

    prices: int
    items: list[dict[str, Any]]
    points: int

    @property
    def pieces(self) -> dict[str, int]:
        """The pieces of each item, by its code."""
        return {item["item"]: item["pieces"] for item in self.items}

    @property
    def goods(self) -> list[dict[str, Any]]:
        """Those of the items that come from a shelf."""
        return [item for item in self.items if item["stocked"]]


def order_of(state: State, wanted: list[dict[str, Any]], on: str) -> Order:
    """Return the items that are ``wanted``, priced by the list in force on a day.

    Raises:
        NothingChosen: if there are none.
        UnknownItem, RuleSilent: if the price list has no such item, or there is none.
        AmountTooLarge: if they cost more than one act may move.

    """
    if not wanted:
        raise NothingChosen
    items: list[dict[str, Any]] = []
    version = 0
    for line in wanted:
        version, item = priced(state, line["item"], on)
        items.append({"item": item.code, "pieces": line["pieces"], "points": item.points, "stocked": int(item.stocked)})
    points = sum(chosen["pieces"] * chosen["points"] for chosen in items)
    if points > LARGEST_AMOUNT:
        raise AmountTooLarge(name="points", value=shown(state, points), limit=shown(state, LARGEST_AMOUNT))
    return Order(version, items, points)


def shop_in(said: Any) -> str:  # noqa: ANN401 - a body's said
    """Return the shop that is meant."""
    return str(said.get("shop", chart.MAIN))


def points_for(state: State, account: str, points: int, day: str) -> list[lots.Part]:
    """Return which lots pay so many points on a day.

    Raises:
        InsufficientPoints: if the account cannot pay.

    """
    available = lots.available(state.balance(account, POINTS))
    if points > available:
        raise InsufficientPoints(account=account, available=shown(state, available), required=shown(state, points))
    taken, short = lots.take(state.lots_to_spend(account, day), points)
    if short:  # of what is there something is over, and its lapse was not recorded first
        raise InsufficientPoints(account=account, available=shown(state, points - short), required=shown(state, points))
    return taken


def pieces_for(state: State, shop: str, item: dict[str, Any]) -> list[lots.Part]:
    """Return which lots of a shelf the pieces of an item come from, soonest best-before first.

    Raises:
        OutOfStock: if the shelf has not so many that are promised to nobody.

    """
    unit, shelf = chart.item_unit(item["item"]), chart.shelf(shop)
    kept = state.balance(shelf, unit)
    if item["pieces"] > kept.balance - kept.held:
        raise OutOfStock(item=item["item"], available=kept.balance - kept.held, required=item["pieces"])
    taken, _ = lots.take(state.lots(shelf, unit), item["pieces"])
    return taken


def exchanged(account: str, shop: str, order: Order) -> list[Entry]:
    """Return what an exchange moves: the points in the first line, then a line for each of the goods."""
    shelf = chart.shelf(shop)
    return [
        Entry(account, chart.REDEEMED, POINTS, order.points),
        *(Entry(shelf, chart.HANDED_OVER, chart.item_unit(item["item"]), item["pieces"]) for item in order.goods),
    ]


def drawn_on(state: State, shop: str, order: Order, points: list[lots.Part]) -> list[Any]:
    """Return what the lines of ``exchanged`` draw on, as records write it.

    Raises:
        OutOfStock: if a piece is not on the shelf.

    """
    drawn = parts(1, points)
    for line, item in enumerate(order.goods, start=2):
        drawn += parts(line, pieces_for(state, shop, item))
    return drawn


def order_in(record: Record) -> Order:
    """Return the order that a record of an exchange has."""
    return Order(record.decided["prices"], record.decided["items"], record.decided["points"])


def exchange(state: State, record: Record, account: str, told: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of an exchange that ``record`` begins; ``told`` are columns of ``Redemption``."""
    order = order_in(record)
    begun = Redemption(state.village, record.seq, account, record.on, record.period, order.points, record.by, 0)
    return [
        begun._replace(shop=shop_in(record.said), **told),
        *(
            RedemptionLine(state.village, record.seq, item["item"], item["pieces"], item["points"], item["stocked"])
            for item in order.items
        ),
        *counted_redemption(state, account, order.pieces, order.points, counting_day(state, record), sign=1),
    ]


def collector_in(said: Any) -> str:  # noqa: ANN401 - a body's said
    """Return who collects: a member's id, or anything else for somebody from outside; nothing if nobody is named."""
    return str(said.get("collector") or said.get("collector_name") or "")


def collected(command_or_record: Command | Record) -> dict[str, Any]:
    """Return who collected and what cash was paid beside the points, as columns of ``Redemption``."""
    said: Any = command_or_record.said
    return {"collector": said.get("collector", ""), "cash_fen": said.get("cash_fen", 0)}
