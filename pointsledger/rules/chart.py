"""The chart of accounts: where value comes from, who keeps it, where it goes.

Points: ``issued:<category>`` -> household -> ``redeemed``, ``expired`` or ``deducted:<category>``. Goods, one unit an
item: ``supplier`` or ``donor`` -> ``shelf:<shop>`` -> ``handed-over``. What a paper book held comes from ``opening``,
what is granted without a deed from ``base:<code>``, or from ``issued:base:<code>`` where it counts as earned.

Only accounts that may run out keep a running balance and lots: households and shelves. The others, which
every act touches, keep none, so that no row of theirs is fought over; their balance is the sum of entries.
"""

from __future__ import annotations

ISSUED = "issued:"
BASE = "base:"
RANKED_BASE = "issued:base:"
DEDUCTED = "deducted:"
REDEEMED = "redeemed"
EXPIRED = "expired"
OPENING = "opening"
SUPPLIER = "supplier"
DONOR = "donor"
HANDED_OVER = "handed-over"
SHELF = "shelf:main"

HOUSEHOLD_MARK = "h-"
RESIDENT_MARK = "r-"
OPERATOR_MARK = "o-"

_SHELF_MARK = "shelf:"
_ITEM_MARK = "item:"

_HEADING_OF = {
    "issued": "earned",
    "base": "base",
    "deducted": "deducted",
    "redeemed": "redeemed",
    "expired": "expired",
    "opening": "opening",
    "supplier": "supplied",
    "donor": "donated",
    "handed-over": "handed-over",
}


def holds_points(account: str) -> bool:
    """Tell whether ``account`` is a household's."""
    return account.startswith(HOUSEHOLD_MARK)


def is_kept(account: str) -> bool:
    """Tell whether ``account`` may run out, and so keeps a balance and lots."""
    return account.startswith((HOUSEHOLD_MARK, _SHELF_MARK))


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
