"""Caps: what limits count, and how much each of them lets through of a deed.

What was granted is counted on the day of the deed, for every limit that any adopted rule book ever set on the
activity, its category or everything, so that a later version finds what the earlier ones used. A reversal counts back.
A limit that is new to the book is counted up once from the entries when its rule book is adopted.

On an award ladder, ``times`` counts each level on its own (S-27). A category counts what was granted in it, by the rule
book of the deed's day; a ceiling may count base points too (S-29).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pointsledger.rules import chart
from pointsledger.rules.activities import Activity
from pointsledger.rules.chart import ISSUED
from pointsledger.rules.limits import ACTIVITY, PER_DEED, Limit
from pointsledger.rules.rulebook import RuleBook
from pointsledger.values.calendar import Calendar
from pointsledger.values.rows import EntryRow, Usage

LEVEL_MARK = "/"
_BEYOND_LEVELS = chr(ord(LEVEL_MARK) + 1)


WITH_BASE = "ceiling+base"
"""What a ceiling counts as that counts base points too."""


class Counter(NamedTuple):
    """One thing to count: grants of ``activity`` (with its level where levels count apart) by holder and span.

    Where a limit is of more than an activity, it stands in the activity's place, by a word that is no activity's code.
    """

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
    category: str = ""


class Grant(NamedTuple):
    """What a grant takes of the limits; of what is taken back the figures are negative."""

    deed: CountedDeed
    points: int
    times: int

    def taken_back(self) -> Grant:
        """Return what gives the room back."""
        return self._replace(points=-self.points, times=-self.times)


UsageKey = tuple[str, str, str]
"""Activity (or what stands in its place), holder and span: the key of a usage row, the village left out."""

Used = Callable[[UsageKey], Usage | None]
"""Tells what was used of a limit."""

Counted = tuple[int, CountedDeed, int]
"""A grant among the entries: its record, what limits need to know of it, and its points."""


class Cut(NamedTuple):
    """What a limit took off a deed, in points."""

    limit: Limit
    points: int


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
    if not limit.of:
        return Counter(entry_activity(activity, level if limit.times else ""), limit.by, limit.per)
    return Counter(WITH_BASE if limit.with_base else f"{limit.of}/", limit.by, limit.per)


def counters(books: Iterable[RuleBook], activity: str, level: str, category: str = "") -> set[Counter]:
    """Return everything that any of ``books`` counts for a deed of that activity and level, granted in a category.

    A base is a deed of no activity.
    """
    limits = (book.limits_on(activity, category) if activity else book.limits_on_bases() for book in books)
    return {counter(limit, activity, level) for found in limits for limit in found if limit.per != PER_DEED}


def base_deed(account: str, on: str) -> CountedDeed:
    """Return what limits need to know of a base."""
    return CountedDeed("", "", account, "", on)


def base_key(code: str, account: str, span: str) -> tuple[str, str, str]:
    """Return under what it is noted that an account was granted a base in a span, the village left out."""
    return chart.BASE + code, f"household:{account}", span


def usage_key(counted: Counter, deed: CountedDeed, calendar: Calendar) -> UsageKey:
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
    left = room(limit, None if limit.per == PER_DEED else used)
    if limit.points is not None:
        return min(requested, left)
    return requested * min(times, left) // times


def deeds_of(activity: str, entries: Iterable[EntryRow]) -> Iterator[Counted]:
    """Yield record, deed and points of each award of ``activity`` among ``entries``, reversed ones included."""
    for row in entries:
        code, level = activity_and_level(row.activity)
        if code == activity and row.source.startswith(ISSUED):
            category = row.source.removeprefix(ISSUED)
            yield row.seq, CountedDeed(code, level, row.target, row.resident, row.on_day, category), row.amount


def bases_of(entries: Iterable[EntryRow]) -> Iterator[Counted]:
    """Yield record, holder and points of each base grant among ``entries``, reversed ones included."""
    for row in entries:
        if chart.is_base(row.source):
            yield row.seq, base_deed(row.target, row.on_day), row.amount


def cuts_said(cuts: Iterable[Cut], activity: Activity, limits: tuple[Limit, ...]) -> list[Any]:
    """Return which limits cut a deed, as its record says it: nothing where it can only have been one.

    That one is the activity's own, where the rule book knows no other; it was so before there could be several.
    """
    if limits == activity.limits and len(limits) == 1 and limits[0].per != PER_DEED:
        return []
    return [limit.to_said() | {"of": scope(limit, activity.code), "cut": points} for limit, points in cuts]


def cuts_of(decided: Mapping[str, Any], activity: str, book: RuleBook) -> list[Mapping[str, Any]]:
    """Return which limits cut a deed and by how much, from what its record ``decided`` by a rule book."""
    told: list[Mapping[str, Any]] = decided.get("cut_by", [])
    if told or "capped" not in decided:
        return told
    known = book.activities[activity]
    return [known.limits[0].to_said() | {"of": scope(known.limits[0], activity), "cut": decided["capped"]}]


def scope(limit: Limit, activity: str) -> str:
    """Return what a limit is of, in one word."""
    return limit.of or ACTIVITY + activity


def add(counters: Iterable[Counter], grant: Grant, *, village: str, calendar: Calendar, used: Used) -> Iterator[Usage]:
    """Yield the usage rows of some counters with a grant added to what was ``used``."""
    for one in counters:
        key = usage_key(one, grant.deed, calendar)
        row = used(key) or Usage(village, *key, 0, 0)
        yield row._replace(points=row.points + grant.points, times=row.times + grant.times)
