"""Limits: how much of an activity one holder may be granted in one span of time.

What was granted is counted on the day of the deed, for every limit that any adopted rule book ever set on the
activity, so that a later version finds what the earlier ones used. A reversal counts back. A limit that is
new to the book is counted up once from the entries when its rule book is adopted.

On an award ladder, ``times`` counts each level on its own (S-27).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pointsledger.calendar import Calendar
from pointsledger.chart import ISSUED
from pointsledger.rows import EntryRow, Usage
from pointsledger.rulebook import Limit, RuleBook

LEVEL_MARK = "/"
_BEYOND_LEVELS = chr(ord(LEVEL_MARK) + 1)


class Counter(NamedTuple):
    """One thing to count: grants of ``activity`` (with its level where levels count apart) by holder and span."""

    activity: str
    by: str
    per: str


class CountedDeed(NamedTuple):
    """What a limit needs to know of a deed."""

    activity: str
    level: str
    account: str
    resident: str
    on: str


def entry_activity(activity: str, level: str) -> str:
    """Return how an entry names its activity: the code, with the level on a ladder."""
    return f"{activity}{LEVEL_MARK}{level}" if level else activity


def activity_and_level(named: str) -> tuple[str, str]:
    """Return the code and the level (or nothing) of an activity as an entry names it."""
    activity, _, level = named.partition(LEVEL_MARK)
    return activity, level


def names_of(activity: str) -> tuple[str, str, str]:
    """Return by what the entries of ``activity`` are found: its own name, and between which two its levels lie."""
    return activity, activity + LEVEL_MARK, activity + _BEYOND_LEVELS


def counter(limit: Limit, activity: str, level: str) -> Counter:
    """Return what ``limit`` counts for a deed of that level."""
    return Counter(entry_activity(activity, level if limit.times else ""), limit.by, limit.per)


def counters(books: Iterable[RuleBook], activity: str, level: str) -> set[Counter]:
    """Return everything that any of ``books`` counts for a deed of that activity and level."""
    found = set()
    for book in books:
        known = book.activities.get(activity)
        if known is not None and known.limit is not None:
            found.add(counter(known.limit, activity, level))
    return found


def usage_key(counted: Counter, deed: CountedDeed, calendar: Calendar) -> tuple[str, str, str]:
    """Return the key of the usage row, the village left out: activity, holder, span."""
    holder = {"household": deed.account, "resident": deed.resident, "village": ""}[counted.by]
    return counted.activity, f"{counted.by}:{holder}", calendar.window(deed.on, counted.per)


def room(limit: Limit, used: Usage | None) -> int:
    """Return how much is left of ``limit``, in its own measure; never below zero."""
    if limit.points is not None:
        return max(0, limit.points - (used.points if used else 0))
    return max(0, (limit.times or 0) - (used.times if used else 0))


def granted(limit: Limit, used: Usage | None, requested: int, times: int) -> int:
    """Return how many of the ``requested`` points the limit lets through, asked for ``times`` times at once."""
    left = room(limit, used)
    if limit.points is not None:
        return min(requested, left)
    return requested * min(times, left) // times


def deeds_of(activity: str, entries: Iterable[EntryRow]) -> Iterator[tuple[int, CountedDeed, int]]:
    """Yield record, deed and points of each award of ``activity`` among ``entries``, reversed ones included."""
    for row in entries:
        code, level = activity_and_level(row.activity)
        if code == activity and row.source.startswith(ISSUED):
            yield row.seq, CountedDeed(code, level, row.target, row.resident, row.on_day), row.amount


def counted(usage: Usage, points: int, times: int) -> Usage:
    """Return ``usage`` with a grant added, or with negative figures taken back."""
    return usage._replace(points=usage.points + points, times=usage.times + times)
