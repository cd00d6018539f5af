"""Liability: what the points outstanding would cost, against the money and the goods that are there for them.

A rule book says in ``[liability]`` what a point costs, ``yuan_per_point``, and at how much of what is there it warns.
Money is rounded half up, once, on the total.

Worked example (S-36): three accounts of 333 points at 0.015 yuan are 999 x 0.015 = 14.985, so 14.99; rounded one by
one they would be 15.00. 1,070 points at 0.84 are 898.80.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from pointsledger.values.points import FEN_DECIMALS, number_text

if TYPE_CHECKING:
    from pointsledger.rules.documents import Table

COST_DECIMALS = 4
"""Decimal places of a yuan in which the cost of a point may be said."""

WHOLE_PERCENT = 100
_MOST_PERCENT = 1_000
_DEAREST_POINT = 1_000


@dataclass(frozen=True, slots=True)
class Liability:
    """What a point costs, in ten-thousandths of a yuan, and the share of what is there above which to warn."""

    cost: int
    warn_above_percent: int = WHOLE_PERCENT

    @classmethod
    def read(cls, table: Table) -> Self:
        """Read the table ``[liability]``."""
        table.only("yuan_per_point", "warn_above_percent")
        warned = "warn_above_percent" in table.values
        return cls(
            cost=table.exact("yuan_per_point", COST_DECIMALS, _DEAREST_POINT),
            warn_above_percent=table.whole("warn_above_percent", least=1, most=_MOST_PERCENT)
            if warned
            else WHOLE_PERCENT,
        )

    def to_said(self) -> dict[str, Any]:
        """Return the rules as JSON values under the keys of the rule book."""
        said: dict[str, Any] = {"yuan_per_point": number_text(self.cost, COST_DECIMALS)}
        return said | (
            {"warn_above_percent": self.warn_above_percent} if self.warn_above_percent != WHOLE_PERCENT else {}
        )

    def fen(self, points: int, decimals: int) -> int:
        """Return what ``points``, in the smallest unit of a village with so many ``decimals``, cost in fen."""
        return half_up(points * self.cost, 10 ** (decimals + COST_DECIMALS - FEN_DECIMALS))

    def exceeds(self, cost_fen: int, there_fen: int) -> bool:
        """Tell whether what the points cost is more than the share, to be warned of, of what is there."""
        return cost_fen * WHOLE_PERCENT > there_fen * self.warn_above_percent


def half_up(amount: int, unit: int) -> int:
    """Return ``amount`` in whole units, a half rounded up; money here is never below zero."""
    return (2 * amount + unit) // (2 * unit)
