"""What is due on a civil day: what happens by date, without a record on that day.

A host that sends messages reads the stream of records for what people did. What comes about because a day has begun
stands in no record of that day: a rule book that was adopted earlier comes into force, a month begins, points, or
a reservation, have had their last day.

Worked example: prices are adopted on 10 October with 1 November as their first day. On 10 October the stream has their
record; on 1 November ``due`` has them as in force. Had they been adopted on 1 November or later, they would have been
in force from their record on, and ``due`` would never name them.

What was due on a day is settled when that day begins: only records of earlier days are looked at, so that a script
which missed a day gets the same answer afterwards, whatever was adopted since.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from pointsledger.decisions.editions import PRICES, RULEBOOK
from pointsledger.decisions.state import State
from pointsledger.errors import InvalidSetting
from pointsledger.rules.catalog import PriceList
from pointsledger.rules.rulebook import RuleBook
from pointsledger.values.calendar import Calendar, day_after, day_before
from pointsledger.values.points import unscaled

PERIOD_BEGINS = "period-begins"
RULES_IN_FORCE = "rules-in-force"
PRICES_IN_FORCE = "prices-in-force"
POINTS_LAPSE = "points-lapse"
CLOSE_CLEARS = "close-clears"
RESERVATION_ENDS = "reservation-ends"
KINDS = (PERIOD_BEGINS, RULES_IN_FORCE, PRICES_IN_FORCE, POINTS_LAPSE, CLOSE_CLEARS, RESERVATION_ENDS)
"""What may be due, in the order in which it stands within a day. Later releases add to these."""

LONGEST_DAYS = 366
"""Days that may be asked for at once."""

_KIND_OF = {RULEBOOK: RULES_IN_FORCE, PRICES: PRICES_IN_FORCE}


@dataclass(frozen=True, slots=True)
class Change:
    """An activity (or the level of one, ``code/level``) or item in which a document differs from the one before it.

    ``before`` and ``after`` are its points, None where it is new or gone; where they are equal something else of it
    changed, such as a limit or a unit.
    """

    code: str
    name: str
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True, slots=True)
class Due:
    """Something that happens on the day ``on`` by itself; no personal data is in it.

    ``kind`` is one of ``KINDS``. ``period`` is the month that begins. ``seq`` is the record behind it, or 0; of a
    document that is its adoption, ``version`` its number and ``changes`` what is new, gone or otherwise in it. Of a
    lapse ``account`` is the household's id, as records have it, and ``points`` what it had left when the day began. So
    it is of points that the close of a month clears (``close-clears``): from that day on that month, ``period``, can be
    closed, and what is then left of them is gone. Of a reservation that nobody collected by the day before, ``seq`` is
    its record, ``account`` whose it was, ``points`` what was held, and ``state`` says how it ends: ``released`` or
    ``forfeited``.
    """

    kind: str
    on: str
    period: str = ""
    seq: int = 0
    version: int = 0
    changes: tuple[Change, ...] = ()
    account: str = ""
    points: Decimal | None = None
    state: str = ""

    @property
    def key(self) -> str:
        """A name for it that stays the same however often it is asked for, to know a message again."""
        return f"{self.on}/{self.kind}/{self.seq or self.account or 0}"


class Adoption(NamedTuple):
    """When a version of a document was adopted, by its record ``seq``, and from which day it is to govern."""

    document: str
    version: int
    seq: int
    adopted_on: str
    first_on: str


class Coming(NamedTuple):
    """An adoption that comes into force, and the version that governed until then, if one did."""

    adoption: Adoption
    before: int | None


class Ending(NamedTuple):
    """What of an account's points had its last day: ``cleared`` if it goes with the close of the month instead."""

    cleared: bool
    account: str
    points: int


Lapsing = Callable[[str], Iterable[Ending]]
"""Returns what had its last day the day before the one it is asked about, by the records of earlier days."""


class Uncollected(NamedTuple):
    """A reservation that nobody collected by its last day: its record, whose it was, points held, and how it ends."""

    last_day: str
    seq: int
    account: str
    points: int
    state: str


