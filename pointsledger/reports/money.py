"""Money: what the funds hold and what became of it, and what the points outstanding would cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class FundLine:
    """One fund in a period, or from the beginning, in yuan; what went out is negative, so that the figures add up.

    ``used`` is what was spent of ``budget`` in the ``span`` around the last month of the period, or around today; a
    fund without a budget has neither.
    """

    code: str
    name: str
    purpose: str
    uses: tuple[str, ...]
    opening: Decimal
    came_in: Decimal
    went_out: Decimal
    left: Decimal
    budget: Decimal | None = None
    used: Decimal | None = None
    span: str | None = None


@dataclass(frozen=True, slots=True)
class FundsHeld:
    """The funds that the rule book declares, and any other that holds or held money."""

    period: str | None
    lines: tuple[FundLine, ...]

    def __iter__(self) -> Iterator[FundLine]:
        """Go through the lines."""
        return iter(self.lines)

    def __len__(self) -> int:
        """Count the lines."""
        return len(self.lines)

    @property
    def left(self) -> Decimal:
        """What all of them hold, in yuan."""
        return sum((line.left for line in self.lines), Decimal(0))


@dataclass(frozen=True, slots=True)
class LiabilityShown:
    """What the points ``outstanding`` on a day would cost, against the money and the goods that are there for them.

    ``outstanding`` is what the households' points hold that can ever be redeemed: ``floor`` cannot, and ``arrears`` are
    what others owe, which nobody can take home. The closing of a tally is outstanding + floor - arrears.

    ``cost`` is what they would cost, ``funds`` what the funds hold and ``goods`` what the shelves cost, in yuan;
    ``percent`` is how much of these the cost is, whole percents rounded up, or None where nothing is there.
    ``exceeded`` tells that the cost is more than ``warn_above_percent`` of what is there.
    """

    on: str
    outstanding: Decimal
    floor: Decimal
    arrears: Decimal
    yuan_per_point: Decimal
    cost: Decimal
    funds: Decimal
    goods: Decimal
    percent: int | None
    warn_above_percent: int
    exceeded: bool

    @property
    def there(self) -> Decimal:
        """What is there to honour the points with, in yuan."""
        return self.funds + self.goods
