"""Multipliers: what a deed is worth more, or less, in some days, of some kind, or always.

A factor is exact, at most four decimal places, and applies to what is awarded, never to a deduction. At most one
applies to a deed; a rule book in which two could is refused.

Worked example (S-25): 5 points x 1.5 are 7.5, and in a village of whole points 7, each time: three of them are 21.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pointsledger.rules.documents import with_present
from pointsledger.rules.limits import ACTIVITY, ALL, CATEGORY, read_scope
from pointsledger.rules.lots import NEVER
from pointsledger.values.points import number_text
from pointsledger.values.words import Words

if TYPE_CHECKING:
    from pointsledger.rules.documents import Table

FACTOR_DECIMALS = 4
ONE: Final[int] = 10**FACTOR_DECIMALS
"""The factor that changes nothing, in the smallest unit of a factor."""

LARGEST_FACTOR = 1_000


@dataclass(frozen=True, slots=True)
class Multiplier:
    """By how much deeds ``of`` something are multiplied, from ``first_day`` to ``last_day`` or without an end."""

    of: str
    factor: int
    first_day: str | None = None
    last_day: str | None = None
    text: str | None = None

    def applies(self, activity: str, category: str, on: str) -> bool:
        """Tell whether it applies to a deed of an activity of that category on day ``on``."""
        return self.of in {ALL, CATEGORY + category, ACTIVITY + activity} and (self.first_day or "") <= on <= (
            self.last_day or NEVER
        )

    def to_said(self) -> dict[str, Any]:
        """Return the multiplier as JSON values."""
        said: dict[str, Any] = {"of": self.of, "factor": number_text(self.factor, FACTOR_DECIMALS)}
        return with_present(said, first_day=self.first_day, last_day=self.last_day, text=self.text)


def applying(multipliers: Iterable[Multiplier], activity: str, category: str, on: str) -> Multiplier | None:
    """Return the one multiplier that applies to a deed, if one does."""
    return next((one for one in multipliers if one.applies(activity, category, on)), None)


def read_multipliers(
    root: Table, categories: Mapping[str, str], first_day: str, text_limit: int
) -> tuple[Multiplier, ...]:
    """Read the blocks ``[[multiplier]]``; ``categories`` are those of each activity, by its code."""
    tables = root.tables("multiplier")
    known = {CATEGORY: list(dict.fromkeys(categories.values())), ACTIVITY: list(categories)}
    multipliers = [_read(table, known, text_limit, first_day) for table in tables]
    for number, (table, one) in enumerate(zip(tables, multipliers, strict=True)):
        for other_table, other in zip(tables[:number], multipliers, strict=False):
            if _scopes_meet(one.of, other.of, categories) and _days_meet(one, other):
                where = f"{other_table.where('of')} {other.of}"
                wrong = Words(f"{one.of} applies together with {where}", f"{one.of} 与 {where} 同时适用")
                table.fault(
                    "of", wrong, Words("one multiplier for a deed, on each day", "同一天同一事项只适用一个倍数")
                )
    return tuple(multipliers)


def _read(table: Table, known: Mapping[str, Sequence[str]], text_limit: int, book_day: str) -> Multiplier:
    table.only("of", "factor", "first_day", "last_day", "text")
    multiplier = Multiplier(
        of=read_scope(table, known),
        factor=table.exact("factor", FACTOR_DECIMALS, LARGEST_FACTOR),
        first_day=table.date("first_day") if "first_day" in table.values else None,
        last_day=table.date("last_day") if "last_day" in table.values else None,
        text=table.optional_text("text", text_limit, lines=True),
    )
    for key, day in ((table.where("first_day"), multiplier.first_day), ("first_day", book_day)):
        if multiplier.last_day and day and multiplier.last_day < day:
            wrong = Words(f"{multiplier.last_day} lies before {key} {day}", f"{multiplier.last_day} 早于 {key} {day}")
            table.fault("last_day", wrong, Words("that day or later", "当日或以后"))
    return multiplier


def _scopes_meet(one: str, other: str, categories: Mapping[str, str]) -> bool:
    if ALL in {one, other} or one == other:
        return bool(one and other)
    activities = [code for code in categories if ACTIVITY + code in {one, other}]
    return any(CATEGORY + categories[code] in {one, other} for code in activities)


def _days_meet(one: Multiplier, other: Multiplier) -> bool:
    begins = max(one.first_day or "", other.first_day or "")
    return begins <= min(one.last_day or NEVER, other.last_day or NEVER)
