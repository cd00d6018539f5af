"""Allowances: at most so much of something for a household in a month, a quarter, a half-year or a year.

Redemptions, the points they take and the pieces of an item may have one each. Unlike a limit on what is earned, an
allowance never cuts: what does not fit in is refused, and the household is told from which day on it may come again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pointsledger.rules.documents import Table

SPANS = ("month", "quarter", "half", "year")
"""The village's own periods, over which an allowance counts."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """At most so many of its ``measure`` (times, pieces, or points in the smallest unit) in a span of time."""

    most: int
    per: str
    measure: str

    def to_said(self) -> dict[str, Any]:
        """Return the allowance as JSON values."""
        return {self.measure: self.most, "per": self.per}


def read_allowance(table: Table, key: str, measure: str, decimals: int = 0) -> Allowance | None:
    """Read the allowance under ``key``, which counts ``measure``; None if there is none."""
    if key not in table.values or (own := table.table(key)) is None:
        return None
    own.only(measure, "per")
    most = own.points(measure, decimals) if measure == "points" else own.whole(measure, least=1)
    return Allowance(most, own.choice("per", SPANS), measure)
