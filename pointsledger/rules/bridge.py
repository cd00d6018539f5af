"""The bridge: how an account, or the whole village, came from its opening to its closing (semantics, 5 and 9).

Worked example (S-35): 1,000 opening + 420 earned - 10 prior - 300 redeemed + 30 refunded - 70 expired = 1,070 closing,
which is the next month's opening. Outgoings are negative, so that the columns simply add up. What concerns another
month than the one it counts in, whatever it is, stands in ``prior``, so that ``earned`` is the month's own.

The digest over a month's bridges is taken of lines that anybody can write again: canonical JSON, the village's sums
first, then a line for each account in the order of their ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

from pointsledger.values.canonical import canonical
from pointsledger.values.records import POINTS
from pointsledger.values.rows import Bridge, PeriodTotal

COLUMNS = ("base", "earned", "prior", "deducted", "redeemed", "refunded", "expired", "forfeited", "moved")
"""What lies between opening and closing."""

FIGURES = ("opening", *COLUMNS, "closing")
"""The figures of a bridge, in their order."""

OPENING = "opening"

PRIOR = "prior"


def column_of(heading: str, *, prior: bool) -> str:
    """Return the figure that a movement belongs to; ``prior`` tells that it concerns another period.

    Raises:
        LookupError: if there is none for it, since the bridge would not foot without showing why.

    """
    if prior:
        return PRIOR
    if heading not in FIGURES[:-1]:
        message = f"the bridge has no column for {heading!r}"
        raise LookupError(message)
    return heading


def of_month(village: str, period: str, before: Iterable[Bridge], totals: Iterable[PeriodTotal]) -> list[Bridge]:
    """Return the bridge of each account of a month that has any figure, in the order of their ids.

    ``before`` are the bridges of the month before, empty for the book's first; ``totals`` are those of the month.
    """
    figures: dict[str, dict[str, int]] = {}
    for earlier in before:
        figures[earlier.account] = {OPENING: earlier.closing}
    for total in totals:
        if total.unit == POINTS:
            column = column_of(total.heading, prior=bool(total.for_period))
            own = figures.setdefault(total.account, {})
            own[column] = own.get(column, 0) + total.amount
    return [
        Bridge._make((village, period, account, *(own.get(name, 0) for name in FIGURES[:-1]), sum(own.values())))
        for account, own in sorted(figures.items())
        if any(own.values())
    ]


def sums(bridges: Sequence[Bridge]) -> dict[str, int]:
    """Return the village's bridge: the sum of each figure."""
    return {name: sum(getattr(one, name) for one in bridges) for name in FIGURES}


def digest(village: str, period: str, bridges: Sequence[Bridge]) -> str:
    """Return the digest over a month's totals, as a close keeps it."""
    whole = sums(bridges)
    hashed = sha256(canonical([village, period, *(whole[name] for name in FIGURES)]))
    for one in bridges:
        hashed.update(b"\n" + canonical([one.account, *one[3:]]))
    return hashed.hexdigest()
