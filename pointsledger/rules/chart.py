"""The chart of accounts: where value comes from, who keeps it, where it goes.

Points: ``issued:<category>`` -> household -> ``redeemed``, ``expired``, ``forfeited`` or ``deducted:<category>``, and
from ``refunded`` back to the household. Goods, one unit an item: ``supplier`` or ``donor`` -> ``shelf:<shop>`` ->
``handed-over``, ``rewarded`` or ``written-off``, and from ``returned`` back to the shelf; a count finds more
(``found``), and paper may hand out what nobody took in (``unexplained``). Money, in fen: ``grant:<source>`` or
``donor:<source>`` -> ``fund:<code>`` -> ``supplier``, ``rewarded`` or ``paid:<purpose>``. What a paper book held comes
from ``opening``, what is granted without a deed from ``base:<code>``, or from ``issued:base:<code>`` where it counts as
earned.

Only accounts that may run out keep a running balance and lots: households, shelves and funds. The others, which
every act touches, keep none, so that no row of theirs is fought over; their balance is the sum of entries.
"""

from __future__ import annotations

ISSUED = "issued:"
BASE = "base:"
RANKED_BASE = "issued:base:"
DEDUCTED = "deducted:"
REDEEMED = "redeemed"
REFUNDED = "refunded"
EXPIRED = "expired"
FORFEITED = "forfeited"
OPENING = "opening"
SUPPLIER = "supplier"
DONOR = "donor"
HANDED_OVER = "handed-over"
RETURNED = "returned"
WRITTEN_OFF = "written-off"
FOUND = "found"
UNEXPLAINED = "unexplained"
REWARDED = "rewarded"
GRANT = "grant:"
DONATION = "donor:"
PAID = "paid:"

FEN = "fen"
"""The unit of money: a hundredth of a yuan."""

MAIN = "main"
"""The shop of a village that names none."""

SHELF = "shelf:" + MAIN

HOUSEHOLD_MARK = "h-"
RESIDENT_MARK = "r-"
OPERATOR_MARK = "o-"

_SHELF_MARK = "shelf:"
_FUND_MARK = "fund:"
_ITEM_MARK = "item:"

_HEADING_OF = {
    "issued": "earned",
    "base": "base",
    "deducted": "deducted",
    "redeemed": "redeemed",
    "refunded": "refunded",
    "expired": "expired",
    "forfeited": "forfeited",
    "opening": "opening",
    "supplier": "supplied",
    "donor": "donated",
    "grant": "granted",
    "handed-over": "handed-over",
    "returned": "returned",
    "written-off": "written-off",
    "found": "found",
    "unexplained": "unexplained",
    "rewarded": "rewarded",
    "paid": "paid",
}


def holds_points(account: str) -> bool:
    """Tell whether ``account`` is a household's."""
    return account.startswith(HOUSEHOLD_MARK)


def is_kept(account: str) -> bool:
    """Tell whether ``account`` may run out, and so keeps a balance and lots."""
    return account.startswith((HOUSEHOLD_MARK, _SHELF_MARK, _FUND_MARK))


def shelf(shop: str) -> str:
    """Return the account of the shelf of a shop."""
    return _SHELF_MARK + shop


def shop_of(account: str) -> str:
    """Return the shop whose shelf an account is, or nothing if it is none."""
    return account.removeprefix(_SHELF_MARK) if account.startswith(_SHELF_MARK) else ""


def fund(code: str) -> str:
    """Return the account of a fund."""
    return _FUND_MARK + code


def fund_of(account: str) -> str:
    """Return the code of the fund that an account is, or nothing if it is none."""
    return account.removeprefix(_FUND_MARK) if account.startswith(_FUND_MARK) else ""


def item_unit(item: str) -> str:
    """Return the unit in which the pieces of ``item`` are counted."""
    return _ITEM_MARK + item


def item_of(unit: str) -> str:
    """Return the item whose pieces ``unit`` counts, or nothing for points."""
    return unit.removeprefix(_ITEM_MARK) if unit.startswith(_ITEM_MARK) else ""


def heading_and_category(counterpart: str) -> tuple[str, str]:
    """Return what a movement from or to ``counterpart`` counts as, and its category if it has one.

    Between two kept accounts something is ``moved``.
    """
    if is_kept(counterpart):
        return "moved", ""
    name, _, category = counterpart.partition(":")
    return _HEADING_OF[name], "" if is_base(counterpart) else category


def is_base(account: str) -> bool:
    """Tell whether an account grants a base: no deed, and of no category."""
    return account.startswith((BASE, RANKED_BASE))