def due_on(
    state: State,
    adoptions: Iterable[tuple[str, int, int, str, str]],
    lapsing: Lapsing,
    days: Iterable[str],
    *,
    uncollected: Sequence[Uncollected],
) -> Iterator[Due]:
    """Yield what is due on each of ``days``, day by day and in the order of the kinds.

    ``adoptions`` have document, version, record, first day and the instant of the record.
    """
    settings, calendar = state.settings, state.calendar
    dated = [
        Adoption(document, version, seq, calendar.day_of_instant(recorded_at), first_on)
        for document, version, seq, first_on, recorded_at in adoptions
    ]
    documents: dict[str, Callable[[], Sequence[RuleBook | PriceList]]]
    documents = {RULEBOOK: state.rulebooks, PRICES: state.price_lists}
    for day in days:
        begins = beginning(calendar, settings.first_period, day)
        if begins is not None:
            yield begins
        for document, editions in documents.items():
            found = coming(dated, document, day)
            if found is not None:
                known = editions()
                before = None if found.before is None else known[found.before - 1]
                after = known[found.adoption.version - 1]
                yield in_force(day, found, changes_between(before, after, settings.decimals))
        for ending in lapsing(day):  # those that go with the close come last
            kind, period = (CLOSE_CLEARS, calendar.month_of(day_before(day))) if ending.cleared else (POINTS_LAPSE, "")
            points = unscaled(ending.points, settings.decimals)
            yield Due(kind, day, period=period, account=ending.account, points=points)
        for one in uncollected:
            if day_after(one.last_day) == day:
                held = unscaled(one.points, settings.decimals)
                yield Due(RESERVATION_ENDS, day, seq=one.seq, account=one.account, points=held, state=one.state)


def days_between(first: str, last: str) -> Iterator[str]:
    """Yield the days from ``first`` to ``last``; none where it ends before it begins.

    Raises:
        InvalidSetting: if there are more than ``LONGEST_DAYS``.

    """
    if (date.fromisoformat(last) - date.fromisoformat(first)).days >= LONGEST_DAYS:
        raise InvalidSetting(
            name="until",
            value=last,
            allowed=f"at most {LONGEST_DAYS} days from {first} on",
            allowed_zh=f"自 {first} 起至多 {LONGEST_DAYS} 天",
        )
    day = first
    while day <= last:
        yield day
        day = day_after(day)


def beginning(calendar: Calendar, first_period: str, day: str) -> Due | None:
    """Return the month that begins on ``day``, if one of the book does."""
    month = calendar.month_of(day)
    if calendar.bounds(month)[0] != day or month < first_period:
        return None
    return Due(PERIOD_BEGINS, day, period=month)


def coming(adoptions: Sequence[Adoption], document: str, day: str) -> Coming | None:
    """Return which version of a document comes into force on ``day`` without a record of that day.

    ``adoptions`` are in the order of their versions. Of two whose first day has come the one adopted later governs,
    and the first price list governs from its adoption on, whatever its first day.
    """
    known = [one for one in adoptions if one.document == document and one.adopted_on < day]
    at_once = [one for one in known if document == PRICES and one.version == 1]
    until_now = [one for one in known if one.first_on < day] or at_once
    governs = next((one for one in reversed(known) if one.first_on <= day), None)
    if governs is None or governs.first_on != day or governs in at_once:
        return None
    return Coming(governs, until_now[-1].version if until_now else None)


def in_force(day: str, found: Coming, changes: Sequence[Change]) -> Due:
    """Return what a document's coming into force is."""
    adoption = found.adoption
    return Due(_KIND_OF[adoption.document], day, seq=adoption.seq, version=adoption.version, changes=tuple(changes))


def changes_between(before: RuleBook | PriceList | None, after: RuleBook | PriceList, decimals: int) -> list[Change]:
    """Return what is new, gone or otherwise in ``after``, in the order of its own entries, those that are gone last."""
    old, new = _entries(before) if before else {}, _entries(after)

    def points(entry: _Entry | None) -> Decimal | None:
        return None if entry is None else unscaled(entry.points, decimals)

    return [
        Change(code, (new.get(code) or old[code]).name, points(old.get(code)), points(new.get(code)))
        for code in dict.fromkeys((*new, *old))
        if old.get(code) != new.get(code)
    ]


class _Entry(NamedTuple):
    name: str
    points: int
    terms: Mapping[str, Any]


def _entries(document: RuleBook | PriceList) -> dict[str, _Entry]:
    """Return what a document gives points for, by its code; a ladder is its levels."""
    if isinstance(document, PriceList):
        return {item.code: _Entry(item.name, item.points, item.to_said()) for item in document.items.values()}
    found = {}
    for activity in document.activities.values():
        terms = {name: value for name, value in activity.to_said().items() if name not in {"levels", "tiers"}}
        if activity.points is not None:
            found[activity.code] = _Entry(activity.name, activity.points, terms)
        for tier in activity.tiers:
            ends = tier.last_day or tier.first_day or ""
            found[f"{activity.code}/{ends}"] = _Entry(f"{activity.name}：{ends}", tier.points, terms)
        for level in activity.levels:
            name = f"{activity.name}：{level.name}"
            found[f"{activity.code}/{level.code}"] = _Entry(name, level.points, terms)
    return found
