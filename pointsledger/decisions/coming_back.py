"""Points that come back: those of a refund, and those that a reservation held.

They go back to the lots they came from, and pay what the household owes by now. A lot may be over meanwhile. Then its
points lapse at once, which is shown; but if the shop is to blame, or nobody, they come back in a lot of their own that
ends some days later, never after that (S-14).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from pointsledger.decisions.drafts import parts
from pointsledger.decisions.state import State
from pointsledger.rules import chart, lots
from pointsledger.rules.lots import Part
from pointsledger.values.records import POINTS, Entry
from pointsledger.values.rows import Lot


class Back(NamedTuple):
    """To whom points come back and on which day; ``until`` is the last day of those whose lot is over, or empty."""

    account: str
    on: str
    until: str


def sorted_out(state: State, on: str, points: Iterable[Part]) -> tuple[list[Part], list[Part]]:
    """Return which parts of lots can still be spent on a day, and which are over."""
    closed = state.settings.closed_through
    alive: list[Part] = []
    over: list[Part] = []
    for part in points:
        lot = state.get(Lot, part[:2])
        if lot is None:
            message = f"lot {part[0]}/{part[1]} does not exist"
            raise LookupError(message)
        (over if lots.is_over(lot, on, closed) else alive).append(part)
    return alive, over


def back_again(state: State, back: Back, points: list[Part]) -> tuple[dict[str, Any], list[Entry]]:
    """Return what a record decides and moves that lets go of points, which were held and never left their lots."""
    alive, over = sorted_out(state, back.on, points)
    owed = state.balance(back.account, POINTS).arrears
    paid = settling(alive, owed)
    decided: dict[str, Any] = {"settled": parts(1, paid)}
    lapsed = amount_of(over)
    if not lapsed:
        return decided, []
    entries = [Entry(back.account, chart.EXPIRED, POINTS, lapsed)]
    decided["lots"] = parts(1, over)
    if back.until:
        entries.append(Entry(chart.EXPIRED, back.account, POINTS, lapsed))
        decided["expires_on"] = back.until
        decided["settled"] += own_settlement(state, 2, lapsed, owed - amount_of(paid))
    return decided, entries


def settling(points: Iterable[Part], owed: int) -> list[Part]:
    """Return what of some parts of lots, in their order, pays what is owed."""
    paid, _ = lots.split(points, owed)
    return paid


def unsettled(state: State, account: str, amount: int) -> list[Part]:
    """Return which lots get back ``amount`` of what they had paid towards arrears that are there no more."""
    return lots.unsettle(state.settled_lots(account, POINTS), amount)


def own_settlement(state: State, line: int, incoming: int, owed: int) -> list[Any]:
    """Return what the lot that a line of the next record makes pays of what is owed, as records write it."""
    paid = min(incoming, owed)
    return parts(line, [(state.size + 1, line, paid)]) if paid > 0 else []


def brought_to(account: str, entries: Iterable[Entry]) -> int:
    """Return what lines bring an account, less what they take from it."""
    return sum(entry.amount * ((entry.target == account) - (entry.source == account)) for entry in entries)


def ended(state: State, account: str, decided: dict[str, Any], day: str) -> int:
    """Return what an account then has left in lots that nobody can spend any more: it lapses with the next act."""
    closed = state.settings.closed_through
    left = sum(lot.free for lot in state.lots_over(account, day))
    for _, seq, line, part in (*decided["lots"], *decided["settled"]):
        lot = state.get(Lot, (seq, line))
        if lot is not None and lot.account == account and lots.is_over(lot, day, closed):
            left -= part
    return left


def amount_of(points: Iterable[Part]) -> int:
    """Return how much parts of lots are together."""
    return sum(part for *_, part in points)
