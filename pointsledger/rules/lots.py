"""Lots: what came in together stays together, and is consumed in one fixed order.

The problem: a household earned 10 in March that never lapse and 30 in April that lapse in December; it spends
20. Which? Taking from a single balance cannot say, and the day the April points lapse somebody is wronged.
So every grant is a lot, and a spend names the lots it took: soonest to lapse first, then earned first, then
posted first. The same order issues goods from the shelf, where the date is the best-before.

Rejected: deciding at the time of lapse which points had been spent, as systems with a running balance do;
their balance collapses when a credit that was spent lapses.
"""

from __future__ import annotations

from collections.abc import Iterable

from pointsledger.values.rows import Balance, Lot

NEVER = "9999-12-31"
"""Stands for no date of expiry where dates are put in order."""

Part = tuple[int, int, int]
"""A piece of a lot: the record and line that made it, and an amount."""


def order_of(lot: Lot) -> tuple[str, str, int, int]:
    """Return what puts lots in the order of consumption: expiry (none last), day earned, record, line."""
    return (lot.expires_on or NEVER, lot.earned_on, lot.seq, lot.line)


def is_over(lot: Lot, today: str, closed_through: str) -> bool:
    """Tell whether nobody can spend a lot on ``today`` any more; the months up to ``closed_through`` are closed.

    What of it is held for a reservation can still be handed over.
    """
    if lot.clears_with is not None:
        return lot.clears_with <= closed_through
    return lot.expires_on is not None and lot.expires_on < today


def floor_of(lot: Lot) -> int:
    """Return what a lot keeps from being spent: what is left of it, if it is a floor."""
    return lot.remaining if lot.floor else 0  # a floor is never held


def take(lots: Iterable[Lot], amount: int) -> tuple[list[Part], int]:
    """Take ``amount`` of what is free in ``lots``, in the order given; return the parts, and what could not be had."""
    parts: list[Part] = []
    for lot in lots:
        if not amount:
            break
        part = min(lot.free, amount)
        if part:
            parts.append((lot.seq, lot.line, part))
            amount -= part
    return parts, amount


def split(parts: Iterable[Part], amount: int) -> tuple[list[Part], list[Part]]:
    """Return the first ``amount`` of what was taken, and the rest."""
    first: list[Part] = []
    rest: list[Part] = []
    for seq, line, part in parts:
        own = min(part, amount)
        amount -= own
        first += [(seq, line, own)] if own else []
        rest += [(seq, line, part - own)] if part > own else []
    return first, rest


def unsettle(lots: Iterable[Lot], amount: int) -> list[Part]:
    """Give back ``amount`` that lots had paid into arrears, to the lot that came last first."""
    parts: list[Part] = []
    for lot in sorted(lots, key=lambda lot: (lot.seq, lot.line), reverse=True):
        part = min(lot.settled, amount)
        if part:
            parts.append((lot.seq, lot.line, part))
            amount -= part
    return parts


def available(balance: Balance) -> int:
    """Return what may be spent now: nothing in arrears, nor what is held or pending, nor the floor (S-16)."""
    if balance.arrears:
        return 0
    return max(0, balance.balance - balance.held - balance.pending - balance.floor)
