"""The tally (积分汇总) of a period: opening, what came in and went out, closing, and who stands where.

The bridge foots for every row and for the whole: opening and what lies between add up to closing, outgoings being
negative; see ``bridge``. ``earned`` is the awards of the period itself, and so are the other columns; whatever concerns
another period, a late reversal for one, stands in ``prior``.

A period is shown in one of two views. As closed (``as_closed``) it is what counted in it, which never changes once its
months are closed; as restated (``restated``) it is what is known of it by now, corrections in their own month and
``prior`` empty. A ranking goes by earned and deducted together, in either view, and is unchanged by redemption.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pointsledger.errors import InvalidSetting
from pointsledger.rules.bridge import COLUMNS, OPENING, column_of
from pointsledger.values.points import unscaled

LEVELS = ("household", "group", "category", "village")
RANKED = ("household", "group")
AS_CLOSED = "as_closed"
RESTATED = "restated"
VIEWS = (AS_CLOSED, RESTATED)
OF_CATEGORIES = ("base", "earned", "prior", "deducted")
"""The columns that are told by category; what of them belongs to none is a row of its own, without a code."""
TIES = ("competition", "dense", "ordinal")


@dataclass(frozen=True, slots=True)
class TallyRow:
    """The bridge of one household, group, category or of the village, in points; ``deeds`` counts its deeds.

    A category has no opening and closing: points are not kept apart by what they were earned for. What belongs to no
    category, such as base points, or a redemption of an earlier month that was undone, is a row without code and name,
    behind the categories and only where there is something, so that the rows add up to the total.
    """

    code: str
    name: str
    group: str
    deeds: int
    opening: Decimal | None
    base: Decimal
    earned: Decimal
    prior: Decimal
    deducted: Decimal
    redeemed: Decimal
    refunded: Decimal
    expired: Decimal
    forfeited: Decimal
    moved: Decimal
    closing: Decimal | None

    @property
    def ranked(self) -> Decimal:
        """What a ranking goes by: earned less deducted, within the period."""
        return self.earned + self.deducted


@dataclass(frozen=True, slots=True)
class Tally:
    """The tally of a period, a row for each household, group or category, and their ``total``.

    ``closed`` tells that every month of it is closed.
    """

    village: str
    period: str
    level: str
    rows: tuple[TallyRow, ...]
    total: TallyRow
    view: str = AS_CLOSED
    closed: bool = False

    def __iter__(self) -> Iterator[TallyRow]:
        """Go through the rows."""
        return iter(self.rows)

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class RankedRow:
    """A place in the ranking of a period."""

    rank: int
    code: str
    name: str
    group: str
    points: Decimal
    deeds: int


@dataclass(slots=True)
class RowSums:
    """The figures of a row while they are added up, in the smallest unit."""

    opening: int = 0
    deeds: int = 0
    by_heading: dict[str, int] = field(default_factory=dict)

    def add(self, heading: str, prior: int, amount: int, deeds: int) -> None:
        """Add a period total: openings to the opening, what concerns another period to ``prior``."""
        self.deeds += 0 if prior else deeds
        column = column_of(heading, prior=bool(prior))
        if column == OPENING:
            self.opening += amount
        else:
            self.by_heading[column] = self.by_heading.get(column, 0) + amount

    def holds(self, columns: Iterable[str]) -> bool:
        """Tell whether something stands in one of these columns, or a deed is counted."""
        return bool(self.deeds) or any(self.by_heading.get(column) for column in columns)

    def row(self, code: str, name: str, group: str, decimals: int, *, kept: bool = True) -> TallyRow:
        """Return the figures as people read them; without opening and closing if nothing is ``kept`` under it."""

        def points(amount: int) -> Decimal:
            return unscaled(amount, decimals)

        return TallyRow(
            code=code,
            name=name,
            group=group,
            deeds=self.deeds,
            opening=points(self.opening) if kept else None,
            **{column: points(self.by_heading.get(column, 0)) for column in COLUMNS},
            closing=points(self.opening + sum(self.by_heading.values())) if kept else None,
        )


def row_sums(level: str, before: Iterable[Any], within: Iterable[Any]) -> tuple[dict[str, RowSums], RowSums]:
    """Add period totals up by ``level``; return the sums for each key of it, and one for the whole.

    ``before`` has account, grouping, category, amount; ``within`` account, grouping, category, heading, prior,
    amount, deeds.
    """
    column = {"household": 0, "group": 1, "category": 2, "village": None}[level]
    found: dict[str, RowSums] = {}
    whole = RowSums()
    for row in before:
        amount = int(row[3])
        whole.opening += amount
        found.setdefault("" if column is None else row[column], RowSums()).opening += amount
    for row in within:
        heading, prior, amount, deeds = row[3], int(row[4]), int(row[5]), int(row[6])
        whole.add(heading, prior, amount, deeds)
        found.setdefault("" if column is None else row[column], RowSums()).add(heading, prior, amount, deeds)
    return found, whole


def ranking(rows: Iterable[TallyRow], ties: str = "competition") -> tuple[RankedRow, ...]:
    """Rank rows by what was earned less deducted; ties come 1, 1, 3 (competition), 1, 1, 2 (dense), 1, 2, 3 (ordinal).

    Raises:
        InvalidSetting: for another way of treating ties.

    """
    if ties not in TIES:
        raise InvalidSetting(name="ties", value=ties, allowed=", ".join(TIES), allowed_zh="、".join(TIES))
    ranked: list[RankedRow] = []
    rank = 0
    for place, row in enumerate(sorted(rows, key=lambda row: (-row.ranked, row.code)), start=1):
        tied = bool(ranked) and ranked[-1].points == row.ranked
        if ties == "ordinal" or (ties == "competition" and not tied):
            rank = place
        elif not tied:
            rank += 1
        ranked.append(RankedRow(rank, row.code, row.name, row.group, row.ranked, row.deeds))
    return tuple(ranked)
