"""What the checks see: a record with what stands beside it, and the few things that they may look up.

A check never reads the book itself. Whatever it needs beyond the stream is small: the people, the documents that were
adopted, and, for the few records that it finds, which others drew on the same points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple, Protocol

from pointsledger.inspection.directory import Directory
from pointsledger.inspection.matter import Matter
from pointsledger.inspection.thresholds import Thresholds
from pointsledger.reports.books import BookLine
from pointsledger.rules import chart
from pointsledger.rules.activities import Activity
from pointsledger.rules.catalog import PriceList
from pointsledger.rules.draw import Draw
from pointsledger.rules.rulebook import RuleBook
from pointsledger.values.points import LAST_NUMBER, scaled, unscaled
from pointsledger.values.records import Record
from pointsledger.values.words import Words


class Seen(NamedTuple):
    """A record of the stream: the day and the minute of the village on which it was written, what undid it (or 0).

    ``texts`` is its free text that is still kept, by field.
    """

    record: Record
    day: str
    minute: str
    texts: Mapping[str, str]
    reversed_by: int

    @property
    def account(self) -> str:
        """The household that the record is about, by its id, or nothing."""
        said: Any = self.record.said
        named = said.get("account") or said.get("household")  # a reward says whom it went to, and moves no points
        if named:
            return str(named)
        sides = (side for entry in self.record.entries for side in (entry.source, entry.target))
        return next((side for side in sides if chart.holds_points(side)), "")

    @property
    def from_sheet(self) -> bool:
        """Whether it was a row of an imported sheet, which is its evidence and was not typed by itself."""
        return "batch" in self.record.said


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A record after which something is not there that was: how many ``people`` of the register and which ``texts``.

    ``texts`` are the records whose free text is gone, ``days`` how many it came after the youngest record that it
    touches (None if it touches none), ``late`` whether it came after the period's last day. ``former`` is what those
    who were amended were called before, where the book still keeps it.
    """

    record: Record
    people: int
    texts: tuple[int, ...]
    days: int | None
    late: bool
    former: tuple[str, ...] = ()


class Call(NamedTuple):
    """A call-back of the book, and whether it is of the period that is inspected."""

    record: Record
    own: bool


@dataclass(frozen=True, slots=True)
class View:
    """What the checks may look up."""

    directory: Directory
    thresholds: Thresholds
    rulebooks: tuple[RuleBook, ...]
    price_lists: tuple[PriceList, ...]
    price_list_on: Callable[[str], int]
    """The version of the price list that governs a day, by what is adopted now; 0 if none does."""
    drawn_from: Callable[[int], tuple[int, ...]]
    """The records that took something from the points that a record brought, the first few."""
    months: Callable[[], Iterator[tuple[str, BookLine]]]
    """Each month of the period with the lines of its books."""
    drawn: Callable[[Draw], frozenset[str]]
    """The accounts that a draw of call-backs comes upon, done again."""
    calls: Callable[[], tuple[Call, ...]]
    """Every call-back of the book: one of the period says little without those before and after it."""
    rewritings: Callable[[], tuple[Rewriting, ...]]
    """What was erased, amended or declared lost from the first day of the period to the end of the book."""
    day_of: Callable[[str], str]
    """The civil day of an instant."""
    decimals: int

    def points(self, amount: int) -> Decimal:
        """Return points as people read them."""
        return unscaled(amount, self.decimals)

    def least(self, check: str) -> int:
        """Return the threshold of a check that is in points, in the smallest unit; of 0 it is one of these.

        Raises:
            TooManyDecimals: if it has more of them than the points of the book.

        """
        points = self.thresholds.points(check)
        return scaled(points, self.decimals, name=f"{check}.points", limit=LAST_NUMBER) if points else 1

    def activity(self, record: Record) -> Activity | None:
        """Return the activity of an award or a deduction, by the rule book that it names."""
        version = record.decided.get("rulebook")
        if not isinstance(version, int) or not 0 < version <= len(self.rulebooks):
            return None
        return self.rulebooks[version - 1].activities.get(record.said.get("activity", ""))

    def price_list(self, version: int) -> PriceList | None:
        """Return a version of the price list, if there is one."""
        return self.price_lists[version - 1] if 0 < version <= len(self.price_lists) else None

    def item_name(self, code: str) -> str:
        """Return the name of an item, by the latest price list that has it."""
        named = (prices.items[code].name for prices in reversed(self.price_lists) if code in prices.items)
        return next(named, code)


class Check(Protocol):
    """One question of an inspection: it sees each record once, in order, and then says what it found."""

    code: ClassVar[str]
    title: ClassVar[Words]
    question: ClassVar[Words]

    def __init__(self, view: View) -> None:
        """Begin with nothing seen."""

    def see(self, seen: Seen) -> None:
        """Take in the next record."""

    def found(self) -> Iterator[Matter]:
        """Yield what there is to look at."""
