"""Readings: what the book answers when it is asked, as values that hold still."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """What a household holds, in points.

    ``balance`` is what its lots hold less ``arrears``. As of a past day (``on``) there is only the balance;
    held, pending and available exist for now. ``floor`` is what a base keeps from being spent: it is no part of
    ``available``.
    """

    household: str
    name: str
    group: str
    balance: Decimal
    held: Decimal | None
    pending: Decimal | None
    arrears: Decimal | None
    available: Decimal | None
    on: str | None = None
    floor: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PersonNamed:
    """Who stands behind an id of the journal; ``role`` is household, resident or operator."""

    id: str
    role: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One movement, or a record that moved nothing since a limit cut it or all of it was written off.

    ``balance`` is that after it, ``heading`` says what it counts as (``earned``, ``base``, ``deducted``, ``redeemed``,
    ``opening``); ``requested`` is what it was for where less moved, and ``written_off`` how much of that was not there
    and was let go; ``quantity`` how much of its unit was done, ``minutes`` how long a
    service took where it was said so. ``reverses`` is the record that this one undid and ``reversed_by`` the record
    that undid it, or 0; where one was corrected, ``corrected_by`` is the right record in its place, which ``corrects``
    it. ``reason`` says why, on all of them.

    ``on`` is the day of the deed, ``period`` the month it counts in, ``counts_on`` the day it counts on there, by which
    lines stand in their order, ``for_period`` the month it concerns where that is another one, and ``recorded_at`` the
    instant it was written (UTC).
    """

    seq: int
    on: str
    counts_on: str
    heading: str
    activity: str
    activity_name: str
    member: str
    points: Decimal
    balance: Decimal
    requested: Decimal | None
    for_period: str
    reversed_by: int
    quantity: Decimal | None = None
    reverses: int = 0
    reason: str = ""
    remark: str = ""
    period: str = ""
    recorded_at: str = ""
    minutes: int | None = None
    corrects: int = 0
    corrected_by: int = 0
    written_off: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Statement:
    """The movements of a household in a period, or from the beginning, between opening and closing balance."""

    household: str
    name: str
    period: str | None
    opening: Decimal
    lines: tuple[StatementLine, ...]
    closing: Decimal

    def __iter__(self) -> Iterator[StatementLine]:
        """Go through the lines."""
        return iter(self.lines)


@dataclass(frozen=True, slots=True)
class RedeemedItem:
    """Pieces of one item in a redemption, at ``price`` points each."""

    item: str
    name: str
    pieces: int
    price: Decimal


@dataclass(frozen=True, slots=True)
class RedemptionMade:
    """One redemption; ``reversed_by`` is the record that undid it, or 0."""

    seq: int
    household: str
    name: str
    on: str
    period: str
    points: Decimal
    items: tuple[RedeemedItem, ...]
    by: str
    reversed_by: int


@dataclass(frozen=True, slots=True)
class TrialLine:
    """The balance of one account in one book: what came in less what went out.

    ``unit_name`` is the name of the good and ``category_name`` that of the account's category, ``""`` where there is
    none.
    """

    unit: str
    account: str
    balance: Decimal
    unit_name: str = ""
    category_name: str = ""


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Every account of the points book and of each good; each book sums to zero (``foots``)."""

    lines: tuple[TrialLine, ...]

    @property
    def sums(self) -> dict[str, Decimal]:
        """Return the sum of each unit's book, which is zero in a book that is whole."""
        sums: dict[str, Decimal] = {}
        for line in self.lines:
            sums[line.unit] = sums.get(line.unit, Decimal(0)) + line.balance
        return sums

    @property
    def foots(self) -> bool:
        """Tell whether every book sums to zero."""
        return not any(self.sums.values())

    def __iter__(self) -> Iterator[TrialLine]:
        """Go through the lines."""
        return iter(self.lines)


@dataclass(frozen=True, slots=True)
class StockLine:
    """What the shelf holds of an item: pieces, and their cost in fen where the intake said it."""

    item: str
    name: str
    pieces: int
    cost_fen: int
