"""Tiers: points that go by the day of the deed, such as more for those who move in early.

What lies between two tiers, before the first or behind the last is not said, and a deed of such a day is refused,
naming the gap; nobody guesses which tier was meant.

Worked example (S-28): 10 for moving in until the end of 2017, 5 until the end of 2018, 0 from 2019-06-30 on. A deed of
March 2019 lies in the gap from 2019-01-01 to 2019-06-29.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pointsledger.rules.documents import with_present
from pointsledger.values.calendar import day_after, day_before
from pointsledger.values.words import Words

if TYPE_CHECKING:
    from pointsledger.rules.documents import Table


@dataclass(frozen=True, slots=True)
class Tier:
    """What a deed is worth from ``first_day`` to ``last_day`` (None: without such an end), in the smallest unit."""

    points: int
    first_day: str | None = None
    last_day: str | None = None

    def to_said(self) -> dict[str, Any]:
        """Return the tier as JSON values."""
        return with_present({"points": self.points}, first_day=self.first_day, last_day=self.last_day)


def tier_on(tiers: Sequence[Tier], on: str) -> Tier | None:
    """Return the tier that day ``on`` lies in, or None if nothing is said of it."""
    return next((tier for tier in tiers if (tier.first_day or "") <= on <= (tier.last_day or "9")), None)


def gap_around(tiers: Sequence[Tier], on: str) -> Words:
    """Return the days around ``on`` of which no tier says anything, in words."""
    begins = max((day_after(tier.last_day) for tier in tiers if tier.last_day and tier.last_day < on), default=None)
    ends = min((day_before(tier.first_day) for tier in tiers if tier.first_day and tier.first_day > on), default=None)
    if begins is None:
        return Words(f"up to {ends}", f"{ends} 及以前")
    if ends is None:
        return Words(f"from {begins} on", f"{begins} 起")
    return Words(f"from {begins} to {ends}", f"{begins} 至 {ends}")


def read_tiers(activity: Table, decimals: int) -> tuple[Tier, ...]:
    """Read the blocks ``[[activity.tier]]``, which stand in the order of their days."""
    tables = activity.tables("tier")
    tiers: list[Tier] = []
    for table in tables:
        table.only("first_day", "last_day", "points")
        first_day = table.date("first_day") if "first_day" in table.values else None
        last_day = table.date("last_day") if "last_day" in table.values else None
        points = 0 if _is_zero(table.values.get("points")) else table.points("points", decimals)
        if tiers:
            first_day = _follows(table, tables[len(tiers) - 1], tiers[-1], first_day)
        if first_day and last_day and last_day < first_day:
            key = f"{table.where('first_day')} {first_day}"
            wrong = Words(f"{last_day} lies before {key}", f"{last_day} 早于 {key}")
            table.fault("last_day", wrong, Words("that day or later", "当日或以后"))
        tiers.append(Tier(points, first_day, last_day))
    return tuple(tiers)


def _follows(table: Table, before: Table, earlier: Tier, first_day: str | None) -> str | None:
    """Return the first day of a tier that follows another, the day after it unless said; out of order is a fault."""
    other = before.where("last_day")
    if not earlier.last_day:
        if "last_day" not in before.values:
            key = table.where("points")
            wrong = Words(f"is missing, and {key} follows", f"缺少此项，而其后还有 {key}")
            before.fault("last_day", wrong, Words("the last day of each tier but the last", "除末档外每档写明最后一天"))
        return first_day
    if first_day is not None and first_day and first_day <= earlier.last_day:
        key = f"{other} {earlier.last_day}"
        wrong = Words(f"{first_day} is not after {key}", f"{first_day} 不晚于 {key}")
        table.fault("first_day", wrong, Words("the tiers in the order of their days", "各档按日期先后排列"))
    if first_day is None and table.values.get("last_day") is not None:
        last_day = str(table.values["last_day"])
        if last_day <= earlier.last_day:
            key = f"{other} {earlier.last_day}"
            wrong = Words(f"{last_day} is not after {key}", f"{last_day} 不晚于 {key}")
            table.fault("last_day", wrong, Words("the tiers in the order of their days", "各档按日期先后排列"))
            return None
    return first_day if first_day is not None else day_after(earlier.last_day)


def _is_zero(value: object) -> bool:
    return value == "0" or (type(value) is int and value == 0)
