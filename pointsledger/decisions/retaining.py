"""Retaining: until when personal data is kept, by every rule book that was in force since it was recorded.

A rule book that keeps less, or nothing, would be a door to erase at once what the one before had to keep. So a later
version lengthens and never shortens: for what was recorded in a month, the longest retention holds of the rule books
that were in force on any day from the first of that month until today. They are taken as they were in force at the
time: a version that was adopted later for days gone by displaces nothing then, and one that was replaced before its
first day never was in force.

    version 1 keeps 12 months and is in force until 31 December 2025, version 2 keeps 1
    moved in November 2025 and in January 2026  ->  kept until 30 November 2026, and until 28 February 2026

An older movement may so be kept for longer than a newer one, and the last month alone does not tell; the months are
looked at backwards until none before could be kept for longer. Rejected: the rule book in force on the one day of the
record, beside today's. What a version between the two had to keep could be erased when that is replaced.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pointsledger.decisions.editions import RULEBOOK
from pointsledger.decisions.state import State
from pointsledger.decisions.stored import rulebook_of
from pointsledger.rules.retention import Retention
from pointsledger.values.calendar import month_after
from pointsledger.values.records import Record

Place = tuple[str, int]
"""A day, and the record on it from which on a version was in force; 0 is the beginning of the day."""

Moved = Iterable[tuple[str, bool]]
"""Months, newest first, and whether something counts in each."""


class Reign(NamedTuple):
    """A version of the rule book with a retention, and when another took its place, if one did."""

    version: int
    retention: Retention
    ended: Place | None


class Kept(NamedTuple):
    """By which version something is kept for how many months after ``period``, and the last day of that."""

    version: int
    months: int
    period: str
    until: str


def reigns(state: State, today: str) -> list[Reign]:
    """Return the versions with a retention that were in force by ``today``, oldest first."""
    editions = state.editions(RULEBOOK)
    began: list[Place] = []
    for edition in editions:
        adopted_on = state.calendar.day_of_instant(state.record(edition.seq).recorded_at)
        began.append((edition.first_on, 0) if adopted_on < edition.first_on else (adopted_on, edition.seq))
    found = []
    for place, (edition, start) in enumerate(zip(editions, began, strict=True)):
        ended = min(began[place + 1 :], default=None)
        retention = rulebook_of(edition).retention
        if retention is not None and start[0] <= today and (ended is None or start < ended):
            found.append(Reign(edition.version, retention, ended))
    return found


def kept(state: State, today: str, known: list[Reign], moved: Moved) -> Kept | None:
    """Return what keeps something the longest that counts in some months, if it is kept on ``today`` still."""
    longest = max((reign.retention.keep_months for reign in known), default=0)
    best: Kept | None = None
    for month, counts in moved:
        if best is not None and month_after(month, longest) <= month_after(best.period, best.months):
            break
        if not counts:
            continue
        begun = (state.calendar.bounds(month)[0], 0)
        since = [reign for reign in known if reign.ended is None or reign.ended > begun]
        if not since:
            continue
        reign = max(since, key=lambda one: (one.retention.keep_months, one.version))
        until = reign.retention.last_day(month, state.calendar)
        if until >= today and (best is None or until > best.until):
            best = Kept(reign.version, reign.retention.keep_months, month, until)
    return best


def earliest(state: State, today: str, known: list[Reign]) -> str:
    """Return the first month of which something can be kept still on ``today``."""
    longest = max((reign.retention.keep_months for reign in known), default=0)
    return month_after(state.calendar.month_of(today), -longest)


def months_moved(state: State, account: str, first: str) -> Iterator[tuple[str, bool]]:
    """Yield the months back to ``first``, newest first, in which something of an account was recorded.

    Its enrolment is in the month in which it was opened, and not before the book's first.
    """
    found = {max(state.calendar.month_of(state.account(account).opened_on), state.settings.first_period)}
    for seq in sorted({row.seq for row in state.entries_on(account)}, reverse=True):
        month = month_recorded(state, state.record(seq))
        if month < first:  # nor was one before it recorded later
            break
        found.add(month)
    yield from ((month, True) for month in sorted(found, reverse=True))


def month_recorded(state: State, record: Record) -> str:
    """Return the month from which on a record is kept: the one it was recorded in, or counts in if that is later.

    By the day that somebody gave it the time of keeping could be over before it began.
    """
    return max(record.period, state.calendar.month_of(state.calendar.day_of_instant(record.recorded_at)))


def months_recorded(state: State, operator: str, first: str) -> Iterator[tuple[str, bool]]:
    """Yield the month of each record back to ``first``, and whether an operator recorded or approved it."""
    for seq in range(state.size, 0, -1):
        record = state.record(seq)
        month = month_recorded(state, record)
        if month < first:
            return
        yield month, record.by == operator or operator in record.said.get("approved_by", ())
