"""The tie-out (三账合一): points, each good and each fund on one page, opening + in - out = closing.

One journal moves all three. Of a good there are two lines, its pieces and what they cost, since a book may count right
and still be worth something else. Outgoings are negative, so that the figures simply add up.

Worked example (S-38): a fund of 1,000.00 buys 100 soaps at 2.50; 3 are handed over and 2 written off.

    fund    opening 0.00, granted 1,000.00, supplied -250.00            closing 750.00
    pieces  opening 0, supplied 100, handed-over -3, written-off -2     closing 95
    worth   opening 0.00, supplied 250.00, handed-over -7.50, ...       closing 237.50
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

POINTS_BOOK = "points"
GOODS_BOOK = "goods"
WORTH_BOOK = "worth"
FUND_BOOK = "fund"
OPENING = "opening"


class Movement(NamedTuple):
    """What came in (positive) or went out under one heading."""

    heading: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class BookLine:
    """One account, or a good over all shops (``shop`` empty), from opening to closing.

    ``book`` is ``points`` (in points), ``goods`` (in pieces), ``worth`` (what these cost, in yuan) or ``fund`` (in
    yuan); ``code`` and ``name`` are those of the item or of the fund.
    """

    book: str
    code: str
    name: str
    shop: str
    opening: Decimal
    movements: tuple[Movement, ...]
    closing: Decimal

    @property
    def came_in(self) -> Decimal:
        """What came in."""
        return sum((one.amount for one in self.movements if one.amount > 0), Decimal(0))

    @property
    def went_out(self) -> Decimal:
        """What went out, negative."""
        return sum((one.amount for one in self.movements if one.amount < 0), Decimal(0))

    @property
    def foots(self) -> bool:
        """Tell whether opening and movements add up to the closing."""
        return self.opening + self.came_in + self.went_out == self.closing


@dataclass(frozen=True, slots=True)
class Books:
    """The three books of a period; ``closed`` tells that every month of it is closed."""

    village: str
    period: str
    closed: bool
    lines: tuple[BookLine, ...]

    @property
    def foots(self) -> bool:
        """Tell whether every line foots."""
        return all(line.foots for line in self.lines)

    def __iter__(self) -> Iterator[BookLine]:
        """Go through the lines."""
        return iter(self.lines)

    def __len__(self) -> int:
        """Count the lines."""
        return len(self.lines)


@dataclass(slots=True)
class Bridged:
    """A line while it is added up, in the smallest unit."""

    opening: int = 0
    within: dict[str, int] = field(default_factory=dict)

    def add(self, heading: str, amount: int, *, before: bool) -> None:
        """Add an amount; what a paper book had is an opening, whenever it was brought forward."""
        if before or heading == OPENING:
            self.opening += amount
        else:
            self.within[heading] = self.within.get(heading, 0) + amount

    def plus(self, other: Bridged) -> Bridged:
        """Return both together."""
        headings = {**self.within, **other.within}
        within = {heading: self.within.get(heading, 0) + other.within.get(heading, 0) for heading in headings}
        return Bridged(self.opening + other.opening, within)

    @property
    def closing(self) -> int:
        """What it comes to."""
        return self.opening + sum(self.within.values())

    @property
    def empty(self) -> bool:
        """Whether nothing was there and nothing moved."""
        return not self.opening and not any(self.within.values())

    def line(self, named: tuple[str, str, str, str], closing: int, decimals: int) -> BookLine:
        """Return the line as people read it, with the ``closing`` that was found otherwise.

        ``named`` are its book, code, name and shop.
        """

        def exact(amount: int) -> Decimal:
            return Decimal(amount).scaleb(-decimals)

        ordered = sorted(self.within.items(), key=lambda one: (one[1] < 0, one[0]))  # what came in stands first
        moved = tuple(Movement(heading, exact(amount)) for heading, amount in ordered if amount)
        return BookLine(*named, exact(self.opening), moved, exact(closing))


def over_shops(bridged: Mapping[tuple[str, str], Bridged]) -> Iterable[tuple[str, Bridged]]:
    """Yield code and sum of each item that several shops have; the keys are item and shop."""
    shops: dict[str, list[Bridged]] = {}
    for (item, _), one in bridged.items():
        shops.setdefault(item, []).append(one)
    for item, several in sorted(shops.items()):
        if len(several) > 1:
            whole = Bridged()
            for one in several:
                whole = whole.plus(one)
            yield item, whole
