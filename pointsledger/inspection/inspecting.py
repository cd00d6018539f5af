"""Inspecting: one pass over the records of a period, past every check.

A record is of a period if it was recorded on one of its days, or counts in it: the month's sheet that is typed on the
third of the next month belongs to its month, and so does what was typed in the month for an earlier day.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from itertools import islice
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from pointsledger.decisions.calling_back import CALL_BACK, concerns
from pointsledger.decisions.stored import damaged
from pointsledger.errors import RecordsProvisional, RuleSilent
from pointsledger.inspection.checks import CHECKS
from pointsledger.inspection.directory import Directory
from pointsledger.inspection.drawing import Drawing
from pointsledger.inspection.matter import Matter
from pointsledger.inspection.rewritings import rewritings
from pointsledger.inspection.thresholds import Thresholds
from pointsledger.inspection.view import Call, Check, Seen, View
from pointsledger.reports.books import BookLine
from pointsledger.reports.periods import months_asked
from pointsledger.reports.tie_out import tie_out
from pointsledger.rules.catalog import PriceList
from pointsledger.rules.rulebook import RuleBook
from pointsledger.storage import inspecting
from pointsledger.storage.trace_queries import drawn_from
from pointsledger.storage.transaction import NOT_ITS_LEAF, Transaction
from pointsledger.values.calendar import Clock, instant_text, months_in
from pointsledger.values.progress import Progress
from pointsledger.values.rows import Close

PAGE = 1_000
"""Records that are read at once."""

MOST_MATTERS = 200
"""Matters of one check that an inspection keeps; the rest are counted."""

_MOST_USES = 10

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the checks found in a period of a book, as of its first ``size`` records with head ``root`` (hexadecimal).

    ``records`` of them are of the period, from ``first_day`` to ``last_day``. ``counts`` says how many matters each
    check found, by its code and in the order of the checks, also where it found none; of one check only the first
    are among the ``matters``. ``rules`` and ``prices`` are version and document in force on the last day, or by now.
    """

    village: str
    period: str
    first_day: str
    last_day: str
    size: int
    root: str
    records: int
    matters: tuple[Matter, ...]
    counts: Mapping[str, int]
    thresholds: Thresholds
    rules: tuple[int, RuleBook] | None = None
    prices: tuple[int, PriceList] | None = None
    decimals: int = 0

    def __iter__(self) -> Iterator[Matter]:
        """Go through the matters."""
        return iter(self.matters)

    def __len__(self) -> int:
        """Count the matters."""
        return len(self.matters)

    def of(self, check: str) -> tuple[Matter, ...]:
        """Return the matters of one check."""
        return tuple(matter for matter in self.matters if matter.check == check)


class Span(NamedTuple):
    """The months of a period, its first and last day, and the record that closed it, or 0 while it is open."""

    months: tuple[str, ...]
    first_day: str
    last_day: str
    closed_by: int


