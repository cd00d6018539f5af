"""Readings: what the book answers when it is asked, as values that hold still."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

YUAN = "yuan"
"""The unit of money where people and scripts read it; the books count in fen."""


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
    it. ``reason`` says why, on all of them. What was handed over, cancelled or not collected names the ``reservation``,
    and what was given back the redemption that it ``refunds``, of which so much was ``refunded`` by now.

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
    reservation: int = 0
    refunds: int = 0
    refunded: Decimal | None = None
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
    """Pieces of one item in a redemption, at ``price`` points each; ``refunded`` of them were taken back by the shop.

    ``returned`` of these lie on the shelf again.
    """

    item: str
    name: str
    pieces: int
    price: Decimal
    refunded: int = 0
    returned: int = 0


@dataclass(frozen=True, slots=True)
class RedemptionMade:
    """One redemption, under the number of the record that began it.

    ``state`` is ``reserved``, ``handed-over``, ``cancelled``, ``released``, ``forfeited`` or ``reversed``; one reserved
    whose last day is over is released or forfeited by the date, though no record says so yet. ``last_day`` is the last
    of the reservation, ``""`` where there was none, ``ended_by`` the record that handed over or ended what was
    reserved, and ``reversed_by`` the record that undid the exchange, or 0. ``refunded`` points of it were given back.
    ``collector`` is the code of who took the goods, if it was not the head, and ``collector_name`` the name.
    ``irregular`` tells that goods were gone before points or pieces were there.
    """

    seq: int
    household: str
    name: str
    on: str
    period: str
    points: Decimal
    items: tuple[RedeemedItem, ...]
    by: str
    reversed_by: int
    state: str = "handed-over"
    shop: str = "main"
    last_day: str = ""
    ended_by: int = 0
    refunded: Decimal = Decimal(0)
    collector: str = ""
    collector_name: str = ""
    cash_fen: int = 0
    irregular: bool = False


@dataclass(frozen=True, slots=True)
class ItemTotal:
    """What was handed over of one item: ``pieces`` for ``points``, of which ``refunded`` were taken back by the shop.

    ``returned`` of these lie on the shelf again; ``reserved`` pieces are promised and not handed over yet.
    """

    item: str
    name: str
    pieces: int
    points: Decimal
    refunded: int
    returned: int
    reserved: int


@dataclass(frozen=True, slots=True)
class RedemptionTotals:
    """What some redemptions come to: ``count`` of them, whatever became of them.

    ``points``, ``refunded`` (points given back) and ``cash_fen`` (noted beside the points) are of those that were
    handed over and not reversed, ``reserved`` are points promised, ``forfeited`` those that were taken without goods.
    """

    count: int
    points: Decimal
    refunded: Decimal
    reserved: Decimal
    forfeited: Decimal
    cash_fen: int
    items: tuple[ItemTotal, ...]

    def __iter__(self) -> Iterator[ItemTotal]:
        """Go through the items."""
        return iter(self.items)


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
class ShopOpen:
    """A shop and the codes of the items that it gives; ``paused_by`` is the record that paused it, or 0.

    A pause has ``until``, its last day, or lasts until it is resumed where that is empty.
    """

    code: str
    name: str
    items: tuple[str, ...]
    paused_by: int = 0
    until: str = ""
    reason: str = ""