class Inspections(ABC):
    """What an inspector asks of a book."""

    _clock: Clock

    @property
    @abstractmethod
    def village(self) -> str:
        """The village's code."""

    @abstractmethod
    def _provisional(self) -> bool:
        """Tell whether acts were posted in this transaction that may still be rolled back."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Transaction]:
        """Open a transaction that sees one moment of the book."""

    def inspect(
        self, period: str, *, thresholds: Thresholds | None = None, progress: Progress | None = None
    ) -> Inspection:
        """Put every question of an inspection to the records of a period, in one pass, and return what to look at.

        The records are those that were recorded on a day of the period, or count in it. Nothing that is found is an
        accusation: each matter names the paper or the person to ask. ``thresholds`` says from where on something is
        worth a look.

        Raises:
            InvalidPeriod: if there is no such period.
            BeforeFirstPeriod, FutureDate: if all of it lies before the book, or it has not begun.
            LedgerDamaged: if the journal cannot be read.
            TooManyDecimals: if a threshold in points has more decimals than the points of the book.
            RecordsProvisional: within a transaction that has posted acts which may still be rolled back.

        """
        months_in(period)  # what is no period is refused before anything is read
        with self._reading() as transaction:
            if self._provisional():
                raise RecordsProvisional
            state = transaction.state
            now = instant_text(self._clock.now())
            span = span_of(transaction, period, state.calendar.day_of_instant(now))
            chosen = thresholds or Thresholds()
            view = _view(transaction, chosen, span, now)
            checks = [check(view) for check in CHECKS]
            count = 0
            for seen in stream(transaction, span, progress):
                count += 1
                for check in checks:
                    check.see(seen)
            matters, counts = _gathered(checks)
            head, last = transaction.head, min(span.last_day, state.calendar.day_of_instant(now))
            return Inspection(
                village=self.village,
                period=period,
                first_day=span.first_day,
                last_day=span.last_day,
                size=head.size,
                root=head.root.hex(),
                records=count,
                matters=matters,
                counts=counts,
                thresholds=chosen,
                rules=_in_force(lambda: state.rulebook(last)),
                prices=_in_force(lambda: state.price_list(last)),
                decimals=state.settings.decimals,
            )


def span_of(transaction: Transaction, period: str, today: str) -> Span:
    """Return what a period is for a reading on the day ``today``.

    Raises:
        InvalidPeriod, BeforeFirstPeriod, FutureDate: as ``months_asked``.

    """
    state = transaction.state
    months = months_asked(state, period, today)
    close = state.get(Close, (months[-1],))
    return Span(months, *state.calendar.bounds(period), close.seq if close else 0)


def stream(transaction: Transaction, span: Span, progress: Progress | None = None) -> Iterator[Seen]:
    """Yield the records of a period in their order, read page by page."""
    state = transaction.state
    after = _before(transaction, span)
    first, size = after, state.size
    while after < size:
        read = after
        for record, reversed_by, texts in inspecting.page(
            transaction.connection, transaction.village, after=after, limit=PAGE
        ):
            after = record.seq
            day = state.calendar.day_of_instant(record.recorded_at)
            if span.closed_by and after > span.closed_by:
                return  # a month is closed when it is over: nothing that comes is of it any more
            if span.first_day <= day <= span.last_day or record.period in span.months:
                minute = state.calendar.minute_of_instant(record.recorded_at)
                yield Seen(record, day, minute, texts, reversed_by)
        if after == read:  # the book says that it has more, and somebody cut them off
            raise damaged(transaction.village, NOT_ITS_LEAF.about(seq=after + 1))
        if progress is not None:
            progress(after - first, size - first)


def _before(transaction: Transaction, span: Span) -> int:
    """Return the number of the last record before a period."""
    # What is brought forward counts in the first month, though it be recorded before that has begun.
    begins = transaction.state.settings.first_period in span.months
    return 0 if begins else transaction.first_recorded_on(span.first_day) - 1


def _in_force(find: Callable[[], T]) -> T | None:
    """Return what is in force, or None where nothing is said of the day."""
    try:
        return find()
    except RuleSilent:
        return None


def _gathered(checks: list[Check]) -> tuple[tuple[Matter, ...], Mapping[str, int]]:
    """Return the first matters of each check, and how many it found."""
    matters: list[Matter] = []
    counts: dict[str, int] = {}
    for check in checks:
        found = check.found()
        kept = list(islice(found, MOST_MATTERS))
        matters += kept
        counts[check.code] = len(kept) + sum(1 for _ in found)
    return tuple(matters), MappingProxyType(counts)


def _calls(transaction: Transaction, span: Span) -> tuple[Call, ...]:
    return tuple(Call(record, concerns(record, span.months)) for record in transaction.records(kinds=[CALL_BACK]))


def _view(transaction: Transaction, thresholds: Thresholds, span: Span, now: str) -> View:
    state = transaction.state
    today = state.calendar.day_of_instant(now)

    def governing(day: str) -> int:
        found = _in_force(lambda: state.price_list(day))
        return 0 if found is None else found[0]

    def drawn(seq: int) -> tuple[int, ...]:
        found = drawn_from(transaction.connection, transaction.village, seq, after=seq, limit=_MOST_USES)
        return tuple(dict.fromkeys(one.seq for one in found if one.amount > 0 and one.cause == "spend"))

    def months() -> Iterator[tuple[str, BookLine]]:
        begun = state.calendar.month_of(today)
        for month in span.months:
            if state.settings.first_period <= month <= begun:
                yield from ((month, line) for line in tie_out(transaction, month, now))

    return View(
        directory=Directory(transaction.profiles()),
        thresholds=thresholds,
        rulebooks=tuple(state.rulebooks()),
        price_lists=tuple(state.price_lists()),
        price_list_on=governing,
        drawn_from=drawn,
        months=months,
        drawn=Drawing(transaction).drawn,
        calls=cache(lambda: _calls(transaction, span)),
        rewritings=cache(lambda: rewritings(transaction, _before(transaction, span) + 1, span.last_day)),
        day_of=state.calendar.day_of_instant,
        decimals=state.settings.decimals,
    )
